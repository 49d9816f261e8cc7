namespace Nabla;

/// <summary>
/// The loss or the weights became infinite or not a number, so training stopped. The network has the weights of the best
/// epoch before, or where none was finished those from before training; <see cref="Network.Training"/> says so, too.
/// </summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(StepResult at, double learningRate, TrainingHistory history)
        : base(FormattableString.Invariant(
            $"{Describe(at)}, so training stopped with the weights from {(history.Best is EpochResult best ? $"epoch {best.Epoch}" : "before training")}; try a smaller learning rate than {learningRate:G4}, smaller initial weights, or check the data for values that are not numbers."))
    {
        At = at;
        History = history;
    }

    /// <summary>The step that failed, with its loss; that is finite where the damage showed only when the epoch was measured.</summary>
    public StepResult At { get; }

    /// <summary>The epochs finished before.</summary>
    public TrainingHistory History { get; }

    private static string Describe(StepResult at) => double.IsFinite(at.Loss)
        ? FormattableString.Invariant($"The network could compute no finite loss after step {at.Step} of epoch {at.Epoch}")
        : FormattableString.Invariant($"The loss became {at.Loss} at step {at.Step} of epoch {at.Epoch}");
}
