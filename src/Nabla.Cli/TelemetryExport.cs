using System.Diagnostics.Tracing;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nabla.Cli.Display;
using Nabla.Web;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Nabla.Cli;

/// <summary>Hands on what a server counts and traces: by OTLP where the environment names a collector, and as text for Prometheus where it is asked for.</summary>
internal sealed class TelemetryExport : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Meters = [WebServer.TelemetryName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly MeterProvider? _meters;
    private readonly TracerProvider? _tracer;
    private readonly FailureListener? _failures;

    /// <param name="forPrometheus">Whether there is <see cref="Metrics"/>.</param>
    /// <exception cref="ArgumentException">The environment names something else than a collector.</exception>
    public TelemetryExport(bool forPrometheus)
    {
        bool toCollector = HasCollector();
        // What the environment says (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last and counts.
        ResourceBuilder resource = ResourceBuilder.CreateEmpty()
            .AddService("nabla", serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
            .AddTelemetrySdk().AddEnvironmentVariableDetector();
        if (forPrometheus || toCollector)
        {
            MeterProviderBuilder meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters);
            meters = forPrometheus ? meters.AddPrometheusExporter() : meters;
            _meters = (toCollector ? meters.AddOtlpExporter() : meters).Build();
        }
        if (toCollector)
        {
            _failures = new FailureListener();
            _tracer = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddAspNetCoreInstrumentation().AddSource(WebServer.TelemetryName).AddOtlpExporter().Build();
        }
        if (forPrometheus)
        {
            ApplicationBuilder metrics = new(new ServiceCollection().BuildServiceProvider());
            metrics.UseOpenTelemetryPrometheusScrapingEndpoint(_meters, _ => true, null, null, null);
            Metrics = metrics.Build();
        }
    }

    /// <summary>Answers with the figures as Prometheus reads them; null where that was not asked for.</summary>
    public RequestDelegate? Metrics { get; }

    /// <summary>Sends what has not been sent.</summary>
    public void Dispose()
    {
        _tracer?.Dispose();
        _meters?.Dispose();
        _failures?.Dispose();
    }

    private static bool HasCollector()
    {
        string? address = Environment.GetEnvironmentVariable(Endpoint);
        if (string.IsNullOrEmpty(address))
        {
            return false;
        }
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
            ? true
            : throw new ArgumentException($"{Endpoint}: found '{address}', expected the address of a collector such as http://localhost:4317; correct it, or unset it.");
    }

    /// <summary>Says, once, that nothing reaches the collector, which OpenTelemetry tells its own events alone.</summary>
    private sealed class FailureListener : EventListener
    {
        private int _told;

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            {
                EnableEvents(source, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs failure)
        {
            if (Interlocked.Exchange(ref _told, 1) == 0)
            {
                PlainText.Error.WriteLine($"nabla serve: metrics and traces do not reach {Environment.GetEnvironmentVariable(Endpoint)} and are dropped until they do; see that a collector listens there and speaks the protocol of OTEL_EXPORTER_OTLP_PROTOCOL.");
            }
        }
    }
}
