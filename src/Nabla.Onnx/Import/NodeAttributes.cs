using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>The attributes of a node, by name, with ONNX's defaults where it has them not.</summary>
internal readonly struct NodeAttributes(NodeProto node)
{
    public int Int(string name, int otherwise) => Find(name) is { } attribute ? (int)Math.Clamp(attribute.I, int.MinValue, int.MaxValue) : otherwise;

    public float Float(string name, float otherwise) => Find(name)?.F ?? otherwise;

    public string Text(string name, string otherwise) => Find(name)?.S.ToStringUtf8() ?? otherwise;

    public TensorProto? Tensor(string name) => Find(name)?.T;

    public float[]? Floats(string name) => Find(name) is { } attribute ? [.. attribute.Floats] : null;

    public long[]? Ints(string name) => Find(name) is { } attribute ? [.. attribute.Ints] : null;

    public string[]? Texts(string name) => Find(name) is { } attribute ? [.. attribute.Strings.Select(text => text.ToStringUtf8())] : null;

    public bool Has(string name) => Find(name) is not null;

    private AttributeProto? Find(string name)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.Name == name)
            {
                return attribute;
            }
        }
        return null;
    }
}
