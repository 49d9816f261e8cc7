using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>The rule by which a gradient changes parameters. This is its description; <see cref="Start"/> makes its memory.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Sgd), "sgd")]
[JsonDerivedType(typeof(Adam), "adam")]
[JsonDerivedType(typeof(AdamW), "adamw")]
public abstract record Optimizer
{
    // Only kinds that a model file knows: a training with another could not be saved.
    private protected Optimizer()
    {
    }

    /// <summary>Step size, above 0.</summary>
    [JsonRequired]
    public double LearningRate
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "The learning rate must be a number above 0.");
    }

    /// <summary>Makes the memory (velocities, moments) for a vector of <paramref name="parameterCount"/> parameters, all zero.</summary>
    public abstract OptimizerState Start(int parameterCount);

    /// <summary>Checks a factor that must be in [0, 1).</summary>
    private protected static double Fraction(double value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0 and below 1.");

    /// <summary>Checks a number that must be above 0, and stay there when it is rounded to float.</summary>
    private protected static double Positive(double value, string name) =>
        (float)value > 0 && float.IsFinite((float)value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number above 0 that a float can hold.");

    /// <summary>Checks a number that must be at least 0.</summary>
    private protected static double NotNegative(double value, string name) =>
        value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number of at least 0.");
}
