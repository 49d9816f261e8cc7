namespace Nabla.Benchmarks.Training;

/// <summary>Where all contestants of a training workload begin: the same images, the same initial weights.</summary>
internal sealed class TrainingStart
{
    private readonly TrainingWorkload _workload;
    private readonly float[] _parameters;

    public TrainingStart(TrainingWorkload workload)
    {
        _workload = workload;
        Data = MnistImages.Train.Slice(0, workload.Samples);
        Preprocessing = workload.Preprocessing(Data.Features);
        Network network = Create(workload.Dropout);
        network.Initialize(new NumPyRandom(1));
        _parameters = network.Parameters.ToArray();
        Parameters = [.. network.Layers.SelectMany(layer => layer.Parameters).Select(parameter => (parameter.Shape, parameter.Of(network.Parameters).ToArray()))];
    }

    public DataSet Data { get; }

    public Preprocessing Preprocessing { get; }

    /// <summary>The initial weights, in the network's order.</summary>
    public IReadOnlyList<(Shape Shape, float[] Values)> Parameters { get; }

    public int Samples => Data.Count;

    public Shape ImageShape => Data.Features.SampleShape;

    /// <summary>A network with the initial weights.</summary>
    public Network Network(double dropout)
    {
        Network network = Create(dropout);
        _parameters.CopyTo(network.Parameters);
        network.MarkInitialized();
        return network;
    }

    /// <summary>The images as the network sees them, [samples, 28, 28].</summary>
    public float[] Inputs()
    {
        float[] inputs = new float[Samples * ImageShape.Size];
        Batch.CopyFeatures(Data.Features, Preprocessing, 0, Samples, inputs, threads: 1);
        return inputs;
    }

    /// <summary>The labels, one-hot, [samples, 10].</summary>
    public float[] Targets()
    {
        float[] targets = new float[Samples * Data.Targets.Width];
        for (int i = 0; i < Samples; i++)
        {
            Data.Targets.CopyRow(i, targets.AsSpan(i * Data.Targets.Width));
        }
        return targets;
    }

    private Network Create(double dropout)
    {
        Network network = Nabla.Network.Create(ImageShape, _workload.Layers(dropout));
        network.Preprocessing = Preprocessing;
        return network;
    }
}
