using System.Globalization;
using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>
/// Makes layers of the nodes of a graph. A tensor shows a value of the network (<see cref="TensorView"/>), so what only moves numbers becomes no layer; what several nodes do together (a bias
/// that is added, an activation, GELU written by the error function) becomes one layer.
/// </summary>
internal sealed partial class GraphReader
{
    // As long as a name of a layer may be.
    private const int MaxNameLength = 100;

    private readonly string _path;
    private readonly OnnxGraph _graph;
    private readonly OnnxInput? _written;
    private readonly Dictionary<string, Tensor> _tensors = [];
    private readonly List<ReadLayer> _layers = [];
    private Shape _inputShape = [1];
    private Loss? _loss;
    private float _temperature = 1;
    private long _folded;

    /// <param name="path">What errors call the model.</param>
    /// <param name="graph">Its graph.</param>
    /// <param name="written">What the model takes where Nabla wrote it; null for one of another tool.</param>
    public GraphReader(string path, OnnxGraph graph, OnnxInput? written) => (_path, _graph, _written) = (path, graph, written);

    /// <exception cref="MalformedFileException">A node is none that Nabla has a layer for, or does not fit what it reads.</exception>
    public Network Read()
    {
        // They stand anywhere, and tell what the input is like.
        foreach (NodeProto node in _graph.Nodes.Where(node => node.OpType == "Constant"))
        {
            _graph.SetConstant(node.Output[0], ReadConstant(node));
        }
        ReadInput();
        foreach (NodeProto node in _graph.Nodes.Where(node => node.OpType != "Constant"))
        {
            if (Fold(node))
            {
                continue;
            }
            try
            {
                _tensors[node.Output[0]] = Read(node);
            }
            catch (ArgumentException exception)
            {
                // An option that no layer takes, such as an epsilon below 0.
                throw new MalformedFileException(_path, $"{OnnxGraph.Describe(node)}: {MalformedFileException.ReasonOf(exception)}", -1, exception);
            }
        }
        ReadOutput();
        return MakeNetwork();
    }

    private MalformedFileException Unsupported(NodeProto node, string found, string help) => _graph.Unsupported(node, found, help);

    private Constant ReadConstant(NodeProto node)
    {
        NodeAttributes attributes = new(node);
        return attributes.Tensor("value") is { } tensor ? Constant.Read(_path, tensor)
            : attributes.Has("value_float") ? new Constant([], [attributes.Float("value_float", 0)])
            : attributes.Has("value_int") ? new Constant([], new long[] { attributes.Int("value_int", 0) })
            : attributes.Floats("value_floats") is { } floats ? new Constant([floats.Length], floats)
            : attributes.Ints("value_ints") is { } integers ? new Constant([integers.Length], integers)
            : throw Unsupported(node, "has no numbers", "export weights as initializers");
    }

    /// <summary>Computes a node that does not depend on the input, or takes the extents of a value.</summary>
    private bool Fold(NodeProto node)
    {
        if (node is { OpType: "Shape", Input: [string value, ..] } && _tensors.TryGetValue(value, out Tensor? of))
        {
            long[] extents = [Constant.Batch, .. of.View.Extents.Select(extent => (long)extent)];
            int start = Math.Clamp(new NodeAttributes(node).Int("start", 0), -extents.Length, extents.Length), end = Math.Clamp(new NodeAttributes(node).Int("end", extents.Length), -extents.Length, extents.Length);
            (start, end) = (start < 0 ? start + extents.Length : start, end < 0 ? end + extents.Length : end);
            _graph.SetConstant(node.Output[0], new Constant([Math.Max(0, end - start)], extents[start..Math.Max(start, end)]));
            return true;
        }
        Constant?[] all = [.. node.Input.Select(name => name.Length == 0 ? null : _graph.ConstantOf(name))];
        if (all.All(numbers => numbers is null) || node.Input.Zip(all).Any(pair => pair.First.Length > 0 && pair.Second is null))
        {
            return false;
        }
        Constant folded = ConstantFolding.Compute(node, [.. all.OfType<Constant>()], all)
            ?? throw Unsupported(node, "computes numbers that do not depend on the input, in a way that is not read", "simplify the model first (onnxsim, or do_constant_folding=True)");
        // A few nodes could else make copies of large weights without end.
        const long MaxFolded = 1 << 28;
        if ((_folded += folded.Count) > MaxFolded)
        {
            throw Unsupported(node, "is one of many that compute weights from weights", "simplify the model first (onnxsim, or do_constant_folding=True)");
        }
        _graph.SetConstant(node.Output[0], folded);
        return true;
    }

