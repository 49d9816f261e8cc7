using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary><c>nabla serve</c> as a process; what it answers, the tests of Nabla.Web say.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_answers_until_it_is_told_to_end(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of this kind are Unix's.");
        Directory.CreateDirectory(_folder["models"]);
        Digits.LoadSmall().Save(_folder["models/mine.safetensors"]);
        using NablaProcess process = NablaProcess.Start(_folder, null, "serve", "--port", "0", "--models", "models", "--token", "secret");
        using HttpClient client = Connect(process);
        Assert.Equal("""{"status":"alive"}""", await client.GetStringAsync("/healthz"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/models")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        Assert.Contains("\"mine\"", await client.GetStringAsync("/api/models"), StringComparison.Ordinal);

        (int code, string output, string error) = End(process, signal);
        Assert.True(code == 0, error);
        Assert.Single(output.TrimEnd().Split('\n'));
        string[] log = error.TrimEnd().Split('\n');
        Assert.Equal(3, log.Length);
        Assert.Matches(@"^\d\d:\d\d:\d\d info: .* GET /healthz 200 [\d.]+ ms$", log[0]);
    }

    [Fact]
    public async Task Figures_are_there_for_Prometheus_and_go_to_a_collector()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of this kind are Unix's.");
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        await using WebApplication collector = builder.Build();
        ConcurrentDictionary<string, string> received = new();
        collector.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using StreamReader reader = new(context.Request.Body, Encoding.Latin1);
            string text = await reader.ReadToEndAsync();
            received.AddOrUpdate((string)context.Request.RouteValues["signal"]!, text, (_, before) => before + text);
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);
        string address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        using NablaProcess process = NablaProcess.StartWith(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("NABLA_TOKEN", "secret")], _folder, "serve", "--port", "0", "--metrics");
        using HttpClient client = Connect(process);
        using ByteArrayContent body = new(new byte[2 * 784]);
        body.Headers.ContentType = new("application/octet-stream");
        client.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/api/predict?model=digits-small", body)).StatusCode);
        string metrics = await client.GetStringAsync("/metrics");
        Assert.Matches(@"(?m)^nabla_prediction_samples_total\{.*nabla_kind=""bytes"".*\} 2( \d+)?$", metrics);
        Assert.Contains("nabla_prediction_duration_seconds_bucket", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count", metrics, StringComparison.Ordinal);
        client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/metrics")).StatusCode);

        (int code, _, string error) = End(process, "TERM");
        Assert.True(code == 0, error);
        Assert.All(["nabla.prediction.samples", "nabla.requests.refused", "http.server.request.duration", "service.name", "digits-small"], name => Assert.Contains(name, received["metrics"], StringComparison.Ordinal));
        Assert.All(["predict", "POST /api/predict", "nabla.samples"], name => Assert.Contains(name, received["traces"], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public void A_collector_that_does_not_answer_is_named_once(string protocol)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of this kind are Unix's.");
        // Nobody listens there.
        using NablaProcess process = NablaProcess.StartWith(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_METRIC_EXPORT_INTERVAL", "50")], _folder, "serve", "--port", "0");
        process.WaitFor("ends it");
        Thread.Sleep(500);
        (int code, _, string error) = End(process, "TERM");
        Assert.Equal(
            (0, "nabla serve: metrics and traces do not reach http://127.0.0.1:9 and are dropped until they do; see that a collector listens there and speaks the protocol of OTEL_EXPORTER_OTLP_PROTOCOL."),
            (code, error.TrimEnd()));
    }

    [Fact]
    public void A_token_and_a_collector_in_the_environment_are_checked()
    {
        Fails("nabla serve: OTEL_EXPORTER_OTLP_ENDPOINT: found 'localhost:4317', expected the address of a collector such as http://localhost:4317; correct it, or unset it.", ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317"));
        Fails("nabla serve: The token must be printable ASCII characters without blanks, since it is sent in a header.", ("NABLA_TOKEN", "two words"));

        void Fails(string sentence, (string, string) variable)
        {
            using NablaProcess process = NablaProcess.StartWith([variable], _folder, "serve", "--port", "0");
            (int code, _, string error) = process.Finish();
            Assert.Equal((1, sentence), (code, error.TrimEnd()));
        }
    }

    private static HttpClient Connect(NablaProcess process)
    {
        Match line = Regex.Match(process.WaitFor("ends it"), @"^Nabla answers at (http://127\.0\.0\.1:\d+) until Ctrl-C ends it$", RegexOptions.Multiline);
        Assert.True(line.Success);
        return new HttpClient { BaseAddress = new Uri(line.Groups[1].Value) };
    }

    private static (int Code, string Output, string Error) End(NablaProcess process, string signal)
    {
        Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        return process.Finish();
    }

    [Fact]
    public void What_is_in_its_way_is_one_line()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        Fails(1, $"nabla serve: port {port} of localhost is in use by another program; end that, or take another port.", "--port", port);
        Fails(1, "nabla serve: --bind 0.0.0.0 lets other machines in; give a --token (or NABLA_TOKEN) that they have to know, or leave --bind out.", "--bind", "0.0.0.0");
        Fails(1, "nabla serve: nowhere: there is no such folder, expected one with files *.safetensors; check the path.", "--models", "nowhere");
        Fails(2, "nabla serve: --bind: found 'here', expected an IP address such as 0.0.0.0. See 'nabla serve --help'.", "--bind", "here");
        Fails(2, "nabla serve: --rate: found '0', expected a whole number of at least 1. See 'nabla serve --help'.", "--rate", "0");
        Fails(2, "nabla serve: --port: found '65536', expected a whole number from 0 to 65535. See 'nabla serve --help'.", "--port", "65536");

        void Fails(int expected, string sentence, params string[] arguments)
        {
            (int code, string output, string error) = NablaProcess.Run(_folder, ["serve", .. arguments]);
            Assert.Equal((expected, "", sentence), (code, output, error.TrimEnd()));
        }
    }
}
