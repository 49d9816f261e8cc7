using BenchmarkDotNet.Attributes;
using Nabla.Numerics;

namespace Nabla.Microbenchmarks;

/// <summary>The three products of a depthwise convolution of 3×3, four images at a time as layers pass them.</summary>
[MemoryDiagnoser]
public class DepthwiseBenchmarks
{
    private const int Images = 4;
    private ConvolutionGeometry _geometry;
    private float[] _input = [];
    private float[] _weights = [];
    private float[] _bias = [];
    private float[] _output = [];
    private float[] _dInput = [];
    private float[] _dWeights = [];

    /// <summary>Height and width of the images.</summary>
    [Params(28, 14)]
    public int Size { get; set; }

    [Params(3, 32, 64)]
    public int Channels { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _geometry = new ConvolutionGeometry(Size, Size, Channels, 3, 3, 1, 1);
        _input = RandomNumbers.Normal(Images * _geometry.ImageSize);
        _weights = RandomNumbers.Normal(_geometry.PatchSize);
        _bias = RandomNumbers.Normal(Channels);
        _output = RandomNumbers.Normal(Images * _geometry.Positions * Channels);
        _dInput = new float[_input.Length];
        _dWeights = new float[_weights.Length];
    }

    [Benchmark]
    public void Forward() => DepthwiseProduct.Forward(_geometry, _input, _weights, _bias, _output, Images, threads: 1, Activation.Identity);

    [Benchmark]
    public void BackwardInput() => DepthwiseProduct.BackwardInput(_geometry, _output, _weights, _dInput, Images, threads: 1);

    [Benchmark]
    public void BackwardWeights() => DepthwiseProduct.BackwardWeights(_geometry, _input, _output, _dWeights, Images, threads: 1);
}
