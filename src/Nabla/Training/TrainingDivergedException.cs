namespace Nabla;

/// <summary>
/// The loss or the weights became infinite or not a number, so training stopped; the network has usable weights from
/// before, as the message says.
/// </summary>
public sealed class TrainingDivergedException : Exception
{
    private TrainingDivergedException(string what, string kept, double learningRate, StepResult at, TrainingHistory history)
        : base(FormattableString.Invariant(
            $"{what}, so training stopped with the weights from {kept}; try a smaller learning rate than {learningRate:G4}, smaller initial weights, or check the data for values that are not numbers."))
    {
        At = at;
        History = history;
    }

    /// <summary>The step that failed, with its loss.</summary>
    public StepResult At { get; }

    /// <summary>The epochs finished before.</summary>
    public TrainingHistory History { get; }

    /// <summary>The loss of a step is not finite; the weights are those before it.</summary>
    internal static TrainingDivergedException AtStep(StepResult at, double learningRate, TrainingHistory history) =>
        new(FormattableString.Invariant($"The loss became {at.Loss} at step {at.Step} of epoch {at.Epoch}"), "before that step", learningRate, at, history);

    /// <summary>
    /// An epoch's last step made the weights or the validation loss not finite; the weights are those of the best epoch
    /// before, or from before training.
    /// </summary>
    internal static TrainingDivergedException AfterEpoch(StepResult at, double learningRate, TrainingHistory history) =>
        new(
            FormattableString.Invariant($"The network could compute no finite loss after step {at.Step} of epoch {at.Epoch}"),
            history.Best is EpochResult best ? FormattableString.Invariant($"epoch {best.Epoch}") : "before training",
            learningRate, at, history);
}
