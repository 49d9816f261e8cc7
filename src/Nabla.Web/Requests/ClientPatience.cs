using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Nabla.Web.Requests;

/// <summary>How long a server waits for clients that are slow, or say nothing, before it closes their connections.</summary>
internal sealed record ClientPatience
{
    /// <summary>For a header to be complete.</summary>
    public TimeSpan Header { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the next request.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How slowly a body may come and an answer may be taken, on average since its beginning, once <see cref="Grace"/> is over. What lies in buffers of the system counts as taken.</summary>
    public double BytesPerSecond { get; init; } = 4096;

    /// <summary>How long they may come more slowly; more than 1 second.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    public void Apply(KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = Header;
        limits.KeepAliveTimeout = Idle;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(BytesPerSecond, Grace);
    }
}