    private Tensor Read(NodeProto node)
    {
        if (node.Domain is not ("" or "ai.onnx"))
        {
            return ReadLearner(node);
        }
        return node.OpType switch
        {
            "Identity" or "Dropout" => _tensors[Name(node, 0)],
            "Cast" => ReadCast(node),
            "Gemm" => ReadGemm(node),
            "MatMul" => ReadMatMul(node),
            "Conv" => ReadConvolution(node),
            "BatchNormalization" => ReadBatchNormalization(node),
            "LayerNormalization" => ReadLayerNormalization(node),
            "Relu" => ReadActivation(node, Activation.ReLU),
            "Sigmoid" => ReadSigmoid(node),
            "Tanh" => ReadActivation(node, Activation.Tanh),
            "LeakyRelu" => ReadFunction(node, new LeakyReLUSpec { NegativeSlope = Decimal(new NodeAttributes(node).Float("alpha", 0.01f)) }),
            "Softplus" => ReadFunction(node, new SoftplusSpec()),
            "Gelu" when new NodeAttributes(node).Text("approximate", "none") == "none" => ReadFunction(node, new GELUSpec()),
            "Swish" when new NodeAttributes(node).Float("alpha", 1) == 1 => ReadFunction(node, new SiLUSpec()),
            "Erf" => ReadErrorFunction(node),
            "Clip" => ReadClip(node),
            "Add" or "Sub" or "Mul" or "Div" => ReadArithmetic(node),
            "Sum" => ReadSum(node),
            "Softmax" or "LogSoftmax" => ReadSoftmax(node),
            "Mean" => ReadMean(node),
            "Log" => ReadLog(node),
            "MaxPool" or "AveragePool" => ReadPooling(node),
            "GlobalAveragePool" or "ReduceMean" => ReadGlobalAverage(node),
            "GlobalMaxPool" => ReadGlobalMaximum(node),
            "Flatten" => ReadFlatten(node),
            "Reshape" => ReadReshape(node),
            "Squeeze" or "Unsqueeze" => ReadSqueeze(node),
            "Transpose" => ReadTranspose(node),
            "Concat" => ReadConcatenation(node),
            "Slice" => ReadSlice(node),
            "Pad" => ReadPadding(node),
            _ => throw Unsupported(node, "has no counterpart among the layers of Nabla", "take it out of the model, or put layers in its place that Nabla has (docs/models.md)"),
        };
    }

    /// <summary>Name of a value that a node reads and that depends on the input.</summary>
    private string Name(NodeProto node, int input) => input < node.Input.Count && _tensors.ContainsKey(node.Input[input])
        ? node.Input[input]
        : throw Unsupported(node, $"has {(input < node.Input.Count && node.Input[input].Length > 0 ? "numbers of the model" : "nothing")} as input {input + 1}", "expected a value that depends on the model's input");

    /// <summary>A value that a node reads; what waited for more nodes of a pattern is made a layer now, or refused.</summary>
    private Tensor Plain(NodeProto node, int input)
    {
        string name = Name(node, input);
        Tensor tensor = _tensors[name];
        return tensor.Waiting switch
        {
            null => tensor,
            Rescaled => _tensors[name] = Rescale(node, tensor),
            _ => throw Unsupported(node, $"reads '{name}', a step of a softmax, a GELU, a padding or a SiLU whose other steps are not as exporters write them", "put a layer in its place that Nabla has"),
        };
    }

    /// <summary>Numbers of the model that a node reads; null where it reads none there.</summary>
    private Constant? Numbers(NodeProto node, int input) => input >= node.Input.Count || node.Input[input].Length == 0
        ? null
        : _graph.ConstantOf(node.Input[input]) ?? throw Unsupported(node, $"reads '{node.Input[input]}' as input {input + 1}, which depends on the model's input", "expected numbers of the model there");

