namespace Nabla;

/// <summary>How a training went, epoch by epoch.</summary>
/// <param name="Epochs">The finished epochs, first to last.</param>
/// <param name="Best">The epoch whose weights the network has now; null when it stopped before an epoch was finished.</param>
/// <param name="Cancelled">Whether it was cancelled before the last epoch was finished.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochResult> Epochs, EpochResult? Best, bool Cancelled)
{
    /// <summary>Whether it was ended by <see cref="Trainer.Stop"/> before the last epoch was finished.</summary>
    public bool StoppedEarly { get; init; }
}
