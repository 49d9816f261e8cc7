using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Nabla.Tests.Onnx;

/// <summary>What ONNX Runtime makes of a model, and models of ours for it.</summary>
internal static class OnnxRuntime
{
    /// <summary>A network as the bytes of an ONNX file.</summary>
    public static byte[] Export(Network network, OnnxExportOptions? options = null)
    {
        using MemoryStream stream = new();
        network.ExportOnnx(stream, options);
        return stream.ToArray();
    }

    /// <summary>The first output of floats for samples of the given numbers.</summary>
    /// <param name="model">The file's bytes.</param>
    /// <param name="batch">Number of samples.</param>
    /// <param name="samples">Their numbers, in the model's own order.</param>
    /// <param name="output">Name of the output; null for the first.</param>
    public static float[] Run(byte[] model, int batch, float[] samples, string? output = null)
    {
        using SessionOptions options = Options();
        using InferenceSession session = new(model, options);
        (string name, NodeMetadata input) = session.InputMetadata.First();
        DenseTensor<float> tensor = new(samples, [batch, .. input.Dimensions[1..]]);
        return Run(session, NamedOnnxValue.CreateFromTensor(name, tensor), output);
    }

    /// <summary>The same for a model that takes bytes.</summary>
    public static float[] Run(byte[] model, int batch, byte[] samples)
    {
        using SessionOptions options = Options();
        using InferenceSession session = new(model, options);
        (string name, NodeMetadata input) = session.InputMetadata.First();
        DenseTensor<byte> tensor = new(samples, [batch, .. input.Dimensions[1..]]);
        return Run(session, NamedOnnxValue.CreateFromTensor(name, tensor), null);
    }

    private static float[] Run(InferenceSession session, NamedOnnxValue input, string? output)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = output is null ? session.Run([input]) : session.Run([input], [output]);
        return [.. results.First(result => result.Value is Tensor<float>).AsEnumerable<float>()];
    }

    private static SessionOptions Options() => new() { IntraOpNumThreads = 2, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
}
