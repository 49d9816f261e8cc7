namespace Nabla;

/// <summary>Adam: steps by the mean of recent gradients over the root of the mean of their squares. Kingma and Ba, ICLR 2015.</summary>
public sealed record Adam : Optimizer
{
    /// <summary>Learning rate 0.001.</summary>
    public Adam() => LearningRate = 0.001;

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

    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new AdamState(parameterCount, Beta1, Beta2, Epsilon, weightDecay: 0);
}
