using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Adam and AdamW at work: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², and with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
/// θ ← θ − rate · decay · θ − rate · m̂ / (√v̂ + ε). The step counter t advances once per step, whatever the parameters.
/// </summary>
internal sealed class AdamState(int count, double beta1, double beta2, double epsilon, double weightDecay) : OptimizerState(count, vectors: 2)
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
            Keep = (float)(1 - update.LearningRate * weightDecay),
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
