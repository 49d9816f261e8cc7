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
            if (Count(bytes, Part.Model, ref messages) && messages > MaxMessages)
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

    /// <summary>
    /// Counts messages and texts without keeping any. A message is a row of fields, each a number of field and type, then what it holds:
    /// https://protobuf.dev/programming-guides/encoding/.
    /// </summary>
    /// <returns>Whether it could be read; if not, the parser says so, too.</returns>
    private static bool Count(ReadOnlySpan<byte> message, Part part, ref int messages)
    {
        while (message.Length > 0 && messages <= MaxMessages)
        {
            if (!TakeNumber(ref message, out ulong tag))
            {
                return false;
            }
            ulong length = 0;
            switch (tag & 7)
            {
                case 0 when TakeNumber(ref message, out _): continue;
                case 1: length = 8; break;
                case 2 when TakeNumber(ref message, out length): break;
                case 5: length = 4; break;
                default: return false;
            }
            if (length > (ulong)message.Length)
            {
                return false;
            }
            if ((tag & 7) == 2)
            {
                messages++;
                Part inner = (part, (int)(tag >> 3)) switch
                {
                    (Part.Model, ModelProto.GraphFieldNumber) => Part.Graph,
                    (Part.Graph, GraphProto.NodeFieldNumber) => Part.Node,
                    (Part.Node, NodeProto.AttributeFieldNumber) => Part.Attribute,
                    _ => Part.Other,
                };
                if (inner != Part.Other && !Count(message[..(int)length], inner, ref messages))
                {
                    return false;
                }
            }
            message = message[(int)length..];
        }
        return true;
    }

    /// <summary>Takes a number of seven bits a byte, the least first.</summary>
    private static bool TakeNumber(ref ReadOnlySpan<byte> message, out ulong number)
    {
        number = 0;
        for (int i = 0; i < Math.Min(10, message.Length); i++)
        {
            number |= (ulong)(message[i] & 127) << (7 * i);
            if (message[i] < 128)
            {
                message = message[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
