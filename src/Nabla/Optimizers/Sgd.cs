using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Stochastic gradient descent, θ ← θ − rate · v with velocity v ← momentum · v + g; Nesterov's form steps along
/// g + momentum · v instead. Sutskever et al., "On the importance of initialization and momentum", ICML 2013, in the form
/// with the rate outside the velocity. Weight decay is decoupled, θ ← θ − rate · decay · θ beside that: Loshchilov and Hutter, "Decoupled Weight Decay
/// Regularization", ICLR 2019 (SGDW). PyTorch's SGD adds decay · θ to the gradient instead: that is <see cref="L2Regularization"/>.
/// </summary>
public sealed record Sgd : Optimizer
{
    /// <summary>Learning rate 0.1, no momentum.</summary>
    public Sgd() => LearningRate = 0.1;

    /// <summary>Share of the velocity that is kept from step to step, at least 0 and below 1. Default: 0.</summary>
    [JsonRequired]
    public double Momentum
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(Momentum));
    }

    /// <summary>Whether to look one step ahead; means something only with momentum. Default: no.</summary>
    [JsonRequired]
    public bool Nesterov { get; init; }

    // Not required in documents: files from before it was there mean 0.
    /// <summary>Share of itself, times the learning rate, that a weight loses per step; at least 0. Biases and scales do not decay. Default: 0.</summary>
    public double WeightDecay
    {
        get;
        init => field = OptionCheck.NotNegative(value, nameof(WeightDecay));
    }

    /// <inheritdoc/>
    public override OptimizerState Start(int parameterCount) => new State(this, parameterCount);

    private sealed class State(Sgd options, int count) : OptimizerState(count, vectors: options.Momentum > 0 ? 1 : 0, options.WeightDecay)
    {
        protected override void Update(in ParameterUpdate update)
        {
            if (options.Momentum > 0)
            {
                MomentumKernel kernel = new(update.Parameters, update.Gradient, Memory(0, update), (float)update.LearningRate, (float)options.Momentum, options.Nesterov, update.Keep);
                ElementWise.Run(ref kernel, update.Parameters.Length, update.Threads);
            }
            else
            {
                ElementWiseKernels.Descend(update.Gradient, update.Parameters, (float)update.LearningRate, update.Keep, update.Threads);
            }
        }
    }

    private readonly ref struct MomentumKernel(
        Span<float> parameters, ReadOnlySpan<float> gradient, Span<float> velocity, float rate, float momentum, bool nesterov, float keep) : IElementKernel
    {
        private readonly ref float _parameters = ref MemoryMarshal.GetReference(parameters);
        private readonly ref readonly float _gradient = ref MemoryMarshal.GetReference(gradient);
        private readonly ref float _velocity = ref MemoryMarshal.GetReference(velocity);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T g = T.Load(in _gradient, index);
            T v = T.FusedMultiplyAdd(T.Broadcast(momentum), T.Load(ref _velocity, index), g);
            OptimizerMemory.FlushTiny(v).Store(ref _velocity, index);
            T direction = nesterov ? T.FusedMultiplyAdd(T.Broadcast(momentum), v, g) : v;
            T.FusedMultiplyAdd(T.Broadcast(-rate), direction, T.Load(ref _parameters, index) * T.Broadcast(keep)).Store(ref _parameters, index);
        }
    }
}
