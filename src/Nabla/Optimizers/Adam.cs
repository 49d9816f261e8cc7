using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Nabla.Numerics;

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

/// <summary>
/// Adam with decoupled weight decay: each step also shrinks every weight by rate · decay of itself. Learning rate
/// 0.001 unless set otherwise. Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
/// </summary>
public sealed record AdamW : AdamOptimizer
{
    /// <summary>Share of itself, times the learning rate, that a weight loses per step; at least 0. Biases and scales do not decay. Default: 0.01.</summary>
    [JsonRequired]
    public double WeightDecay
    {
        get;
        init => field = OptionCheck.NotNegative(value, nameof(WeightDecay));
    } = 0.01;

    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new AdamState(parameterCount, Beta1, Beta2, Epsilon, WeightDecay);
}

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> have in common.</summary>
public abstract record AdamOptimizer : Optimizer
{
    private protected AdamOptimizer() => LearningRate = 0.001;

    /// <summary>Share of the mean gradient that is kept from step to step, at least 0 and below 1. Default: 0.9.</summary>
    [JsonRequired]
    public double Beta1
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(Beta1));
    } = 0.9;

    /// <summary>Share of the mean square that is kept from step to step, at least 0 and below 1. Default: 0.999.</summary>
    [JsonRequired]
    public double Beta2
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(Beta2));
    } = 0.999;

    /// <summary>Added to the root, against division by zero; above 0, also as a float. Default: 10⁻⁸.</summary>
    [JsonRequired]
    public double Epsilon
    {
        get;
        init => field = OptionCheck.Positive(value, nameof(Epsilon));
    } = 1e-8;
}

/// <summary>
/// Adam and AdamW at work: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², and with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
/// θ ← θ − rate · decay · θ − rate · m̂ / (√v̂ + ε). The step counter t advances once per step, whatever the parameters.
/// </summary>
internal sealed class AdamState(int count, double beta1, double beta2, double epsilon, double weightDecay) : OptimizerState(count, vectors: 2, weightDecay)
{
    private double _beta1Power = 1;
    private double _beta2Power = 1;

    protected override void Advance()
    {
        _beta1Power *= beta1;
        _beta2Power *= beta2;
    }

    protected override void Update(in ParameterUpdate update)
    {
        Kernel kernel = new(update.Parameters, update.Gradient, Memory(0, update), Memory(1, update))
        {
            Beta1 = (float)beta1,
            OneMinusBeta1 = (float)(1 - beta1),
            Beta2 = (float)beta2,
            OneMinusBeta2 = (float)(1 - beta2),
            Rate = (float)(update.LearningRate / (1 - _beta1Power)),
            RootOfCorrection = (float)Math.Sqrt(1 - _beta2Power),
            Epsilon = (float)epsilon,
            Keep = update.Keep,
        };
        ElementWise.Run(ref kernel, update.Parameters.Length, update.Threads);
    }

    private ref struct Kernel(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> mean, Span<float> square) : IElementKernel
    {
        private readonly ref float _parameters = ref MemoryMarshal.GetReference(parameters);
        private readonly ref readonly float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref float _mean = ref MemoryMarshal.GetReference(mean);
        private readonly ref float _square = ref MemoryMarshal.GetReference(square);

        public float Beta1, OneMinusBeta1, Beta2, OneMinusBeta2, Rate, RootOfCorrection, Epsilon, Keep;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T g = T.Load(in _gradient, index);
            T m = T.FusedMultiplyAdd(T.Broadcast(Beta1), T.Load(ref _mean, index), T.Broadcast(OneMinusBeta1) * g);
            T v = T.FusedMultiplyAdd(T.Broadcast(Beta2), T.Load(ref _square, index), T.Broadcast(OneMinusBeta2) * g * g);
            OptimizerMemory.FlushTiny(m).Store(ref _mean, index);
            OptimizerMemory.FlushTiny(v).Store(ref _square, index);
            T root = T.Sqrt(v) / T.Broadcast(RootOfCorrection) + T.Broadcast(Epsilon);
            T parameter = T.Load(ref _parameters, index) * T.Broadcast(Keep);
            (parameter - T.Broadcast(Rate) * (m / root)).Store(ref _parameters, index);
        }
    }
}
