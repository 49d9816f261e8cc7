using BenchmarkDotNet.Attributes;
using Nabla.Numerics;

namespace Nabla.Microbenchmarks;

/// <summary>The softmax of ten classes for a batch of 256.</summary>
[MemoryDiagnoser]
public class SoftmaxBenchmarks
{
    private readonly float[] _logits = RandomNumbers.Normal(256 * 10);
    private readonly float[] _probabilities = new float[256 * 10];

    [Benchmark]
    public void Rows() => Softmax.Rows(_logits, _probabilities, 256, 10);
}
