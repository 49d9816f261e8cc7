using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Numbers of mean 0 and variance scale / fan, so that signals keep their size however wide a layer is.</summary>
/// <param name="Scale">Variance times fan, above 0: 2 for He, 1 for Glorot and LeCun.</param>
/// <param name="Fan">What the variance is divided by.</param>
/// <param name="Spread">The distribution.</param>
public sealed record VarianceScalingInitializer(double Scale, Fan Fan, Spread Spread) : Initializer
{
    /// <summary>Variance times fan, above 0.</summary>
    public double Scale { get; } = Scale > 0 && double.IsFinite(Scale)
        ? Scale
        : throw new ArgumentOutOfRangeException(nameof(Scale), Scale, "The scale must be a number above 0.");

    /// <summary>What the variance is divided by.</summary>
    public Fan Fan { get; } = Enum.IsDefined(Fan) ? Fan : throw new ArgumentOutOfRangeException(nameof(Fan), Fan, "There is no such fan.");

    /// <summary>The distribution.</summary>
    public Spread Spread { get; } = Enum.IsDefined(Spread)
        ? Spread
        : throw new ArgumentOutOfRangeException(nameof(Spread), Spread, "There is no such distribution.");

    /// <inheritdoc/>
    public override void Fill(Span<float> values, int inputs, int outputs, NumPyRandom random)
    {
        double fan = Fan == Fan.In ? inputs : (inputs + outputs) / 2.0;
        double variance = Scale / fan;
        double bound = Math.Sqrt(3 * variance);
        Initializer fill = Spread == Spread.Normal ? Normal(Math.Sqrt(variance)) : Uniform(-bound, bound);
        fill.Fill(values, inputs, outputs, random);
    }
}

/// <summary>What the variance of initial weights is divided by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fan>))]
public enum Fan
{
    /// <summary>The inputs that feed one unit: keeps the size of activations from layer to layer.</summary>
    In,

    /// <summary>The mean of inputs and outputs: a compromise between activations and gradients.</summary>
    Average,
}

/// <summary>The distribution of initial weights of a given variance.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Spread>))]
public enum Spread
{
    /// <summary>Normal, not truncated.</summary>
    Normal,

    /// <summary>Uniform in ±√(3 · variance).</summary>
    Uniform,
}