    private Constant Weights(NodeProto node, int input, int rank)
    {
        Constant weights = Numbers(node, input) ?? throw Unsupported(node, $"has no input {input + 1}", "expected its weights there");
        return weights.Extents.Length == rank ? weights : throw Unsupported(node, $"has weights of [{string.Join(", ", weights.Extents)}]", $"expected {rank} extents");
    }

    /// <summary>Numbers for each of so many channels or features, in the order of the tensor.</summary>
    private float[] PerChannel(NodeProto node, int input, int channels) => Numbers(node, input) is { } numbers && numbers.Count == channels
        ? numbers.Floats
        : throw Unsupported(node, $"has {Numbers(node, input)?.Count ?? 0} numbers as input {input + 1}", $"expected {channels}, one for each channel or feature");

    /// <summary>Adds a layer that reads the given values.</summary>
    /// <returns>The number of the value that it puts out.</returns>
    private int Add(NodeProto node, LayerSpec spec, int[] inputs, params float[][] numbers)
    {
        Layer layer;
        try
        {
            layer = spec.Build(new LayerBuilder(spec, OnnxGraph.Describe(node), [.. inputs.Select(ShapeOf)], 0, 0));
        }
        catch (ArgumentException exception)
        {
            throw new MalformedFileException(_path, MalformedFileException.ReasonOf(exception), -1, exception);
        }
        int[] sizes = [.. layer.Parameters.Select(parameter => parameter.Shape.Size), .. layer.Buffers.Select(buffer => buffer.Shape.Size)];
        if (!sizes.SequenceEqual(numbers.Select(values => values.Length)))
        {
            throw Unsupported(node, $"has weights of {string.Join(", ", numbers.Select(values => values.Length))} numbers", $"expected {string.Join(", ", sizes)} for what it reads, {ShapeOf(inputs[0])}");
        }
        _layers.Add(new ReadLayer(spec, inputs, numbers, layer.OutputShape, node.Output[0]));
        return _layers.Count;
    }

    private Shape ShapeOf(int value) => value == 0 ? _inputShape : _layers[value - 1].Shape;

    /// <summary>The layer that computes what a node reads, where that node is the only reader: it can take in what the node does. Cropping behind it changes no number.</summary>
    private ReadLayer? SoleProducer(NodeProto node, int input)
    {
        Tensor tensor = _tensors[Name(node, input)];
        if (tensor.Waiting is not null || tensor.Value == 0 || _graph.SoleReaderOf(node.Input[input]) is null || _layers[tensor.Value - 1].Tensor != node.Input[input])
        {
            return null;
        }
        ReadLayer producer = _layers[tensor.Value - 1];
        return producer is { Spec: Cropping2DSpec, Inputs: [> 0 and int cropped] } && _layers[cropped - 1].Tensor.Length == 0 ? _layers[cropped - 1] : producer;
    }

    private void ReadOutput()
    {
        Tensor output = _tensors.GetValueOrDefault(_graph.Output) ?? throw new MalformedFileException(_path, $"has the output '{_graph.Output}', which does not depend on its input.");
        if (output.Waiting is Probabilities probabilities)
        {
            (_loss, _temperature) = (new SoftmaxCrossEntropyLoss(), probabilities.Temperature);
        }
        else if (output.Waiting is not null)
        {
            throw new MalformedFileException(_path, $"puts out '{_graph.Output}', a step of a pattern whose other steps are missing; name another value (--output NAME).");
        }
        if (_layers.Count == 0)
        {
            throw new MalformedFileException(_path, "puts out what comes in, expected a network of at least one layer.");
        }
        if (output.Value != _layers.Count)
        {
            throw new MalformedFileException(_path, $"puts out '{_graph.Output}', which is not what its last layer does; name another value (--output NAME).");
        }
        if (!output.View.IsInOrder && !output.View.ShowsAs(TensorView.ChannelsFirst(ShapeOf(output.Value))))
        {
            throw new MalformedFileException(_path, $"puts out '{_graph.Output}', {output.View}, an image in another order than channels first or last; transpose it in the model.");
        }
    }

