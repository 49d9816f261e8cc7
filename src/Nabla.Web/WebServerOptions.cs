using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Nabla.Web.Requests;

namespace Nabla.Web;

/// <summary>Where a server listens, which models it has, and how much it takes on.</summary>
public sealed record WebServerOptions
{
    /// <summary>
    /// A folder whose files <c>*.safetensors</c> are served beside the models that ship, and where trainings put theirs; null for none, and then nothing is trained. It is looked at again with each
    /// request. Default: null.
    /// </summary>
    public string? ModelFolder { get; init; }

    /// <summary>A folder of files that are served at /, such as <c>nabla page</c> writes; null for none. Default: null.</summary>
    public string? PageFolder { get; init; }

    /// <summary>The address to listen at; null for this machine alone, by IPv4 and IPv6. Any other than of this machine needs a <see cref="Token"/>. Default: null.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The port to listen at, 0 to 65,535; 0 for any that is free. Default: 8080.</summary>
    public int Port
    {
        get;
        init => field = value is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Port), value, $"The port must be {IPEndPoint.MinPort} to {IPEndPoint.MaxPort}.");
    } = 8080;

    /// <summary>What requests to /api and /metrics must bring as <c>Authorization: Bearer</c>: printable ASCII characters without blanks; null for nothing. Default: null.</summary>
    public string? Token
    {
        get;
        init => field = value is null || (value.Length > 0 && value.All(character => character is > ' ' and <= '~'))
            ? value
            : throw new ArgumentException("The token must be printable ASCII characters without blanks, since it is sent in a header.", nameof(Token));
    }

    /// <summary>Greatest length of a request's body in bytes, at least 1. Default: 16 MiB.</summary>
    public long MaxBodyBytes
    {
        get;
        init => field = AtLeast(1, value, nameof(MaxBodyBytes));
    } = 16 << 20;

    /// <summary>Greatest number of samples in one request, at least 1. Default: 10,000.</summary>
    public int MaxSamples
    {
        get;
        init => field = (int)AtLeast(1, value, nameof(MaxSamples));
    } = 10_000;

    /// <summary>How many requests are predicted, or read, at a time, at least 1. Default: the number of processors.</summary>
    public int ConcurrentPredictions
    {
        get;
        init => field = (int)AtLeast(1, value, nameof(ConcurrentPredictions));
    } = Environment.ProcessorCount;

    /// <summary>How many requests wait for their turn, at least 0; one more is told to come again. Default: 100, as many as there are connections.</summary>
    public int QueuedPredictions
    {
        get;
        init => field = (int)AtLeast(0, value, nameof(QueuedPredictions));
    } = 100;

    /// <summary>Where MNIST is to be had for trainings; null for nowhere. Default: null.</summary>
    public Func<TrainAndTest>? Mnist { get; init; }

    /// <summary>How many trainings wait for the one that is under way, at least 0; one more is told to come again. Default: 16.</summary>
    public int QueuedTrainings
    {
        get;
        init => field = (int)AtLeast(0, value, nameof(QueuedTrainings));
    } = 16;

    /// <summary>Greatest number of connections at a time, at least 1; one more is closed. Each may hold a body in memory. Default: 100.</summary>
    public int MaxConnections
    {
        get;
        init => field = (int)AtLeast(1, value, nameof(MaxConnections));
    } = 100;

    /// <summary>How many requests of one address are answered within a second, at least 1; one more is told to come again. Null for 1,000 where other machines can reach the server, and for any number where they cannot. Default: null.</summary>
    public int? RequestsPerSecond
    {
        get;
        init => field = value is int most ? (int)AtLeast(1, most, nameof(RequestsPerSecond)) : null;
    }

    /// <summary>What answers GET /metrics, such as OpenTelemetry's exporter for Prometheus; null for nothing. Default: null.</summary>
    public RequestDelegate? Metrics { get; init; }

    /// <summary>How long requests that are under way may take when the server stops, at least 0. Default: 30 seconds.</summary>
    public TimeSpan ShutdownTimeout
    {
        get;
        init => field = value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ShutdownTimeout), value, $"{nameof(ShutdownTimeout)} must be at least 0.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>Where it listens; the token is nobody's business.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address?.ToString() ?? "localhost"}, port {Port}");

    /// <summary>Whether only programs of this machine can reach it.</summary>
    internal bool IsLocal => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>What <see cref="RequestsPerSecond"/> comes to; null for no limit.</summary>
    internal int? RateLimit => RequestsPerSecond ?? (IsLocal ? null : 1000);

    /// <summary>Tests have less.</summary>
    internal ClientPatience Patience { get; init; } = new();

    private static long AtLeast(long least, long value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");
}
