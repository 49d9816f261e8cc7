using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

// What comes in: the order of images, and what the graph does to samples before the first layer.
internal sealed partial class GraphReader
{
    // A tenth of what a network may need for a sample.
    private const long MaxSampleSize = 1 << 27;

    private float? _divisor;
    private float[]? _mean;
    private float[]? _deviation;
    private bool _takesBytes;

    /// <summary>
    /// The network's samples have their channels last. A model's images have them first where convolutions or pooling read them as they are; where a model transposes them itself, they have
    /// them last.
    /// </summary>
    private void ReadInput()
    {
        ValueInfoProto input = _graph.Input;
        var type = (TensorProto.Types.DataType)(input.Type?.TensorType?.ElemType ?? 0);
        if (type is not (TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Uint8))
        {
            throw new MalformedFileException(_path, $"takes '{input.Name}' of the type {type}, expected floats or bytes.");
        }
        _takesBytes = type == TensorProto.Types.DataType.Uint8;
        long[] extents = [.. input.Type!.TensorType.Shape?.Dim.Skip(1).Select(dim => dim.DimValue) ?? []];
        long size = extents.Aggregate(1L, (product, extent) => product is > 0 and <= MaxSampleSize ? product * Math.Clamp(extent, 0, MaxSampleSize + 1) : product);
        if (extents.Length is < 1 or > 4 || size is < 1 or > MaxSampleSize)
        {
            throw new MalformedFileException(_path, $"takes '{input.Name}' of [{string.Join(", ", input.Type.TensorType.Shape?.Dim.Take(8).Select(dim => dim.DimValue > 0 ? FormattableString.Invariant($"{dim.DimValue}") : "open") ?? [])}], expected a batch and then one to four extents that are given; export the model for samples of one size.");
        }
        int[] sample = [.. extents.Select(extent => (int)extent)];
        int[]? image = sample.Length == 3 && IsChannelsFirst(input.Name, sample) ? sample : sample.Length == 1 ? ImageOf(input.Name, sample[0]) : null;
        if (image is null)
        {
            _inputShape = Shape.Create(sample);
            _tensors[input.Name] = new Tensor(0, TensorView.Of(sample));
            return;
        }
        _inputShape = image[0] == 1 ? [image[1], image[2]] : [image[1], image[2], image[0]];
        _tensors[input.Name] = new Tensor(0, TensorView.ChannelsFirst(_inputShape).Reshape(sample)!);
    }

    /// <summary>Whether what comes in as three extents is an image with its channels first.</summary>
    private bool IsChannelsFirst(string input, int[] extents)
    {
        if (_written is not null)
        {
            return false;
        }
        // Few channels before many pixels; the other way round is as likely as not.
        bool seemsFirst = extents[0] is 1 or 3 or 4 && extents[2] is not (1 or 3 or 4);
        return FirstReader(input) switch
        {
            { OpType: "Conv" or "MaxPool" or "AveragePool" or "GlobalAveragePool" or "GlobalMaxPool" or "Pad" } => true,
            { OpType: "BatchNormalization" } => true,
            { OpType: "Transpose" } transpose => !(new NodeAttributes(transpose).Ints("perm")?.SequenceEqual([0L, 3, 1, 2]) ?? false),
            _ => seemsFirst,
        };
    }

    /// <summary>The extents, channels first, of the image that rows of numbers are made first; null where they are not.</summary>
    private int[]? ImageOf(string input, int size)
    {
        if (_written is not null || FirstReader(input) is not { OpType: "Reshape" } reshape || reshape.Input.Count < 2)
        {
            return null;
        }
        long[] extents = _graph.ConstantOf(reshape.Input[1])?.Integers ?? [];
        if (extents is not [_, long a, long b, long c] || a is < 1 or > int.MaxValue || b is < 1 or > int.MaxValue || c is < 1 or > int.MaxValue || a * b != size / c || size % c != 0)
        {
            return null;
        }
        int[] image = [(int)a, (int)b, (int)c];
        return IsChannelsFirst(reshape.Output[0], image) ? image : [image[2], image[0], image[1]];
    }

