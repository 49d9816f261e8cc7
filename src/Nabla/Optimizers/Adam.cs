namespace Nabla;

/// <summary>
/// Adam: steps by the mean of recent gradients over the root of the mean of their squares. Learning rate 0.001 unless
/// set otherwise. Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
/// </summary>
public sealed record Adam : AdamOptimizer
{
    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new AdamState(parameterCount, Beta1, Beta2, Epsilon, weightDecay: 0);
}
