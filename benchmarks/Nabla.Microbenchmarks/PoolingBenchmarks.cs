using BenchmarkDotNet.Attributes;
using Nabla.Numerics;

namespace Nabla.Microbenchmarks;

/// <summary>Windows of 2×2 over 128 images of 26×26×32, as after the first convolution of the large network.</summary>
[MemoryDiagnoser]
public class PoolingBenchmarks
{
    private const int Images = 128;
    private readonly PoolingGeometry _geometry = new(26, 26, 32, 2, 2, 2, 2, 0);
    private float[] _input = [];
    private float[] _output = [];
    private float[] _dOutput = [];
    private float[] _dInput = [];

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _input = RandomNumbers.Normal(Images * _geometry.InputSize);
        _output = new float[Images * _geometry.OutputSize];
        _dOutput = RandomNumbers.Normal(Images * _geometry.OutputSize);
        _dInput = new float[_input.Length];
        Max();
    }

    [Benchmark]
    public void Max() => Pooling.Max(_input, _output, Images, _geometry, Threads);

    [Benchmark]
    public void MaxGradient() => Pooling.MaxGradient(_input, _output, _dOutput, _dInput, Images, _geometry, Threads);

    [Benchmark]
    public void Average() => Pooling.Average(_input, _dOutput, Images, _geometry, Threads);

    [Benchmark]
    public void AverageGradient() => Pooling.AverageGradient(_dOutput, _dInput, Images, _geometry, Threads);
}
