using Nabla.Onnx.Format;

namespace Nabla.Onnx.Export;

/// <summary>
/// Writes the layers of a network as nodes. Nabla's images have their channels last and ONNX's operators for images take them first, so a value has up to two tensors: in the network's own
/// order, and channels first. Each is made when a layer first asks for it, and transposed at most once.
/// </summary>
internal sealed class LayerWriter
{
    private const string Input = "input";

    // ONNX has no name for the lists of axes: [batch, height, width, channels] to [batch, channels, height, width], and back.
    private static readonly int[] ToChannelsFirst = [0, 3, 1, 2];
    private static readonly int[] ToChannelsLast = [0, 2, 3, 1];

    private readonly Network _network;
    private readonly OnnxExportOptions _options;
    private readonly OnnxGraphWriter _graph = new();
    private readonly Value[] _values;

    public LayerWriter(Network network, OnnxExportOptions options)
    {
        _network = network;
        _options = options;
        _values = new Value[network.Layers.Count + 1];
    }

    /// <summary>Writes all of it.</summary>
    /// <exception cref="InvalidOperationException">A layer is of a kind that is not ours.</exception>
    public GraphProto Write()
    {
        _values[0] = new Value(_network.InputShape) { Own = WriteInput() };
        for (int i = 0; i < _network.Layers.Count; i++)
        {
            _values[i + 1] = Write(i, _network.Layers[i]);
        }
        WriteOutput(_values[^1]);
        return _graph.Graph;
    }

    /// <summary>The input, and the preprocessing where it is asked for, in the order of <see cref="Preprocessing"/>.</summary>
    private string WriteInput()
    {
        int[] extents = [.. _network.InputShape];
        bool takesBytes = _options.Input == OnnxInput.Bytes;
        _graph.AddInput(Input, takesBytes ? TensorProto.Types.DataType.Uint8 : TensorProto.Types.DataType.Float, extents);
        string value = Input;
        if (_options.Input == OnnxInput.Preprocessed)
        {
            return value;
        }
        if (takesBytes)
        {
            value = _graph.AddNode("Cast", [value], extents, null, ("to", (int)TensorProto.Types.DataType.Float));
        }
        Preprocessing preprocessing = _network.Preprocessing;
        if ((takesBytes ? preprocessing.ByteDivisor : preprocessing.FloatDivisor ?? 1) is not 1 and float divisor)
        {
            value = WriteWithConstant("Div", value, extents, "divisor", [divisor]);
        }
        if (preprocessing.Standardization is Standardization figures)
        {
            int[] shape = ShapeOf(figures, extents);
            value = WriteWithConstant("Sub", value, extents, "mean", Repeated(figures.Mean, shape), shape);
            value = WriteWithConstant("Div", value, extents, "deviation", Repeated(figures.Deviation, shape), shape);
        }
        return value;
    }

    private void WriteOutput(Value value)
    {
        bool hasLogits = _network.Loss is SoftmaxCrossEntropyLoss;
        if (!_options.Probabilities)
        {
            _graph.AddOutput(Own(value), hasLogits ? "logits" : "output", [.. value.Shape]);
            return;
        }
        int[] extents = [value.Shape.Size];
        string logits = Rows(value).Name;
        if (_network.Temperature != 1)
        {
            logits = WriteWithConstant("Div", logits, extents, "temperature", [(float)_network.Temperature]);
        }
        _graph.AddOutput(_graph.AddNode("Softmax", [logits], extents, null, ("axis", -1)), "probabilities", extents);
    }

