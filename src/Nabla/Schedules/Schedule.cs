using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>How the learning rate changes in the course of a training.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(LinearSchedule), "linear")]
public abstract record Schedule
{
    /// <summary>The learning rate stays what it is.</summary>
    public static Schedule Constant { get; } = new ConstantSchedule();

    /// <summary>The learning rate falls in a straight line and would reach 0 one step after the last.</summary>
    public static Schedule Linear { get; } = new LinearSchedule();

    /// <summary>What the learning rate is multiplied by at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">Number of steps in all, above <paramref name="step"/>.</param>
    public abstract double Factor(long step, long steps);
}
