namespace Nabla;

/// <summary>The learning rate stays what it is.</summary>
public sealed record ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override double Factor(long step, long steps) => 1;
}
