using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Lion: every weight moves by the same amount, in the direction of the sign of a mean of gradients. With c = β₁m + (1 − β₁)g
/// θ ← θ − rate · decay · θ − rate · sign(c), then m ← β₂m + (1 − β₂)g. Learning rate 0.0001 unless set otherwise: its steps want a rate 3 to 10 times
/// smaller than Adam's, and a decay as many times larger. Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023.
/// </summary>
public sealed record Lion : Optimizer
{
    /// <summary>Learning rate 0.0001, no decay.</summary>
    public Lion() => LearningRate = 0.0001;

    /// <summary>Share of the mean in the direction of a step, at least 0 and below 1. Default: 0.9.</summary>
    [JsonRequired]
    public double Beta1
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(Beta1));
    } = 0.9;

    /// <summary>Share of the mean gradient that is kept from step to step, at least 0 and below 1. Default: 0.99.</summary>
    [JsonRequired]
    public double Beta2
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(Beta2));
    } = 0.99;

    /// <summary>Share of itself, times the learning rate, that a weight loses per step; at least 0. Biases and scales do not decay. Default: 0.</summary>
    [JsonRequired]
    public double WeightDecay
    {
        get;
        init => field = OptionCheck.NotNegative(value, nameof(WeightDecay));
    }

    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new State(this, parameterCount);

    private sealed class State(Lion options, int count) : OptimizerState(count, vectors: 1, options.WeightDecay)
    {
        protected override void Update(in ParameterUpdate update)
        {
            Kernel kernel = new(update.Parameters, update.Gradient, Memory(0, update))
            {
                Beta1 = (float)options.Beta1,
                OneMinusBeta1 = (float)(1 - options.Beta1),
                Beta2 = (float)options.Beta2,
                OneMinusBeta2 = (float)(1 - options.Beta2),
                Rate = (float)update.LearningRate,
                Keep = update.Keep,
            };
            ElementWise.Run(ref kernel, update.Parameters.Length, update.Threads);
        }
    }

    private ref struct Kernel(Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> mean) : IElementKernel
    {
        private readonly ref float _parameters = ref MemoryMarshal.GetReference(parameters);
        private readonly ref readonly float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref float _mean = ref MemoryMarshal.GetReference(mean);

        public float Beta1, OneMinusBeta1, Beta2, OneMinusBeta2, Rate, Keep;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T g = T.Load(in _gradient, index);
            T m = T.Load(ref _mean, index);
            T c = T.FusedMultiplyAdd(T.Broadcast(Beta1), m, T.Broadcast(OneMinusBeta1) * g);
            // Zero and what is no number stay what they are: the sign of 0 is 0, and a NaN is not to be hidden.
            T sign = T.WherePositive(T.Abs(c), T.CopySign(T.Broadcast(1), c), c);
            T.FusedMultiplyAdd(T.Broadcast(-Rate), sign, T.Load(ref _parameters, index) * T.Broadcast(Keep)).Store(ref _parameters, index);
            OptimizerMemory.FlushTiny(T.FusedMultiplyAdd(T.Broadcast(Beta2), m, T.Broadcast(OneMinusBeta2) * g)).Store(ref _mean, index);
        }
    }
}
