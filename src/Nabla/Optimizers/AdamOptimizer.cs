using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> have in common.</summary>
public abstract record AdamOptimizer : Optimizer
{
    private protected AdamOptimizer() => LearningRate = 0.001;

    /// <summary>Share of the mean gradient that is kept from step to step, at least 0 and below 1. Default: 0.9.</summary>
    [JsonRequired]
    public double Beta1
    {
        get;
        init => field = Fraction(value, nameof(Beta1));
    } = 0.9;

    /// <summary>Share of the mean square that is kept from step to step, at least 0 and below 1. Default: 0.999.</summary>
    [JsonRequired]
    public double Beta2
    {
        get;
        init => field = Fraction(value, nameof(Beta2));
    } = 0.999;

    /// <summary>Added to the root, against division by zero; above 0, also as a float. Default: 10⁻⁸.</summary>
    [JsonRequired]
    public double Epsilon
    {
        get;
        init => field = Positive(value, nameof(Epsilon));
    } = 1e-8;
}
