using Google.Protobuf;
using Nabla.IO;
using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>Reads the contents of an ONNX file, within limits.</summary>
internal static class OnnxFile
{
    /// <summary>The versions of ONNX's operators that are known; older ones mean other things, and newer ones may.</summary>
    private const int OldestOpset = 7, NewestOpset = 26;

    // A message of two bytes takes a hundred in memory: a file must not take more than some hundred megabytes by their number.
    private const int MaxMessages = 1_000_000;

    /// <exception cref="MalformedFileException">It is damaged or no ONNX model, or of a version that is not known.</exception>
    public static ModelProto Read(string path)
    {
        byte[] bytes;
        using (FileStream stream = InputFile.Open(path))
        {
            if (stream.Length > Array.MaxLength)
            {
                throw new MalformedFileException(path, FormattableString.Invariant($"has {stream.Length:N0} bytes, expected an ONNX model, which has at most 2 GiB."));
            }
            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
        }
        ModelProto model;
        try
        {
            int messages = 0;
            Count(new CodedInputStream(bytes), Part.Model, ref messages);
            if (messages > MaxMessages)
            {
                throw new MalformedFileException(path, FormattableString.Invariant($"has more than {MaxMessages:N0} nodes, attributes and tensors, expected at most as many."));
            }
            model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new MalformedFileException(path, "is no ONNX model, or is damaged; take another copy.", -1, exception);
        }
        if (model.Graph is null || model.Graph.Node.Count == 0 || model.Graph.Output.Count == 0)
        {
            throw new MalformedFileException(path, "has no graph with nodes and outputs, expected an ONNX model.");
        }
        long opset = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 1;
        if (opset is < OldestOpset or > NewestOpset)
        {
            throw new MalformedFileException(path, $"has operators of opset {opset}, expected {OldestOpset} to {NewestOpset}; export the model with opset_version=17.");
        }
        return model;
    }

    /// <summary>The parts of a model that have others within them.</summary>
    private enum Part
    {
        Model,
        Graph,
        Node,
        Attribute,
        Other,
    }

    /// <summary>Counts messages and texts without keeping any.</summary>
    private static void Count(CodedInputStream input, Part part, ref int messages)
    {
        while (input.ReadTag() is not 0 and uint tag)
        {
            int field = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited || ++messages > MaxMessages)
            {
                if (messages > MaxMessages)
                {
                    return;
                }
                input.SkipLastField();
                continue;
            }
            Part inner = (part, field) switch
            {
                (Part.Model, ModelProto.GraphFieldNumber) => Part.Graph,
                (Part.Graph, GraphProto.NodeFieldNumber) => Part.Node,
                (Part.Node, NodeProto.AttributeFieldNumber) => Part.Attribute,
                _ => Part.Other,
            };
            if (inner == Part.Other)
            {
                input.SkipLastField();
                continue;
            }
            Count(input.ReadBytes().CreateCodedInput(), inner, ref messages);
        }
    }
}