    private Value Write(int index, Layer layer)
    {
        Value input = _values[_network.Graph.InputsOf(index)[0]];
        if (HandsOn(layer.Spec))
        {
            return input;
        }
        Value[] inputs = [.. _network.Graph.InputsOf(index).ToArray().Select(value => _values[value])];
        return layer.Spec switch
        {
            DenseSpec spec => Activated(spec.Activation, WriteDense(layer, spec, input)),
            Convolution2DSpec spec => Activated(spec.Activation, WriteConvolution(layer, spec, input, group: 1)),
            DepthwiseConvolution2DSpec spec => Activated(spec.Activation, WriteConvolution(layer, spec, input, group: layer.InputShape[2])),
            BatchNormalizationSpec spec => Activated(spec.Activation, WriteBatchNormalization(layer, spec, input)),
            LayerNormalizationSpec spec => WriteLayerNormalization(layer, spec, input),
            MaxPooling2DSpec spec => WritePooling("MaxPool", layer, spec, input),
            AveragePooling2DSpec spec => WritePooling("AveragePool", layer, spec, input),
            GlobalAveragePooling2DSpec => new Value(layer.OutputShape)
            {
                Own = _graph.AddNode("Flatten", [_graph.AddNode("GlobalAveragePool", [ChannelsFirst(input)], [layer.OutputShape.Size, 1, 1])], [.. layer.OutputShape], null, ("axis", 1)),
            },
            Cropping2DSpec spec => WriteCropping(layer, spec, input),
            FlattenSpec => WriteFlatten(index, layer, input),
            AddSpec spec => Activated(spec.Activation, WriteAdd(layer, inputs)),
            ConcatenateSpec => WriteConcatenate(layer, inputs),
            SoftmaxAverageSpec => WriteSoftmaxAverage(layer, inputs),
            ActivationSpec spec => Activated(spec.Function, input),
            LeakyReLUSpec spec => OnEither(input, (value, extents) => _graph.AddNode("LeakyRelu", [value], extents, null, ("alpha", (float)spec.NegativeSlope))),
            ClipSpec spec => OnEither(input, (value, extents) => WriteClip(value, extents, (float)spec.Minimum, (float)spec.Maximum)),
            SoftplusSpec => OnEither(input, (value, extents) => _graph.AddNode("Softplus", [value], extents)),
            SiLUSpec => OnEither(input, (value, extents) => _graph.AddNode("Mul", [value, _graph.AddNode("Sigmoid", [value], extents)], extents)),
            GELUSpec => OnEither(input, WriteGelu),
            RescalingSpec spec => OnEither(input, (value, extents) => WriteRescaling(value, extents, (float)spec.Scale, (float)spec.Offset)),
            _ => throw new InvalidOperationException(
                $"{layer.Name} is of a kind of layer that is not Nabla's own ({layer.Spec.GetType().Name}), and ONNX has no operators for it; export the network without it."),
        };
    }

    private Value WriteDense(Layer layer, DenseSpec spec, Value input)
    {
        (string rows, Shape? isChannelsFirstOf) = Rows(input);
        ReadOnlySpan<float> weights = layer.Parameters[0].Of(_network.Parameters);
        if (isChannelsFirstOf is Shape image)
        {
            weights = TensorView.ChannelsFirst(image).WithRest(spec.Units).FromNetwork(weights);
        }
        string name = _graph.NameFor("Dense");
        List<string> operands = [rows, _graph.AddConstant($"{name}.weight", weights, layer.Parameters[0].Shape)];
        if (spec.Bias)
        {
            operands.Add(Constant(name, layer, 1));
        }
        return new Value(layer.OutputShape) { Own = _graph.AddNode("Gemm", operands, [.. layer.OutputShape], name) };
    }

    /// <summary>A convolution or one of each channel by itself, whose kernels ONNX has as [channels out, channels in, height, width].</summary>
    private Value WriteConvolution(Layer layer, ConvolutionSpec spec, Value input, int group)
    {
        string name = _graph.NameFor("Conv");
        int outputs = layer.OutputShape[2], inputs = layer.InputShape[2] / group;
        float[] weights = TensorView.Kernels(spec.KernelHeight, spec.KernelWidth, inputs, outputs).FromNetwork(layer.Parameters[0].Of(_network.Parameters));
        List<string> operands = [ChannelsFirst(input), _graph.AddConstant($"{name}.weight", weights, outputs, inputs, spec.KernelHeight, spec.KernelWidth)];
        if (spec.Bias)
        {
            operands.Add(Constant(name, layer, 1));
        }
        return new Value(layer.OutputShape)
        {
            First = _graph.AddNode(
                "Conv", operands, FirstExtents(layer.OutputShape), name, ("group", group), ("kernel_shape", (int[])[spec.KernelHeight, spec.KernelWidth]),
                ("pads", (int[])[spec.Padding, spec.Padding, spec.Padding, spec.Padding]), ("strides", (int[])[spec.Stride, spec.Stride])),
        };
    }