    /// <summary>The first node after what only changes each number; null where several read the value.</summary>
    private NodeProto? FirstReader(string value)
    {
        for (int steps = 0; steps < 100 && _graph.SoleReaderOf(value) is NodeProto reader; steps++)
        {
            if (reader.OpType is not ("Identity" or "Cast" or "Add" or "Sub" or "Mul" or "Div" or "Dropout" or "Relu" or "LeakyRelu" or "Sigmoid" or "Tanh" or "Clip" or "Softplus") || reader.Output.Count == 0)
            {
                return reader;
            }
            value = reader.Output[0];
        }
        return _graph.ReadersOf(value) is [NodeProto first, ..] ? first : null;
    }

    private Tensor ReadCast(NodeProto node)
    {
        var type = (TensorProto.Types.DataType)new NodeAttributes(node).Int("to", 1);
        return type is TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Float16 or TensorProto.Types.DataType.Bfloat16
            ? _tensors[Name(node, 0)]
            : throw Unsupported(node, $"makes {type} of what it reads", "expected floats");
    }

    /// <summary>Whether arithmetic with numbers of the model is its preprocessing: all that is done to what comes in before a layer reads it, in the order divide, subtract the mean, divide by the deviation.</summary>
    private bool IsPreprocessing(NodeProto node, Tensor tensor) =>
        tensor is { Value: 0, Waiting: null } && _layers.Count == 0 && _written is not OnnxInput.Preprocessed && _graph.SoleReaderOf(node.Input[_tensors.ContainsKey(node.Input[0]) ? 0 : 1]) is not null;

    private bool TryReadPreprocessing(Tensor tensor, bool multiplies, float[] values, float[]? divisors)
    {
        bool isOne = values.Length == 1;
        if (multiplies && isOne && _mean is null && _divisor is null && values[0] > 0)
        {
            _divisor = divisors?[0] ?? 1 / values[0];
            return true;
        }
        if (!multiplies && _mean is null)
        {
            _mean = InOrder(tensor, [.. values.Select(value => -value)]);
            return true;
        }
        if (multiplies && _deviation is null && values.All(value => value > 0))
        {
            _mean ??= [0];
            _deviation = InOrder(tensor, divisors ?? [.. values.Select(value => 1 / value)]);
            return true;
        }
        return false;
    }

    /// <summary>Figures for each number of a sample, in the network's order; one stands for all.</summary>
    private static float[] InOrder(Tensor tensor, float[] values) => values.Length == 1 ? values : tensor.View.ToNetwork(values);

    private Preprocessing MakePreprocessing()
    {
        Preprocessing preprocessing = new();
        if (_takesBytes || _divisor is not null)
        {
            preprocessing = new Preprocessing { ByteDivisor = _divisor ?? 1, FloatDivisor = _takesBytes ? null : _divisor };
        }
        if (_mean is null)
        {
            return preprocessing;
        }
        float[] mean = _mean, deviation = _deviation ?? [1];
        // As few as are repeated over a sample.
        int period = 1;
        for (int axis = _inputShape.Count - 1; axis >= 0 && !(Repeats(mean, period) && Repeats(deviation, period)); axis--)
        {
            period *= _inputShape[axis];
        }
        return preprocessing with { Standardization = new Standardization(Cut(mean, period), Cut(deviation, period)) };

        static bool Repeats(float[] values, int period)
        {
            for (int i = period; i < values.Length; i++)
            {
                if (values[i] != values[i - period])
                {
                    return false;
                }
            }
            return true;
        }

        static float[] Cut(float[] values, int period) => values.Length == 1 ? [.. Enumerable.Repeat(values[0], period)] : values[..period];
    }
}
