using Nabla.IO;
using Nabla.Onnx.Export;
using Nabla.Onnx.Import;

namespace Nabla;

/// <summary>Networks to and from ONNX (<see href="https://onnx.ai"/>), the format that most tools share.</summary>
public static class OnnxNetworks
{
    /// <summary>
    /// Writes a network as an ONNX model (opset 17) of any batch size. Images come in as [batch, height, width, channels], or [batch, height, width]; class names, preprocessing and how the
    /// network was trained go into the metadata. Dropout and noise, which do nothing at inference, are left out.
    /// </summary>
    /// <param name="network">A network with weights.</param>
    /// <param name="path">Usually ending in <c>.onnx</c>; its folder must exist. A file that was there before stays until the new one is complete.</param>
    /// <param name="options">What goes in; by default the network alone.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet, a layer that ONNX has no operators for, or no probabilities where these are asked for.</exception>
    /// <exception cref="IOException">The file cannot be written, or would be larger than the 2 GiB that the format allows.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void ExportOnnx(this Network network, string path, OnnxExportOptions? options = null)
    {
        byte[] model = OnnxModelWriter.Write(network, options ?? new OnnxExportOptions());
        AtomicFile.Write(path, stream => stream.Write(model));
    }

    /// <summary>Writes a network as an ONNX model to a stream, as <see cref="ExportOnnx(Network, string, OnnxExportOptions?)"/> does to a file.</summary>
    /// <param name="network">A network with weights.</param>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="options">What goes in; by default the network alone.</param>
    /// <exception cref="InvalidOperationException">The network has no weights yet, a layer that ONNX has no operators for, or no probabilities where these are asked for.</exception>
    public static void ExportOnnx(this Network network, Stream stream, OnnxExportOptions? options = null) =>
        stream.Write(OnnxModelWriter.Write(network, options ?? new OnnxExportOptions()));

    extension(Network)
    {
        /// <summary>
        /// Reads an ONNX model as a network that predicts the same and can be trained further: models of the layers that Nabla has, as Nabla, PyTorch, Keras (tf2onnx) and scikit-learn (skl2onnx)
        /// write them. Images become channels last, whichever way the model takes them.
        /// </summary>
        /// <param name="path">The file; weights may be in files beside it.</param>
        /// <param name="output">Name of the value to take as the network's output; null for the model's own, and the probabilities where there are several.</param>
        /// <exception cref="MalformedFileException">The file is damaged or no ONNX model, or the model has an operator or a form that Nabla has no layer for; the message names the node.</exception>
        /// <exception cref="IOException">A file cannot be read.</exception>
        /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
        public static Network ImportOnnx(string path, string? output = null) => OnnxModelReader.Read(path, output);
    }
}
