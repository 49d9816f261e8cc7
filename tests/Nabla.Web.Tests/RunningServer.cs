using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Nabla.Web.Tests;

/// <summary>A server as it runs, at a port of its own, and a client that asks it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(WebServer server, LogLines log)
    {
        (Server, Log) = (server, log);
        Client = new HttpClient { BaseAddress = server.Address };
    }

    public WebServer Server { get; }

    public HttpClient Client { get; }

    /// <summary>What its log has had so far.</summary>
    public LogLines Log { get; }

    public static async Task<RunningServer> Start(WebServerOptions? options = null)
    {
        LogLines log = new();
        return new RunningServer(await WebServer.StartAsync((options ?? new WebServerOptions()) with { Port = 0 }, logging => logging.AddProvider(log)), log);
    }

    public Task<Answer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostJson(string path, string json) => Post(path, Encoding.UTF8.GetBytes(json), "application/json");

    public Task<Answer> Post(string path, byte[] body, string? kind)
    {
        ByteArrayContent content = new(body);
        content.Headers.ContentType = kind is null ? null : MediaTypeHeaderValue.Parse(kind);
        return Send(HttpMethod.Post, path, content);
    }

    public async Task<Answer> Send(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        foreach ((string name, string value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }
        using HttpResponseMessage response = await Client.SendAsync(request);
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsByteArrayAsync(), response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>What came back.</summary>
    public sealed record Answer(int Status, string? Kind, byte[] Body, HttpResponseHeaders Headers)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        /// <summary>The sentence of a refusal, which is problem details as they should be.</summary>
        public string Problem
        {
            get
            {
                Assert.Equal("application/problem+json", Kind);
                Assert.Equal(Status, Json.GetProperty("status").GetInt32());
                Assert.NotEmpty(Json.GetProperty("title").GetString()!);
                string sentence = Json.GetProperty("detail").GetString()!;
                Assert.DoesNotContain('\n', sentence);
                Assert.EndsWith(".", sentence, StringComparison.Ordinal);
                return sentence;
            }
        }

        /// <summary>The predictions of a good answer.</summary>
        public JsonElement[] Predictions
        {
            get
            {
                Assert.True(Status == 200, Encoding.UTF8.GetString(Body));
                return [.. Json.GetProperty("predictions").EnumerateArray()];
            }
        }
    }

    /// <summary>Keeps what is logged.</summary>
    public sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> Lines => [.. _lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)}{exception}");

        /// <summary>Waits for a line, which may be written after the answer has come.</summary>
        public async Task<string> WaitFor(string text)
        {
            for (int i = 0; i < 1000; i++)
            {
                if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is string found)
                {
                    return found;
                }
                await Task.Delay(10);
            }
            throw new TimeoutException($"'{text}' was not logged: {string.Join('\n', _lines)}");
        }

        public void Dispose()
        {
        }
    }
}
