namespace Nabla;

/// <summary>The learning rate stays what it is.</summary>
public sealed record ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override double Rate(double learningRate, int epoch, long step, long steps) => learningRate;
}
