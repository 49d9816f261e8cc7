namespace Nabla.Benchmarks.Prediction;

/// <summary>
/// Writes the few parts of the ONNX format that a chain of layers needs; the numbers are those of the fields in
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
/// </summary>
internal sealed class OnnxModel
{
    public const string Input = "images";
    public const string Output = "scores";

    // Enough for all operators below, and old enough for every ONNX Runtime of today.
    private const int FormatVersion = 8;
    private const int OperatorSet = 13;
    private const int FloatTensor = 1;
    private const int AttributeOfIntegers = 7;
    private const int AttributeOfInteger = 2;

    // The one attribute that is a number and no list.
    private const string Group = "group";

    private readonly List<(string Operator, string[] Inputs, (string Name, long[] Values)[] Attributes)> _nodes = [];
    private readonly IReadOnlyList<(Shape Shape, float[] Values)> _parameters;

    /// <param name="inputShape">Extents of one image.</param>
    /// <param name="parameters">Weights and biases, by whose place the layers name them.</param>
    public OnnxModel(long[] inputShape, IReadOnlyList<(Shape Shape, float[] Values)> parameters)
    {
        InputShape = inputShape;
        _parameters = parameters;
    }

    public long[] InputShape { get; }

    public OnnxModel Gemm(int weights, int biases) => Add("Gemm", [Parameter(weights), Parameter(biases)]);

    public OnnxModel Conv(int weights, int biases, int stride = 1, int padding = 0, int groups = 1) => Add(
        "Conv", [Parameter(weights), Parameter(biases)], ("strides", [stride, stride]), ("pads", [padding, padding, padding, padding]), (Group, [groups]));

    public OnnxModel Relu() => Add("Relu", []);

    public OnnxModel MaxPool(int size) => Add("MaxPool", [], ("kernel_shape", [size, size]), ("strides", [size, size]));

    public OnnxModel GlobalAveragePool() => Add("GlobalAveragePool", []);

    /// <summary>Adds what an earlier layer put out, which was <see cref="Current"/> then.</summary>
    public OnnxModel Add(string value) => Add("Add", [value]);

    /// <summary>What the last layer puts out.</summary>
    public string Current => _nodes.Count == 0 ? Input : $"value{_nodes.Count}";

    public OnnxModel Flatten() => Add("Flatten", []);

    public byte[] ToBytes()
    {
        ProtobufMessage graph = new();
        for (int i = 0; i < _nodes.Count; i++)
        {
            graph.Add(1, Node(i));
        }
        graph.Add(2, "network");
        for (int i = 0; i < _parameters.Count; i++)
        {
            graph.Add(5, Tensor(Parameter(i), _parameters[i]));
        }
        graph.Add(11, ValueInfo(Input, InputShape));
        graph.Add(12, ValueInfo(Output, [10]));
        ProtobufMessage operators = new ProtobufMessage().Add(1, "").Add(2, OperatorSet);
        return new ProtobufMessage().Add(1, FormatVersion).Add(7, graph).Add(8, operators).ToBytes();
    }

    private static string Parameter(int index) => $"parameter{index}";

    private static ProtobufMessage Tensor(string name, (Shape Shape, float[] Values) parameter)
    {
        ProtobufMessage tensor = new();
        foreach (int extent in parameter.Shape)
        {
            tensor.Add(1, extent);
        }
        return tensor.Add(2, FloatTensor).Add(8, name).Add(9, parameter.Values);
    }

    /// <summary>A tensor whose first extent, the number of images, is left open.</summary>
    private static ProtobufMessage ValueInfo(string name, long[] shape)
    {
        ProtobufMessage extents = new ProtobufMessage().Add(1, new ProtobufMessage().Add(2, "count"));
        foreach (long extent in shape)
        {
            extents.Add(1, new ProtobufMessage().Add(1, extent));
        }
        ProtobufMessage tensor = new ProtobufMessage().Add(1, FloatTensor).Add(2, extents);
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, tensor));
    }

    private OnnxModel Add(string name, string[] parameters, params (string Name, long[] Values)[] attributes)
    {
        _nodes.Add((name, [Current, .. parameters], attributes));
        return this;
    }

    private ProtobufMessage Node(int index)
    {
        (string type, string[] inputs, (string Name, long[] Values)[] attributes) = _nodes[index];
        ProtobufMessage node = new();
        foreach (string input in inputs)
        {
            node.Add(1, input);
        }
        node.Add(2, index == _nodes.Count - 1 ? Output : $"value{index + 1}").Add(4, type);
        foreach ((string name, long[] values) in attributes)
        {
            ProtobufMessage attribute = new ProtobufMessage().Add(1, name);
            foreach (long value in values)
            {
                attribute.Add(name == Group ? 3 : 8, value);
            }
            node.Add(5, attribute.Add(20, name == Group ? AttributeOfInteger : AttributeOfIntegers));
        }
        return node;
    }
}
