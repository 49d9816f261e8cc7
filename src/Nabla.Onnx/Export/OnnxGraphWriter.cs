using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Nabla.Onnx.Format;

namespace Nabla.Onnx.Export;

/// <summary>An ONNX graph while it is written: nodes and constants with names of their own, and the shape of each value.</summary>
internal sealed class OnnxGraphWriter
{
    /// <summary>Name of the first extent of all values, whose size is open.</summary>
    private const string Batch = "batch";

    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly Dictionary<string, int> _countOfOperator = [];

    /// <summary>What has been written.</summary>
    public GraphProto Graph => _graph;

    /// <summary>Adds what the model takes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">The kind of its numbers.</param>
    /// <param name="sample">Extents of one sample.</param>
    public void AddInput(string name, TensorProto.Types.DataType type, IReadOnlyList<int> sample) => _graph.Input.Add(Describe(name, type, sample));

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">ONNX's name of the operator.</param>
    /// <param name="inputs">The values and constants that it reads.</param>
    /// <param name="sample">Extents of one sample of its output.</param>
    /// <param name="name">Name of node and output; by default the operator's with a number.</param>
    /// <param name="attributes">Its attributes: floats, whole numbers or lists of those.</param>
    /// <returns>Name of the output.</returns>
    public string AddNode(string operation, IEnumerable<string> inputs, IReadOnlyList<int> sample, string? name = null, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        name ??= NameFor(operation);
        NodeProto node = new() { Name = name, OpType = operation, Input = { inputs }, Output = { name } };
        foreach ((string attribute, object value) in attributes)
        {
            node.Attribute.Add(Attribute(attribute, value));
        }
        _graph.Node.Add(node);
        _graph.ValueInfo.Add(Describe(name, TensorProto.Types.DataType.Float, sample));
        return name;
    }

    /// <summary>The name that the next node of an operator gets.</summary>
    public string NameFor(string operation)
    {
        string kind = operation.ToLowerInvariant();
        return FormattableString.Invariant($"{kind}{_countOfOperator[kind] = _countOfOperator.GetValueOrDefault(kind) + 1}");
    }

    /// <summary>Adds numbers of the model.</summary>
    /// <returns>Their name.</returns>
    public string AddConstant(string name, ReadOnlySpan<float> values, params IReadOnlyList<int> extents)
    {
        byte[] bytes = new byte[sizeof(float) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(sizeof(float) * i), values[i]);
        }
        return AddConstant(name, TensorProto.Types.DataType.Float, bytes, extents);
    }

    /// <summary>Adds whole numbers of the model, a list.</summary>
    /// <returns>Their name.</returns>
    public string AddList(string name, params ReadOnlySpan<long> values)
    {
        byte[] bytes = new byte[sizeof(long) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long) * i), values[i]);
        }
        return AddConstant(name, TensorProto.Types.DataType.Int64, bytes, [values.Length]);
    }

    /// <summary>Makes a value what the model puts out, under a name of its own.</summary>
    public void AddOutput(string value, string name, IReadOnlyList<int> sample)
    {
        if (_graph.Input.Any(input => input.Name == value))
        {
            AddNode("Identity", [value], sample, name);
            value = name;
        }
        foreach (NodeProto node in _graph.Node)
        {
            Rename(node.Input, value, name);
            Rename(node.Output, value, name);
        }
        _graph.ValueInfo.Remove(_graph.ValueInfo.Single(info => info.Name == value));
        _graph.Output.Add(Describe(name, TensorProto.Types.DataType.Float, sample));
    }

    private static void Rename(RepeatedField<string> names, string from, string to)
    {
        for (int i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == from ? to : names[i];
        }
    }

    private string AddConstant(string name, TensorProto.Types.DataType type, byte[] bytes, IReadOnlyList<int> extents)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.Add(extents.Select(extent => (long)extent));
        _graph.Initializer.Add(tensor);
        return name;
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        float number => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = number },
        int number => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number },
        int[] numbers => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers.Select(number => (long)number) } },
        _ => throw new ArgumentException($"An attribute of {value.GetType().Name} is not written.", nameof(value)),
    };

    private static ValueInfoProto Describe(string name, TensorProto.Types.DataType type, IReadOnlyList<int> sample)
    {
        TensorShapeProto shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = Batch } } };
        shape.Dim.Add(sample.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = shape } } };
    }
}
