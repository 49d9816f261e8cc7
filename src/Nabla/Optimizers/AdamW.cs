using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// Adam with decoupled weight decay: each step also shrinks every parameter by rate · decay of itself. Learning rate
/// 0.001 unless set otherwise. Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
/// </summary>
public sealed record AdamW : AdamOptimizer
{
    /// <summary>Share of itself, times the learning rate, that a parameter loses per step; at least 0. Default: 0.01.</summary>
    [JsonRequired]
    public double WeightDecay
    {
        get;
        init => field = NotNegative(value, nameof(WeightDecay));
    } = 0.01;

    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new AdamState(parameterCount, Beta1, Beta2, Epsilon, WeightDecay);
}
