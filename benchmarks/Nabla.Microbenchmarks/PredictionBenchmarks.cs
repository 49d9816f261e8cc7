using BenchmarkDotNet.Attributes;

namespace Nabla.Microbenchmarks;

/// <summary>One image at a time through 784-128-10.</summary>
[MemoryDiagnoser]
public class PredictionBenchmarks
{
    private readonly Network _network = Network.Create([28, 28], Layer.Dense(128, Activation.ReLU), Layer.Dense(10));
    private readonly byte[] _image = [.. SyntheticDigits.Generate(1, 1).Features is ByteFeatures images ? images[0].ToArray() : []];

    [GlobalSetup]
    public void Setup() => _network.Initialize(new NumPyRandom(1));

    [Benchmark]
    public Prediction Predict() => _network.Predict(_image);
}
