using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Nabla.Web.Tests;

/// <summary>The server as a whole: health, document, log, limits, and how it ends.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task It_says_that_it_is_alive_and_ready()
    {
        await using RunningServer server = await RunningServer.Start();
        Assert.Equal("alive", (await server.Get("/healthz")).Json.GetProperty("status").GetString());
        RunningServer.Answer ready = await server.Get("/readyz");
        while (ready.Status == 503)
        {
            Assert.Equal("The models are still being loaded; ask again in a second.", ready.Problem);
            await Task.Delay(10);
            ready = await server.Get("/readyz");
        }
        Assert.Equal("ready", ready.Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_document_lists_every_endpoint()
    {
        await using RunningServer server = await RunningServer.Start();
        JsonElement document = (await server.Get("/openapi/v1.json")).Json;
        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        string[] operations = [.. from path in document.GetProperty("paths").EnumerateObject() from operation in path.Value.EnumerateObject() select $"{operation.Name} {path.Name}"];
        Assert.Equal(
            [
                "delete /api/trainings/{id}", "get /api/models", "get /api/models/{name}", "get /api/models/{name}/file", "get /api/trainings", "get /api/trainings/{id}", "get /api/trainings/{id}/events",
                "get /healthz", "get /readyz", "patch /api/trainings/{id}", "post /api/predict", "post /api/read", "post /api/trainings",
            ],
            operations.Order(StringComparer.Ordinal));
        JsonElement predict = document.GetProperty("paths").GetProperty("/api/predict").GetProperty("post");
        Assert.Equal(["application/json", "application/octet-stream", "image/*"], predict.GetProperty("requestBody").GetProperty("content").EnumerateObject().Select(kind => kind.Name));
        Assert.Equal(["200", "400", "404", "413", "415", "422", "429"], predict.GetProperty("responses").EnumerateObject().Select(response => response.Name));
        Assert.True(document.GetProperty("components").GetProperty("schemas").GetProperty("PredictionAnswer").GetProperty("properties").TryGetProperty("predictions", out _));
    }

    [Fact]
    public async Task Each_request_is_one_line_of_the_log_without_what_it_holds()
    {
        await using RunningServer server = await RunningServer.Start();
        await server.PostJson("/api/predict?model=secret-model", """{"sample": ["secret-value"]}""");
        await server.Get("/nix%0aGET%20forged%1b[31m");
        Assert.Matches(@"^POST /api/predict 400 [\d.]+ ms$", await server.Log.WaitFor("POST"));
        Assert.Matches(@"^GET /nix%0AGET%20forged%1B%5B31m 404 [\d.]+ ms$", await server.Log.WaitFor("GET"));
        Assert.Equal(2, server.Log.Lines.Count(line => line.Contains(" ms", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bodies_that_are_too_large_are_refused()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { MaxBodyBytes = 20_000 });
        RunningServer.Answer announced = await server.Post("/api/predict", new byte[20_001], "application/octet-stream");
        Assert.Equal((413, "The body is too large, expected at most 20,000 bytes; send it in parts."), (announced.Status, announced.Problem));
        using StreamContent chunked = new(new MemoryStream(new byte[20_001]));
        chunked.Headers.ContentType = new("application/octet-stream");
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/predict") { Content = chunked };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(400, (await server.Post("/api/predict", new byte[20_000], "application/octet-stream")).Status);
    }

    [Fact]
    public async Task Samples_that_are_too_many_are_refused()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { MaxSamples = 3 });
        Assert.Equal(3, (await server.Post("/api/predict", Samples.Bytes(3), "application/octet-stream")).Predictions.Length);
        RunningServer.Answer bytes = await server.Post("/api/predict", Samples.Bytes(4), "application/octet-stream");
        Assert.Equal((400, "Found 4 samples, expected at most 3; send them in parts."), (bytes.Status, bytes.Problem));
        RunningServer.Answer json = await server.PostJson("/api/predict", """{"samples": [[], [], [], []]}""");
        Assert.Equal((400, "samples: found more than 3, expected at most so many; send them in parts."), (json.Status, json.Problem));
    }

    [Fact]
    public async Task Requests_that_are_too_many_are_told_to_come_again()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { ConcurrentPredictions = 1, QueuedPredictions = 1 });
        byte[] body = Samples.Bytes(1500);
        RunningServer.Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.Post("/api/predict", body, "application/octet-stream")));
        Assert.InRange(answers.Count(answer => answer.Status == 200), 2, 7);
        foreach (RunningServer.Answer refused in answers.Where(answer => answer.Status != 200))
        {
            Assert.Equal((429, "Found 1 requests under way and 1 waiting, which is as many as there may be; ask again in a second."), (refused.Status, refused.Problem));
            Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        }
        Assert.Single((await server.Post("/api/predict", Samples.Bytes(1), "application/octet-stream")).Predictions);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_prediction()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { ConcurrentPredictions = 1 });
        Assert.Single((await server.Post("/api/predict", Samples.Bytes(1), "application/octet-stream")).Predictions);
        using CancellationTokenSource leaving = new();
        using ByteArrayContent content = new(Samples.Bytes(10_000));
        content.Headers.ContentType = new("application/octet-stream");
        Task<HttpResponseMessage> sent = server.Client.PostAsync("/api/predict", content, leaving.Token);
        leaving.CancelAfter(TimeSpan.FromMilliseconds(150));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        Assert.Matches("^POST /api/predict 499 ", await server.Log.WaitFor(" 499 "));
        Assert.Single((await server.Post("/api/predict", Samples.Bytes(1), "application/octet-stream")).Predictions);
    }

    [Fact]
    public async Task When_it_stops_requests_under_way_finish()
    {
        await using RunningServer server = await RunningServer.Start();
        Assert.Single((await server.Post("/api/predict", Samples.Bytes(1), "application/octet-stream")).Predictions);
        Task<RunningServer.Answer> slow = server.Post("/api/predict", Samples.Bytes(2000), "application/octet-stream");
        await Task.Delay(50);
        await server.Server.StopAsync();
        Assert.Equal(2000, (await slow).Predictions.Length);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.Get("/healthz"));
    }

    [Fact]
    public async Task A_port_in_use_and_a_folder_that_is_not_there_are_named()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        IOException exception = await Assert.ThrowsAsync<IOException>(() => WebServer.StartAsync(new WebServerOptions { Port = port }));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"port {port} of localhost is in use by another program; end that, or take another port."), exception.Message);
        exception = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => WebServer.StartAsync(new WebServerOptions { Port = 0, ModelFolder = "nowhere" }));
        Assert.Equal("nowhere: there is no such folder, expected one with files *.safetensors; check the path.", exception.Message);
    }

    [Fact]
    public void Options_check_themselves()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { Port = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { Port = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { MaxBodyBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { MaxSamples = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { ConcurrentPredictions = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { QueuedPredictions = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { MaxConnections = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { ShutdownTimeout = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentException>(() => new WebServerOptions { Token = "" });
        Assert.Throws<ArgumentException>(() => new WebServerOptions { Token = "two words" });
        Assert.DoesNotContain("secret", new WebServerOptions { Token = "secret" }.ToString(), StringComparison.Ordinal);
    }
}
