namespace Nabla;

/// <summary>One training step is done.</summary>
/// <param name="Epoch">The epoch under way, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">The step within the epoch, from 1.</param>
/// <param name="Steps">Steps per epoch.</param>
/// <param name="Samples">Samples of this step.</param>
/// <param name="Loss">Mean loss of this step's samples, before the step changed the weights.</param>
/// <param name="EpochLoss">Mean loss of the epoch's samples so far.</param>
public readonly record struct StepResult(int Epoch, int Epochs, int Step, int Steps, int Samples, double Loss, double EpochLoss)
{
    /// <summary>Learning rate of the step, with what the schedule and <see cref="Trainer.LearningRateFactor"/> make of it.</summary>
    public double LearningRate { get; init; }
}
