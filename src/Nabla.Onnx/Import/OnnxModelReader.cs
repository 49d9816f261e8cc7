using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>Reads an ONNX model as a network: its file, its graph, and what its metadata tells.</summary>
internal static class OnnxModelReader
{
    /// <exception cref="MalformedFileException">It is damaged, or has what Nabla has no layer for.</exception>
    public static Network Read(string path, string? output)
    {
        ModelProto model = OnnxFile.Read(path);
        OnnxGraph graph = new(path, model, output);
        Network network = new GraphReader(path, graph, OnnxMetadata.InputOf(model.MetadataProps)).Read();
        try
        {
            network.ClassNames = graph.ClassNames;
        }
        catch (ArgumentException exception)
        {
            throw new MalformedFileException(path, MalformedFileException.ReasonOf(exception), -1, exception);
        }
        OnnxMetadata.Read(path, model.MetadataProps, network);
        return network;
    }
}
