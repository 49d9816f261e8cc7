using System.Diagnostics;

namespace Nabla;

/// <summary>
/// A run that this process has claimed: signs of life while it lasts, and notice when it is lost.
/// </summary>
/// <remarks>
/// Why two processes cannot both come to count:
/// <list type="number">
/// <item>A claim is a file made with exclusive create, which local file systems and NFS (from version 3 on) grant to one only. Numbers are never used twice, since claims are never deleted.</item>
/// <item>Who wants a run whose owner seems dead makes the next number. Whether an owner seems dead is told by its sign of life alone: it stayed the same for the length of the lease, on the watcher's own
/// monotonic clock. Clocks of different machines are never compared.</item>
/// <item>That judgement may be wrong: the owner was only slow, or the network was. Then two processes train the same run for a while. Each writes into the folder of its own number, so neither can damage what the
/// other has; and as a training is the same bits whoever does it, what either has written is right.</item>
/// <item>The former owner looks for a higher number with each sign of life and before it publishes, and stops for good when it sees one: it makes no new claim on the strength of the old one.</item>
/// <item>The result is published by renaming a whole folder to the run's name. A folder that has files in it cannot be replaced by a rename, so the first one stays, and it is whole.</item>
/// <item>Who takes a run over begins from the newest checkpoint that is whole. Checkpoints are written beside their name and renamed, and have a checksum.</item>
/// <item>Files of rungs may be written by two; both write the same figures.</item>
/// </list>
/// </remarks>
internal sealed class RunClaim : IDisposable
{
    // So many signs in a lease, that one or two may be late.
    private const int SignsPerLease = 6;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly RunClaims _claims;
    private readonly Func<bool> _isPublished;
    private readonly double _secondsBefore;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _writing = new();
    private readonly Timer _timer;
    private readonly TimeSpan _pause;
    private long _count;
    private bool _isEnded;

    /// <param name="claims">The run's claims.</param>
    /// <param name="number">The number that is ours.</param>
    /// <param name="lease">How long others wait for a sign of life.</param>
    /// <param name="isPublished">Whether the run has a result.</param>
    public RunClaim(RunClaims claims, int number, TimeSpan lease, Func<bool> isPublished)
    {
        _claims = claims;
        Number = number;
        _isPublished = isPublished;
        _secondsBefore = number > 1 ? claims.Life(number - 1)?.Seconds ?? 0 : 0;
        _pause = lease / SignsPerLease < LongestPause ? lease / SignsPerLease : LongestPause;
        _timer = new Timer(_ => ShowLife(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of the claim.</summary>
    public int Number { get; }

    /// <summary>Cancelled when the run belongs to another, or has a result.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Seconds that the run was trained, by all who did.</summary>
    public double Seconds => _secondsBefore + _clock.Elapsed.TotalSeconds;

    /// <summary>What signs of life tell of the training.</summary>
    public (int Epoch, double? Measure, double? SecondsLeft) Progress { get; set; }

    /// <summary>Looks whether the run is still ours to finish.</summary>
    public bool IsOurs()
    {
        if (!_lost.IsCancellationRequested && (_claims.Newest() > Number || _isPublished()))
        {
            _lost.Cancel();
        }
        return !_lost.IsCancellationRequested;
    }

    /// <summary>Gives the run back.</summary>
    public void Release()
    {
        // The last word: how long it was trained.
        ShowLife(isLast: true);
        _claims.Release(Number);
    }

    /// <summary>Shows no more signs of life.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            _isEnded = true;
        }
        _timer.Dispose();
        _lost.Dispose();
    }

    private void ShowLife(bool isLast = false)
    {
        lock (_writing)
        {
            if (_isEnded)
            {
                return;
            }
            _isEnded = isLast;
            try
            {
                (int epoch, double? measure, double? left) = Progress;
                _claims.ShowLife(Number, new LifeSign { Count = ++_count, Epoch = epoch, Measure = measure is double figure && double.IsFinite(figure) ? figure : null, Seconds = Math.Round(Seconds, 3), SecondsLeft = left });
                IsOurs();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be reached for a while; should it last, others take the run over.
            }
            if (!isLast)
            {
                _timer.Change(_pause, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
