using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>What listeners are told of predictions. Other tests predict meanwhile, so that each has a model of its own.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Predictions_are_counted_timed_and_traced()
    {
        using TemporaryFolder folder = new();
        const string Name = "counted";
        Digits.LoadSmall().Save(folder[$"{Name}.safetensors"]);
        ConcurrentQueue<(string Instrument, double Value, string Kind)> figures = new();
        using MeterListener listener = Listen((instrument, value, tags) =>
        {
            if (tags.GetValueOrDefault("nabla.model") is Name)
            {
                figures.Enqueue((instrument, value, (string)tags["nabla.kind"]!));
            }
        });
        ConcurrentQueue<Activity> spans = new();
        using ActivityListener tracer = new()
        {
            ShouldListenTo = source => source.Name == WebServer.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(tracer);

        await using RunningServer server = await RunningServer.Start(new WebServerOptions { ModelFolder = folder.FullName });
        await server.Post($"/api/predict?model={Name}", Samples.Bytes(3), "application/octet-stream");
        await server.PostJson($"/api/predict?model={Name}", $$"""{"sample": {{Samples.Json(Samples.Floats(1))}}}""");
        await server.Post($"/api/predict?model={Name}", Samples.Page([3]), "image/png");
        await server.Post($"/api/read?model={Name}", Samples.Page([3]), "image/png");
        Assert.Equal(400, (await server.PostJson($"/api/predict?model={Name}", """{"sample": [1]}""")).Status);

        Assert.Equal([("bytes", 3), ("json", 1), ("picture", 1), ("page", 1)], figures.Where(figure => figure.Instrument == "nabla.prediction.samples").Select(figure => (figure.Kind, (int)figure.Value)));
        Assert.Equal(["bytes", "json", "picture", "page"], figures.Where(figure => figure.Instrument == "nabla.prediction.duration" && figure.Value is > 0 and < 60).Select(figure => figure.Kind));
        Activity[] predictions = [.. spans.Where(span => span.OperationName == "predict" && span.GetTagItem("nabla.model") is Name)];
        Assert.Equal([3, 1, 1, 1], predictions.Select(span => (int)span.GetTagItem("nabla.samples")!));
        // Decoding and predicting are of one request.
        Assert.Contains(spans, span => span.OperationName == "decode" && span.TraceId == predictions[^1].TraceId);
    }

    [Fact]
    public async Task Refusals_and_those_that_wait_are_counted()
    {
        ConcurrentQueue<long> waiting = new();
        int refused = 0;
        using MeterListener listener = Listen((instrument, value, tags) =>
        {
            if (instrument == "nabla.prediction.waiting")
            {
                waiting.Enqueue((long)value);
            }
            else if (instrument == "nabla.requests.refused" && tags["http.response.status_code"] is 413)
            {
                Interlocked.Increment(ref refused);
            }
        });
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { ConcurrentPredictions = 1, MaxBodyBytes = 784 * 1000 });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => server.Post("/api/predict", Samples.Bytes(1000), "application/octet-stream")));
        Assert.Contains(1, waiting);
        Assert.Contains(-1, waiting);
        Assert.Equal(413, (await server.Post("/api/predict", Samples.Bytes(1001), "application/octet-stream")).Status);
        Assert.True(refused > 0);
    }

    [Fact]
    public async Task Metrics_are_for_those_who_may_see_them()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { Token = "secret", Metrics = context => context.Response.WriteAsync("figures") });
        Assert.Equal(401, (await server.Get("/metrics")).Status);
        Assert.Equal("figures", Encoding.UTF8.GetString((await server.Get("/metrics", ("Authorization", "Bearer secret"))).Body));
        Assert.Equal(403, (await server.Get("/metrics", ("Authorization", "Bearer secret"), ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(403, (await server.Get("/metrics", ("Authorization", "Bearer secret"), ("Host", "evil.example"))).Status);
        await using RunningServer without = await RunningServer.Start();
        Assert.Equal(404, (await without.Get("/metrics")).Status);
    }

    private static MeterListener Listen(Action<string, double, Dictionary<string, object?>> heard)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == WebServer.TelemetryName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => heard(instrument.Name, value, Dictionary(tags)));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => heard(instrument.Name, value, Dictionary(tags)));
        listener.Start();
        return listener;
    }

    private static Dictionary<string, object?> Dictionary(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(tags.ToArray());
}
