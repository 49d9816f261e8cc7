using BenchmarkDotNet.Attributes;
using Nabla.Numerics;

namespace Nabla.Microbenchmarks;

/// <summary>Activations and their derivatives, a layer of 300 units and a batch of 256.</summary>
[MemoryDiagnoser]
public class ActivationBenchmarks
{
    private const int Count = 256 * 300;
    private readonly float[] _inputs = RandomNumbers.Normal(Count);
    private readonly float[] _values = new float[Count];
    private readonly float[] _gradient = RandomNumbers.Normal(Count);

    [Params(Activation.Sigmoid, Activation.Tanh, Activation.ReLU)]
    public Activation Activation { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    /// <summary>With a copy of the inputs, since the kernel works in place.</summary>
    [Benchmark]
    public void Apply()
    {
        _inputs.CopyTo(_values, 0);
        ActivationKernels.Apply(Activation, _values, Threads);
    }

    /// <summary>With a copy of the gradient, which would otherwise shrink to nothing.</summary>
    [Benchmark]
    public void MultiplyByDerivative()
    {
        _gradient.CopyTo(_values, 0);
        ActivationKernels.MultiplyByDerivative(Activation, _inputs, _values, Threads);
    }
}