    private Network MakeNetwork()
    {
        // Those that layers other than the next read have names.
        Dictionary<int, string> names = [];
        HashSet<string> taken = [LayerGraph.InputName];
        foreach (int value in _layers.SelectMany((layer, index) => layer.Inputs is [int only] && only == index ? [] : layer.Inputs).Where(value => value > 0).Distinct())
        {
            string name = new([.. _layers[value - 1].Tensor.Where(letter => !char.IsControl(letter)).Take(MaxNameLength - 10)]);
            names[value] = taken.Add(name) && name.Length > 0 ? name : FormattableString.Invariant($"value {value}");
            taken.Add(names[value]);
        }
        LayerSpec[] specs = [.. _layers.Select((layer, index) => layer.Spec with
        {
            Name = names.GetValueOrDefault(index + 1),
            Inputs = layer.Inputs is [int only] && only == index ? null : [.. layer.Inputs.Select(value => value == 0 ? LayerGraph.InputName : names[value])],
        })];
        Network network;
        try
        {
            network = Network.Create(_inputShape, specs);
            network.Preprocessing = MakePreprocessing();
        }
        catch (ArgumentException exception)
        {
            throw new MalformedFileException(_path, $"is a network that cannot be made: {MalformedFileException.ReasonOf(exception)}", -1, exception);
        }
        for (int i = 0; i < _layers.Count; i++)
        {
            Layer layer = network.Layers[i];
            float[][] numbers = _layers[i].Numbers;
            for (int p = 0; p < layer.Parameters.Count; p++)
            {
                numbers[p].CopyTo(layer.Parameters[p].Of(network.Parameters));
            }
            for (int b = 0; b < layer.Buffers.Count; b++)
            {
                numbers[layer.Parameters.Count + b].CopyTo(layer.Buffers[b].Of(network.Buffers));
            }
        }
        if (network.Parameters.ContainsAnyExceptInRange(float.MinValue, float.MaxValue) || network.Buffers.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new MalformedFileException(_path, "has weights that are infinite or not a number, expected finite ones; the training that made it has failed, or the file is damaged.");
        }
        network.Loss = _loss;
        network.Temperature = _temperature;
        network.MarkInitialized();
        return network;
    }

    /// <summary>The number that people wrote: 0.1 and not 0.10000000149.</summary>
    private static double Decimal(float number) => double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>A layer that has been read.</summary>
    /// <param name="Spec">What it is.</param>
    /// <param name="Inputs">Numbers of the values that it reads: 0 for what comes in, i + 1 for what layer i puts out.</param>
    /// <param name="Numbers">Its parameters and buffers, in its order.</param>
    /// <param name="Shape">Shape of one sample of its output.</param>
    /// <param name="Tensor">Name of the tensor that is its output.</param>
    private sealed record ReadLayer(LayerSpec Spec, int[] Inputs, float[][] Numbers, Shape Shape, string Tensor)
    {
        public LayerSpec Spec { get; set; } = Spec;

        public float[][] Numbers { get; set; } = Numbers;

        public string Tensor { get; set; } = Tensor;
    }

    /// <summary>What a name in the graph stands for.</summary>
    /// <param name="Value">Number of the network's value.</param>
    /// <param name="View">How the tensor shows it.</param>
    /// <param name="Waiting">What is to be done to it once the next node tells what: null for nothing.</param>
    private sealed record Tensor(int Value, TensorView View, Step? Waiting = null);

    /// <summary>What nodes have done to a value without a layer being made of it yet.</summary>
    private abstract record Step;

    /// <summary>x · factor + offset; of a division the divisor is kept, since 1 / (1 / d) is not always d.</summary>
    private sealed record Rescaled(float Factor, float Offset, float? Divisor = null) : Step;

    /// <summary>erf(x / √2), plus one, times a half.</summary>
    private sealed record ErrorFunction(bool PlusOne = false, bool Halved = false) : Step;

    /// <summary>x · (1 + erf(x / √2)), twice GELU.</summary>
    private sealed record TwiceGelu : Step;

    /// <summary>1 / (1 + e⁻ˣ), to be multiplied by x.</summary>
    private sealed record SigmoidOf : Step;

    /// <summary>softmax(x / temperature), or its logarithm.</summary>
    private sealed record Probabilities(float Temperature) : Step;

    /// <summary>The mean of softmax over several values.</summary>
    private sealed record MeanProbabilities(int[] Values) : Step;

    /// <summary>Zeros around images: rows above and below, columns left and right.</summary>
    private sealed record Padded(int Top, int Left, int Bottom, int Right) : Step;
}
