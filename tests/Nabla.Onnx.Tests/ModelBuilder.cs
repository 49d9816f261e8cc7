using System.Runtime.InteropServices;
using Google.Protobuf;
using Nabla.Onnx.Format;

namespace Nabla.Tests.Onnx;

/// <summary>ONNX models node by node, as other tools write them.</summary>
internal sealed class ModelBuilder
{
    private readonly ModelProto _model;
    private readonly NumPyRandom _random;
    private int _values;

    public ModelBuilder(long opset = 17, uint seed = 1, params long[] inputExtents)
    {
        _random = new NumPyRandom(seed);
        _model = new ModelProto { IrVersion = 8, ProducerName = "pytorch", Graph = new GraphProto { Name = "main_graph" }, OpsetImport = { new OperatorSetIdProto { Version = opset } } };
        _model.Graph.Input.Add(Info("x", TensorProto.Types.DataType.Float, inputExtents));
    }

    /// <summary>The model so far, to be changed by hand.</summary>
    public ModelProto Model => _model;

    public string Node(string operation, string[] inputs, params (string Name, object Value)[] attributes) => Nodes(operation, "", inputs, 1, attributes)[0];

    public string[] Nodes(string operation, string domain, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => $"/{operation}_{_values++}_output")];
        NodeProto node = new() { OpType = operation, Name = $"/{operation}_{_values}", Domain = domain, Input = { inputs }, Output = { names } };
        foreach ((string name, object value) in attributes)
        {
            AttributeProto attribute = new() { Name = name };
            switch (value)
            {
                case int number: (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, number); break;
                case float number: (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, number); break;
                case string text: (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text)); break;
                case long[] numbers: attribute.Type = AttributeProto.Types.AttributeType.Ints; attribute.Ints.Add(numbers); break;
                case float[] numbers: attribute.Type = AttributeProto.Types.AttributeType.Floats; attribute.Floats.Add(numbers); break;
                case string[] texts: attribute.Type = AttributeProto.Types.AttributeType.Strings; attribute.Strings.Add(texts.Select(ByteString.CopyFromUtf8)); break;
                case TensorProto tensor: (attribute.Type, attribute.T) = (AttributeProto.Types.AttributeType.Tensor, tensor); break;
            }
            node.Attribute.Add(attribute);
        }
        _model.Graph.Node.Add(node);
        return names;
    }

    /// <summary>Random numbers as an initializer.</summary>
    public string Weights(params long[] extents) => Floats(Random(extents), extents);

    /// <summary>Numbers above 0, such as variances.</summary>
    public string Positive(params long[] extents) => Floats([.. Random(extents).Select(value => 0.3f + Math.Abs(value))], extents);

    public string Floats(float[] values, params long[] extents) => Add(FloatTensor(values, extents));

    public string Longs(params long[] values) => Add(LongTensor(values));

    /// <summary>Whole numbers as a node instead of an initializer.</summary>
    public string ConstantNode(params long[] values) => Node("Constant", [], ("value", LongTensor(values)));

    /// <summary>One whole number, without extents.</summary>
    public string ConstantScalar(long value) => Node("Constant", [], ("value", new TensorProto { DataType = (int)TensorProto.Types.DataType.Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>([value]).ToArray()) }));

    public float[] Random(params long[] extents)
    {
        float scale = 1 / MathF.Sqrt(Math.Max(1, extents.Skip(1).Aggregate(1L, (size, extent) => size * extent)));
        return [.. Enumerable.Range(0, (int)extents.Aggregate(1L, (size, extent) => size * extent)).Select(_ => (float)_random.NextNormal() * scale)];
    }

    /// <summary>The model with that output, as a file has it.</summary>
    public byte[] Build(string output, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float)
    {
        _model.Graph.Output.Clear();
        _model.Graph.Output.Add(new ValueInfoProto { Name = output, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type } } });
        return _model.ToByteArray();
    }

    public static TensorProto FloatTensor(float[] values, params long[] extents) =>
        new() { DataType = (int)TensorProto.Types.DataType.Float, Dims = { extents }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()).ToArray()) };

    public static TensorProto LongTensor(params long[] values) =>
        new() { DataType = (int)TensorProto.Types.DataType.Int64, Dims = { values.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()).ToArray()) };

    public static ValueInfoProto Info(string name, TensorProto.Types.DataType type, params long[] extents)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(extents.Select(extent => extent < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "batch_size" } : new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private string Add(TensorProto tensor)
    {
        tensor.Name = $"onnx::weight_{_values++}";
        _model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