    private Value WriteBatchNormalization(Layer layer, BatchNormalizationSpec spec, Value input)
    {
        string name = _graph.NameFor("BatchNormalization");
        string[] figures =
        [
            Constant(name, layer, 0), Constant(name, layer, 1),
            .. layer.Buffers.Select(buffer => _graph.AddConstant($"{name}.{buffer.Name[(layer.Name.Length + 1)..]}", buffer.Of(_network.Buffers), buffer.Shape)),
        ];
        Shape shape = layer.OutputShape;
        if (shape.Count == 3)
        {
            return new Value(shape) { First = Normalized(ChannelsFirst(input), FirstExtents(shape)) };
        }
        if (shape.Count == 1)
        {
            return new Value(shape) { Own = Normalized(Own(input), [.. shape]) };
        }
        // ONNX's channels are the second extent, Nabla's the last, of however many.
        int[] first = [shape[^1], .. shape.SkipLast(1)];
        string moved = _graph.AddNode("Transpose", [Own(input)], first, null, ("perm", (int[])[0, shape.Count, .. Enumerable.Range(1, shape.Count - 1)]));
        return new Value(shape) { Own = _graph.AddNode("Transpose", [Normalized(moved, first)], [.. shape], null, ("perm", (int[])[0, .. Enumerable.Range(2, shape.Count - 1), 1])) };

        string Normalized(string value, int[] extents) => _graph.AddNode(
            "BatchNormalization", [value, .. figures], extents, name, ("epsilon", (float)spec.Epsilon), ("momentum", (float)(1 - spec.Momentum)));
    }

    private Value WriteLayerNormalization(Layer layer, LayerNormalizationSpec spec, Value input)
    {
        string name = _graph.NameFor("LayerNormalization");
        string[] operands = [Own(input), Constant(name, layer, 0), Constant(name, layer, 1)];
        return new Value(layer.OutputShape) { Own = _graph.AddNode("LayerNormalization", operands, [.. layer.OutputShape], name, ("axis", -1), ("epsilon", (float)spec.Epsilon)) };
    }

    private Value WritePooling(string operation, Layer layer, Pooling2DSpec spec, Value input) => new(layer.OutputShape)
    {
        First = _graph.AddNode(
            operation, [ChannelsFirst(input)], FirstExtents(layer.OutputShape), null, ("kernel_shape", (int[])[spec.KernelHeight, spec.KernelWidth]),
            ("pads", (int[])[spec.Padding, spec.Padding, spec.Padding, spec.Padding]), ("strides", (int[])[spec.Stride ?? spec.KernelHeight, spec.Stride ?? spec.KernelWidth])),
    };

    private Value WriteCropping(Layer layer, Cropping2DSpec spec, Value input)
    {
        string value = ChannelsFirst(input), name = _graph.NameFor("Slice");
        string[] operands =
        [
            value, _graph.AddList($"{name}.starts", spec.Top, spec.Left), _graph.AddList($"{name}.ends", layer.InputShape[0] - spec.Bottom, layer.InputShape[1] - spec.Right),
            _graph.AddList($"{name}.axes", 2, 3),
        ];
        return new Value(layer.OutputShape) { First = _graph.AddNode("Slice", operands, FirstExtents(layer.OutputShape), name) };
    }

    private Value WriteFlatten(int index, Layer layer, Value input)
    {
        if (input.Shape.Count == 1)
        {
            return input;
        }
        (string name, Shape? isChannelsFirstOf) = Flattened(input, mayBeChannelsFirst: DenseAloneReads(index + 1));
        return new Value(layer.OutputShape) { Own = name, IsChannelsFirstOf = isChannelsFirstOf };
    }

    private Value WriteAdd(Layer layer, Value[] inputs)
    {
        bool isImage = layer.OutputShape.Count == 3;
        int[] extents = isImage ? FirstExtents(layer.OutputShape) : [.. layer.OutputShape];
        string[] terms = [.. inputs.Select(value => isImage ? ChannelsFirst(value) : Own(value))];
        string sum = terms[0];
        foreach (string term in terms.Skip(1))
        {
            sum = _graph.AddNode("Add", [sum, term], extents);
        }
        return isImage ? new Value(layer.OutputShape) { First = sum } : new Value(layer.OutputShape) { Own = sum };
    }

    private Value WriteConcatenate(Layer layer, Value[] inputs) => layer.OutputShape.Count == 3
        ? new Value(layer.OutputShape) { First = _graph.AddNode("Concat", [.. inputs.Select(ChannelsFirst)], FirstExtents(layer.OutputShape), null, ("axis", 1)) }
        : new Value(layer.OutputShape) { Own = _graph.AddNode("Concat", [.. inputs.Select(Own)], [.. layer.OutputShape], null, ("axis", -1)) };

