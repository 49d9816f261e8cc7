using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>How the learning rate changes in the course of a training.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(LinearSchedule), "linear")]
[JsonDerivedType(typeof(PhaseSchedule), "phases")]
public abstract record Schedule
{
    // Only kinds that a model file knows: a training with another could not be saved.
    private protected Schedule()
    {
    }

    /// <summary>The learning rate stays what it is.</summary>
    public static Schedule Constant { get; } = new ConstantSchedule();

    /// <summary>The learning rate falls in a straight line and would reach 0 one step after the last.</summary>
    public static Schedule Linear { get; } = new LinearSchedule();

    /// <summary>One learning rate after the other, each for some epochs, instead of the optimiser's rate.</summary>
    public static Schedule InPhases(params IEnumerable<(int Epochs, double LearningRate)> phases) =>
        new PhaseSchedule { Phases = [.. phases.Select(phase => new Phase { Epochs = phase.Epochs, LearningRate = phase.LearningRate })] };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="learningRate">The optimiser's learning rate.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0, counted from the beginning of the training.</param>
    /// <param name="steps">Number of steps in all, above <paramref name="step"/>.</param>
    public abstract double Rate(double learningRate, int epoch, long step, long steps);
}
