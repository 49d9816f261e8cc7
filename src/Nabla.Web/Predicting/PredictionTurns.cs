using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Nabla.Web.Requests;

namespace Nabla.Web.Predicting;

/// <summary>Lets a few requests be predicted at a time and some wait, so that many at once take neither all memory nor for ever.</summary>
internal sealed class PredictionTurns(WebServerOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.ConcurrentPredictions,
        QueueLimit = options.QueuedPredictions,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn, which lasts until what is returned is disposed of.</summary>
    /// <exception cref="RequestException">Too many wait already.</exception>
    public async ValueTask<IDisposable> Wait(CancellationToken cancellation)
    {
        RateLimitLease lease = await Acquire(cancellation).ConfigureAwait(false);
        if (lease.IsAcquired)
        {
            return lease;
        }
        lease.Dispose();
        throw new RequestException(StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture,
            $"Found {options.ConcurrentPredictions} requests under way and {options.QueuedPredictions} waiting, which is as many as there may be; ask again in a second."))
        {
            RetryAfter = 1,
        };
    }

    private async ValueTask<RateLimitLease> Acquire(CancellationToken cancellation)
    {
        ValueTask<RateLimitLease> turn = _limiter.AcquireAsync(1, cancellation);
        if (turn.IsCompletedSuccessfully)
        {
            return turn.Result;
        }
        Telemetry.Wait(1);
        try
        {
            return await turn.ConfigureAwait(false);
        }
        finally
        {
            Telemetry.Wait(-1);
        }
    }

    public void Dispose() => _limiter.Dispose();
}
