using BenchmarkDotNet.Attributes;
using Nabla.Numerics;

namespace Nabla.Microbenchmarks;

/// <summary>The three products of a dense layer, in the shapes of the notebooks' networks: samples, inputs, outputs.</summary>
[MemoryDiagnoser]
public class MatrixProductBenchmarks
{
    private float[] _x = [];
    private float[] _weights = [];
    private float[] _sums = [];

    [Params("30x784x300", "100x784x100", "512x784x128", "512x128x10")]
    public string Shape { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    private int Samples { get; set; }

    private int Inputs { get; set; }

    private int Outputs { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        int[] extents = [.. Shape.Split('x').Select(int.Parse)];
        (Samples, Inputs, Outputs) = (extents[0], extents[1], extents[2]);
        _x = RandomNumbers.Normal(Samples * Inputs);
        _weights = RandomNumbers.Normal(Inputs * Outputs);
        _sums = RandomNumbers.Normal(Samples * Outputs);
    }

    [Benchmark]
    public void Forward() => MatrixProduct.Multiply(_x, _weights, [], _sums, Samples, Inputs, Outputs, Threads);

    [Benchmark]
    public void WeightGradient() => MatrixProduct.MultiplyLeftTransposed(_x, _sums, _weights, Inputs, Samples, Outputs, Threads, GradientUse.Replace);

    [Benchmark]
    public void InputGradient() => MatrixProduct.MultiplyRightTransposed(_sums, _weights, _x, Samples, Outputs, Inputs, Threads);
}