    /// <summary>The logarithm of the mean of probabilities, with the least one that has a logarithm (<see cref="SoftmaxAverage"/>).</summary>
    private Value WriteSoftmaxAverage(Layer layer, Value[] inputs)
    {
        int[] extents = [.. layer.OutputShape];
        string[] probabilities = [.. inputs.Select(value => _graph.AddNode("Softmax", [Rows(value).Name], extents, null, ("axis", -1)))];
        string mean = _graph.AddNode("Mean", probabilities, extents);
        return new Value(layer.OutputShape) { Own = _graph.AddNode("Log", [WriteClip(mean, extents, SoftmaxAverage.Least, null)], extents) };
    }

    private Value Activated(Activation activation, Value value)
    {
        string? operation = activation switch
        {
            Activation.Identity => null,
            Activation.ReLU => "Relu",
            Activation.Sigmoid => "Sigmoid",
            Activation.Tanh => "Tanh",
            _ => throw new InvalidOperationException($"There is no ONNX operator for the activation {activation}."),
        };
        return operation is null ? value : OnEither(value, (tensor, extents) => _graph.AddNode(operation, [tensor], extents));
    }

    /// <summary>What is done to each number alone, on whichever tensor there is.</summary>
    private Value OnEither(Value value, Func<string, int[], string> write) => value.First is string first
        ? new Value(value.Shape) { First = write(first, FirstExtents(value.Shape)) }
        : new Value(value.Shape) { Own = write(Own(value), [.. value.Shape]) };

    private string WriteClip(string value, int[] extents, float? minimum, float? maximum)
    {
        string name = _graph.NameFor("Clip");
        List<string> operands = [value, minimum is float least ? _graph.AddConstant($"{name}.min", [least]) : ""];
        if (maximum is float greatest)
        {
            operands.Add(_graph.AddConstant($"{name}.max", [greatest]));
        }
        return _graph.AddNode("Clip", operands, extents, name);
    }

    /// <summary>½ · x · (1 + erf(x / √2)): before opset 20 there is no operator for it.</summary>
    private string WriteGelu(string value, int[] extents)
    {
        string error = _graph.AddNode("Erf", [WriteWithConstant("Div", value, extents, "divisor", [MathF.Sqrt(2)])], extents);
        string twice = _graph.AddNode("Mul", [value, WriteWithConstant("Add", error, extents, "offset", [1])], extents);
        return WriteWithConstant("Mul", twice, extents, "factor", [0.5f]);
    }

    private string WriteRescaling(string value, int[] extents, float scale, float offset)
    {
        if (scale != 1)
        {
            value = WriteWithConstant("Mul", value, extents, "factor", [scale]);
        }
        return offset == 0 ? value : WriteWithConstant("Add", value, extents, "offset", [offset]);
    }

    private string WriteWithConstant(string operation, string value, int[] extents, string what, ReadOnlySpan<float> constant, params int[] shape)
    {
        string name = _graph.NameFor(operation);
        return _graph.AddNode(operation, [value, _graph.AddConstant($"{name}.{what}", constant, shape)], extents, name);
    }

    private string Constant(string node, Layer layer, int parameter) =>
        _graph.AddConstant($"{node}.{layer.Parameters[parameter].Name[(layer.Name.Length + 1)..]}", layer.Parameters[parameter].Of(_network.Parameters), layer.Parameters[parameter].Shape);

    /// <summary>The tensor of a value in the network's own order: [batch, its extents].</summary>
    private string Own(Value value) => value.Own ??= _graph.AddNode("Transpose", [value.First!], [.. value.Shape], null, ("perm", ToChannelsLast));

    /// <summary>The tensor of an image as [batch, channels, height, width].</summary>
    private string ChannelsFirst(Value value)
    {
        if (value.First is null && value.Shape.Count == 2)
        {
            string name = _graph.NameFor("Reshape");
            return value.First = _graph.AddNode(
                "Reshape", [Own(value), _graph.AddList($"{name}.shape", 0, 1, value.Shape[0], value.Shape[1])], [1, value.Shape[0], value.Shape[1]], name);
        }
        return value.First ??= _graph.AddNode("Transpose", [Own(value)], FirstExtents(value.Shape), null, ("perm", ToChannelsFirst));
    }

