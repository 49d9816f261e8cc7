using System.Diagnostics;

namespace Nabla;

/// <summary>
/// Saves a training while it is under way, so that <see cref="Trainer.Resume"/> can go on after the
/// process was killed or the training cancelled: to the same weights, bit for bit, as if nothing had happened.
/// </summary>
public sealed class Checkpoints : TrainingCallback
{
    private readonly string _path;
    private readonly Stopwatch _sinceLast = new();

    /// <param name="path">The checkpoint, which each one replaces; usually ending in <c>.safetensors</c>. It is deleted when the training is done, unless <see cref="Stays"/>.</param>
    public Checkpoints(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <summary>
    /// Time from one checkpoint to the next, at least 0: so much work is lost at most when the process is killed. 0 saves after every step and epoch. Default: 30 seconds.
    /// </summary>
    public TimeSpan Interval
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(Interval), value, $"{nameof(Interval)} must be at least 0.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>Where the network of the best epoch so far is saved as a model, with each checkpoint; null for nowhere. Default: null.</summary>
    public string? BestModelPath { get; init; }

    /// <summary>Whether the last checkpoint stays when the training is done, until somebody has kept what came of it. Default: no, it is deleted.</summary>
    public bool Stays { get; init; }

    /// <inheritdoc/>
    public override void TrainingStarted(Trainer trainer) => _sinceLast.Restart();

    /// <inheritdoc/>
    public override void StepCompleted(Trainer trainer, StepResult step) => SaveIfDue(trainer);

    /// <inheritdoc/>
    public override void EpochCompleted(Trainer trainer, EpochResult epoch) => SaveIfDue(trainer);

    /// <inheritdoc/>
    public override void TrainingInterrupted(Trainer trainer) => trainer.SaveCheckpoint(_path, BestModelPath);

    /// <inheritdoc/>
    public override void TrainingEnded(Trainer trainer, TrainingHistory history)
    {
        if (!history.Cancelled && !Stays && trainer.Communicator.Rank == 0)
        {
            File.Delete(_path);
        }
    }

    private void SaveIfDue(Trainer trainer)
    {
        if (_sinceLast.Elapsed >= Interval)
        {
            trainer.SaveCheckpoint(_path, BestModelPath);
            _sinceLast.Restart();
        }
    }
}
