using System.Globalization;

namespace Nabla;

/// <summary>
/// The loss became infinite or not a number, so training stopped; the network has the weights from before that step.
/// </summary>
/// <param name="at">The step that failed, with its loss.</param>
/// <param name="learningRate">The learning rate of that step.</param>
/// <param name="history">The epochs finished before.</param>
public sealed class TrainingDivergedException(StepResult at, double learningRate, TrainingHistory history)
    : Exception(string.Create(
        CultureInfo.InvariantCulture,
        $"The loss became {at.Loss} at step {at.Step} of epoch {at.Epoch}, so training stopped with the weights from before that step; try a smaller learning rate than {learningRate:G4}, smaller initial weights, or check the data for values that are not numbers."))
{
    /// <summary>The step that failed, with its loss.</summary>
    public StepResult At { get; } = at;

    /// <summary>The epochs finished before.</summary>
    public TrainingHistory History { get; } = history;
}
