using System.Runtime.InteropServices;

namespace Nabla.Tests.Data.Weights;

/// <summary>Weights alone, in the names and layouts of PyTorch, Keras and NumPy.</summary>
public sealed class NetworkWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Network _network = Random(seed: 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_archive_of_our_own_comes_back()
    {
        _network.ExportNpz(_folder["w.npz"]);
        Network other = Random(seed: 2);
        other.LoadWeights(_folder["w.npz"]);
        Assert.True(_network.Parameters.SequenceEqual(other.Parameters));
        Assert.True(_network.Buffers.SequenceEqual(other.Buffers));
        // The same bytes each time.
        byte[] first = File.ReadAllBytes(_folder["w.npz"]);
        _network.ExportNpz(_folder["w.npz"]);
        Assert.Equal(first, File.ReadAllBytes(_folder["w.npz"]));
    }

    [Fact]
    public void PyTorch_has_outputs_first_and_flattens_channels_first()
    {
        List<SafeTensor> tensors = [];
        foreach ((string group, Layer layer) in Pairs("features.0", "features.1", "features.3", "classifier.1", "classifier.10"))
        {
            foreach (Parameter parameter in layer.Parameters)
            {
                tensors.Add(ToPyTorch($"{group}.{(parameter.Role == ParameterRole.Bias ? "bias" : "weight")}", parameter, layer));
            }
            foreach (LayerBuffer buffer in layer.Buffers)
            {
                tensors.Add(new SafeTensor($"{group}.{(buffer.Name.EndsWith("mean", StringComparison.Ordinal) ? "running_mean" : "running_var")}", [.. buffer.Shape], buffer.Of(_network.Buffers).ToArray()));
            }
        }
        tensors.Add(new SafeTensor("features.1.num_batches_tracked", [1], new float[1]));
        // Alphabetical, as the library writes them: 'classifier.10' before 'classifier.1' before 'features.0' is no order of layers.
        Write(tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal));
        Network other = Random(seed: 2);
        Assert.Contains("for batchnormalization1/mean; its tensors are classifier.1.bias", Assert.Throws<MalformedFileException>(() => other.LoadWeights(_folder["w.safetensors"])).Message, StringComparison.Ordinal);
        other.LoadWeights(_folder["w.safetensors"], new Dictionary<string, string>
        {
            ["convolution2d1"] = "features.0",
            ["batchnormalization1"] = "features.1",
            ["depthwiseconvolution2d1"] = "features.3",
            ["dense1"] = "classifier.1",
            ["dense2"] = "classifier.10",
        });
        Assert.True(_network.Parameters.SequenceEqual(other.Parameters));
        Assert.True(_network.Buffers.SequenceEqual(other.Buffers));

        // Where the names sort as the layers come, none are needed; 10 comes after 2.
        Write(tensors.Select(tensor => tensor with { Name = tensor.Name.Replace("features.", "net.", StringComparison.Ordinal).Replace("classifier.10", "net.10", StringComparison.Ordinal).Replace("classifier.1", "net.5", StringComparison.Ordinal) }));
        Network third = Random(seed: 3);
        third.LoadWeights(_folder["w.safetensors"]);
        Assert.True(_network.Parameters.SequenceEqual(third.Parameters));
    }

    [Fact]
    public void Keras_has_our_layout_under_its_own_names()
    {
        List<SafeTensor> tensors = [];
        foreach ((string group, Layer layer) in Pairs("conv2d", "conv2d_1", "conv2d_2", "dense", "dense_1"))
        {
            foreach (Parameter parameter in layer.Parameters)
            {
                string leaf = parameter.Role switch { ParameterRole.Bias => layer is BatchNormalization ? "beta" : "bias", ParameterRole.Scale => "gamma", _ => "kernel" };
                int[] extents = layer is DepthwiseConvolution2D && parameter.Role == ParameterRole.Weight ? [.. parameter.Shape, 1] : [.. parameter.Shape];
                tensors.Add(new SafeTensor($"{group}/{leaf}", extents, parameter.Of(_network.Parameters).ToArray()));
            }
            foreach (LayerBuffer buffer in layer.Buffers)
            {
                tensors.Add(new SafeTensor($"{group}/moving_{(buffer.Name.EndsWith("mean", StringComparison.Ordinal) ? "mean" : "variance")}", [.. buffer.Shape], buffer.Of(_network.Buffers).ToArray()));
            }
        }
        Write(tensors);
        Network other = Random(seed: 2);
        other.LoadWeights(_folder["w.safetensors"]);
        Assert.True(_network.Parameters.SequenceEqual(other.Parameters));
        Assert.True(_network.Buffers.SequenceEqual(other.Buffers));
    }

    [Fact]
    public void Square_weights_need_words_or_a_layout()
    {
        Network square = Network.Create([3], Layer.Dense(3));
        float[] weights = [1, 2, 3, 4, 5, 6, 7, 8, 9], transposed = [1, 4, 7, 2, 5, 8, 3, 6, 9];
        Write([new SafeTensor("fc.weight", [3, 3], weights), new SafeTensor("fc.bias", [3], new float[3])]);
        square.LoadWeights(_folder["w.safetensors"]);
        Assert.Equal(transposed, square.Parameters[..9].ToArray());
        square.LoadWeights(_folder["w.safetensors"], layout: WeightLayout.Keras);
        Assert.Equal(weights, square.Parameters[..9].ToArray());
        Write([new SafeTensor("fc/kernel", [3, 3], weights), new SafeTensor("fc/bias", [3], new float[3])]);
        square.LoadWeights(_folder["w.safetensors"]);
        Assert.Equal(weights, square.Parameters[..9].ToArray());
        Write([new SafeTensor("w", [3, 3], weights), new SafeTensor("b", [3], new float[3])]);
        MalformedFileException undecided = Assert.Throws<MalformedFileException>(() => square.LoadWeights(_folder["w.safetensors"], new Dictionary<string, string> { ["dense1/weight"] = "w", ["dense1/bias"] = "b" }));
        Assert.Contains("say which it is", undecided.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_and_doubles_become_floats()
    {
        Network network = Network.Create([2], Layer.Dense(1));
        byte[] halves = MemoryMarshal.AsBytes<Half>([(Half)0.5, (Half)(-2)]).ToArray(), doubles = MemoryMarshal.AsBytes<double>([0.25]).ToArray();
        byte[] header = """{"fc.weight":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"fc.bias":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}}"""u8.ToArray();
        File.WriteAllBytes(_folder["w.safetensors"], [.. BitConverter.GetBytes((long)header.Length), .. header, .. halves, .. doubles]);
        network.LoadWeights(_folder["w.safetensors"]);
        Assert.Equal([0.5f, -2, 0.25f], network.Parameters.ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_said_and_nothing_is_changed()
    {
        float[] before = _network.Parameters.ToArray();
        Write([new SafeTensor("a.weight", [3], new float[3])]);
        Assert.Contains("has weights of 1 layers (a), expected 5 (convolution2d1", Refused(null), StringComparison.Ordinal);
        _network.ExportNpz(_folder["w.npz"]);
        Network larger = Network.Create([9, 8, 2], [.. Specs[..^1], Layer.Dense(4)]);
        MalformedFileException shape = Assert.Throws<MalformedFileException>(() => larger.LoadWeights(_folder["w.npz"]));
        Assert.Contains("'dense2/weight' has the shape [5, 3], expected [5, 4] for dense2/weight in the layout of Keras", shape.Message, StringComparison.Ordinal);
        Network shorter = Network.Create([9, 8, 2], Specs[..^1]);
        Assert.Contains("has 2 tensors that no layer takes (dense2/weight, dense2/bias)", Assert.Throws<MalformedFileException>(() => shorter.LoadWeights(_folder["w.npz"])).Message, StringComparison.Ordinal);
        Assert.Contains("The map has 'fc', expected a layer", Assert.Throws<ArgumentException>(() => _network.LoadWeights(_folder["w.npz"], new Dictionary<string, string> { ["fc"] = "dense1" })).Message, StringComparison.Ordinal);
        Assert.Equal(before, _network.Parameters.ToArray());
    }

    private static LayerSpec[] Specs =>
    [
        Layer.Convolution2D(3, 3, 3), Layer.BatchNormalization(Activation.ReLU), Layer.DepthwiseConvolution2D(3, 3), Layer.MaxPooling2D(2, 2), Layer.Flatten(), Layer.Dropout(), Layer.Dense(5, Activation.Tanh), Layer.Dense(3),
    ];

    private static Network Random(uint seed)
    {
        Network network = Network.Create([9, 8, 2], Specs);
        NumPyRandom random = new(seed);
        foreach (ref float value in network.Parameters)
        {
            value = (float)random.NextNormal();
        }
        foreach (ref float value in network.Buffers)
        {
            value = (float)random.NextDouble();
        }
        network.MarkInitialized();
        return network;
    }

    private IEnumerable<(string Group, Layer Layer)> Pairs(params string[] groups) => groups.Zip(_network.Layers.Where(layer => layer.Parameters.Count > 0));

    /// <summary>As PyTorch has it, by another way than the reader's: place by place.</summary>
    private SafeTensor ToPyTorch(string name, Parameter parameter, Layer layer)
    {
        float[] own = parameter.Of(_network.Parameters).ToArray();
        int[] shape = [.. parameter.Shape];
        List<float> values = [];
        switch (shape.Length)
        {
            case 4:
                foreach (var (o, i, y, x) in from o in Enumerable.Range(0, shape[3]) from i in Enumerable.Range(0, shape[2]) from y in Enumerable.Range(0, shape[0]) from x in Enumerable.Range(0, shape[1]) select (o, i, y, x))
                {
                    values.Add(own[((y * shape[1] + x) * shape[2] + i) * shape[3] + o]);
                }
                return new SafeTensor(name, [shape[3], shape[2], shape[0], shape[1]], values.ToArray());
            case 3:
                foreach (var (c, y, x) in from c in Enumerable.Range(0, shape[2]) from y in Enumerable.Range(0, shape[0]) from x in Enumerable.Range(0, shape[1]) select (c, y, x))
                {
                    values.Add(own[(y * shape[1] + x) * shape[2] + c]);
                }
                return new SafeTensor(name, [shape[2], 1, shape[0], shape[1]], values.ToArray());
            case 2:
                // dense1 reads 2×2×3 as one row; PyTorch has the channels first there.
                bool isFlattened = layer.Name == "dense1";
                int[] order = isFlattened
                    ? [.. from c in Enumerable.Range(0, 3) from position in Enumerable.Range(0, shape[0] / 3) select position * 3 + c]
                    : [.. Enumerable.Range(0, shape[0])];
                foreach (var (o, i) in from o in Enumerable.Range(0, shape[1]) from i in order select (o, i))
                {
                    values.Add(own[i * shape[1] + o]);
                }
                return new SafeTensor(name, [shape[1], shape[0]], values.ToArray());
            default:
                return new SafeTensor(name, shape, own);
        }
    }

    private void Write(IEnumerable<SafeTensor> tensors)
    {
        using FileStream stream = File.Create(_folder["w.safetensors"]);
        SafeTensorsFile.Write(stream, new Dictionary<string, string>(), [.. tensors]);
    }

    private string Refused(Dictionary<string, string>? names) => Assert.Throws<MalformedFileException>(() => _network.LoadWeights(_folder["w.safetensors"], names)).Message;
}
