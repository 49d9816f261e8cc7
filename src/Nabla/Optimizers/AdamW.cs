namespace Nabla;

/// <summary>
/// Adam with decoupled weight decay: each step also shrinks every parameter by rate · decay of itself.
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
/// </summary>
public sealed record AdamW : Optimizer
{
    /// <summary>Learning rate 0.001.</summary>
    public AdamW() => LearningRate = 0.001;

    /// <summary>Share of the mean gradient that is kept from step to step, at least 0 and below 1. Default: 0.9.</summary>
    public double Beta1
    {
        get;
        init => field = Fraction(value, nameof(Beta1));
    } = 0.9;

    /// <summary>Share of the mean square that is kept from step to step, at least 0 and below 1. Default: 0.999.</summary>
    public double Beta2
    {
        get;
        init => field = Fraction(value, nameof(Beta2));
    } = 0.999;

    /// <summary>Added to the root, against division by zero; above 0, also as a float. Default: 10⁻⁸.</summary>
    public double Epsilon
    {
        get;
        init => field = Positive(value, nameof(Epsilon));
    } = 1e-8;

    /// <summary>Share of itself, times the learning rate, that a parameter loses per step; at least 0. Default: 0.01.</summary>
    public double WeightDecay
    {
        get;
        init => field = NotNegative(value, nameof(WeightDecay));
    } = 0.01;

    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new AdamState(parameterCount, Beta1, Beta2, Epsilon, WeightDecay);
}