    /// <summary>The tensor of a value as [batch, numbers], and the image whose order they have, where that is channels first.</summary>
    private (string Name, Shape? IsChannelsFirstOf) Rows(Value value)
    {
        if (value.Shape.Count == 1)
        {
            return (Own(value), value.IsChannelsFirstOf);
        }
        if (value.Rows is null)
        {
            int number = Array.FindIndex(_values, other => ReferenceEquals(other, value));
            (value.Rows, value.RowsAreChannelsFirstOf) = Flattened(value, mayBeChannelsFirst: DenseAloneTakesAsRows(number));
        }
        return (value.Rows, value.RowsAreChannelsFirstOf);
    }

    private (string Name, Shape? IsChannelsFirstOf) Flattened(Value value, bool mayBeChannelsFirst)
    {
        bool isChannelsFirst = value.Own is null && mayBeChannelsFirst;
        string flat = _graph.AddNode("Flatten", [isChannelsFirst ? value.First! : Own(value)], [value.Shape.Size], null, ("axis", 1));
        return (flat, isChannelsFirst ? value.Shape : null);
    }

    /// <summary>Whether a layer puts out what it reads, at inference: no node is written for it.</summary>
    private static bool HandsOn(LayerSpec spec) => spec switch
    {
        DropoutSpec or GaussianNoiseSpec => true,
        ActivationSpec { Function: Activation.Identity } or Cropping2DSpec { Top: 0, Bottom: 0, Left: 0, Right: 0 } => true,
        RescalingSpec rescaling => (float)rescaling.Scale == 1 && (float)rescaling.Offset == 0,
        _ => false,
    };

    /// <summary>Whether of those that take an image as a row of numbers all are dense layers, whose weights can have any order; some layers only hand it on.</summary>
    private bool DenseAloneTakesAsRows(int value) => value < _network.Layers.Count && _network.Graph.ReadersOf(value).ToArray().All(reader => _network.Layers[reader].Spec switch
    {
        var spec when HandsOn(spec) => DenseAloneTakesAsRows(reader + 1),
        SoftmaxAverageSpec => false,
        _ => true,
    });

    /// <summary>Whether all that read a row of numbers are dense layers.</summary>
    private bool DenseAloneReads(int value) => value < _network.Layers.Count && _network.Graph.ReadersOf(value).ToArray().All(reader => _network.Layers[reader].Spec switch
    {
        var spec when spec is FlattenSpec || HandsOn(spec) => DenseAloneReads(reader + 1),
        var spec => spec is DenseSpec,
    });

    private static int[] FirstExtents(Shape image) => TensorView.ChannelsFirst(image).Extents;

    /// <summary>The extents that figures are broadcast from: none for one, else the last ones of a sample.</summary>
    private static int[] ShapeOf(Standardization figures, int[] extents)
    {
        int count = figures.Mean.Count, last = extents.Length;
        if (count == 1)
        {
            return [];
        }
        for (int size = 1; size < count && last > 0; last--)
        {
            size *= extents[last - 1];
        }
        int[] shape = extents[last..];
        // As many figures as fill no extents are repeated until they fill all.
        return shape.Aggregate(1, (size, extent) => size * extent) == count ? shape : extents;
    }

    private static float[] Repeated(IReadOnlyList<float> figures, int[] shape) =>
        [.. Enumerable.Range(0, shape.Aggregate(1, (size, extent) => size * extent)).Select(i => figures[i % figures.Count])];

    /// <summary>What a layer puts out, and the tensors that have it.</summary>
    private sealed class Value(Shape shape)
    {
        /// <summary>Shape of one sample.</summary>
        public Shape Shape => shape;

        /// <summary>Name of the tensor [batch, <see cref="Shape"/>]; null while there is none.</summary>
        public string? Own { get; set; }

        /// <summary>Name of the tensor [batch, channels, height, width]; null while there is none.</summary>
        public string? First { get; set; }

        /// <summary>Of rows: the image that they were, where they have the order of its tensor with channels first.</summary>
        public Shape? IsChannelsFirstOf { get; init; }

        /// <summary>Of an image that is read as rows: name of the tensor [batch, numbers]; null while there is none.</summary>
        public string? Rows { get; set; }

        /// <summary>Likewise, see <see cref="IsChannelsFirstOf"/>.</summary>
        public Shape? RowsAreChannelsFirstOf { get; set; }
    }
}
