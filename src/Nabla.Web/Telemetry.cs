using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Nabla.Web;

/// <summary>Figures and spans of predictions, for whoever listens to <see cref="WebServer.TelemetryName"/>. Those of requests ASP.NET Core has itself.</summary>
internal static class Telemetry
{
    private static readonly string? Version = typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    private static readonly ActivitySource Spans = new(WebServer.TelemetryName, Version);
    private static readonly Meter Figures = new(WebServer.TelemetryName, Version);

    private static readonly Histogram<double> Durations = Figures.CreateHistogram(
        "nabla.prediction.duration", "s", "How long predictions took, without what they waited.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Samples = Figures.CreateCounter<long>("nabla.prediction.samples", "{sample}", "Samples and pictures that were predicted.");

    private static readonly UpDownCounter<long> Waiting = Figures.CreateUpDownCounter<long>("nabla.prediction.waiting", "{request}", "Requests that wait for their turn to be predicted.");

    private static readonly Counter<long> Refusals = Figures.CreateCounter<long>("nabla.requests.refused", "{request}", "Requests that were refused.");

    /// <summary>Times what turns a body into samples or a picture.</summary>
    /// <returns>What ends it; null where nobody listens.</returns>
    public static Activity? Decode() => Spans.StartActivity("decode");

    /// <summary>Predicts, and counts that once it is done.</summary>
    /// <param name="model">The name of a model that there is.</param>
    /// <param name="kind">What is predicted: json, bytes, picture or page.</param>
    /// <param name="samples">How many samples or pictures there are.</param>
    /// <param name="predict">Predicts.</param>
    public static T Predict<T>(string model, string kind, int samples, Func<T> predict)
    {
        TagList tags = new() { { "nabla.model", model }, { "nabla.kind", kind } };
        using Activity? span = Spans.StartActivity("predict", ActivityKind.Internal, parentContext: default, tags);
        span?.SetTag("nabla.samples", samples);
        long start = Stopwatch.GetTimestamp();
        T answer = predict();
        Durations.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
        Samples.Add(samples, tags);
        return answer;
    }

    /// <summary>Counts one that waits, or, with -1, waits no more.</summary>
    public static void Wait(int count) => Waiting.Add(count);

    /// <summary>Counts a request that was refused.</summary>
    public static void Refuse(int status) => Refusals.Add(1, new KeyValuePair<string, object?>("http.response.status_code", status));
}
