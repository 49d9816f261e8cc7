using Google.Protobuf;
using Nabla.Onnx.Format;

namespace Nabla.Onnx.Export;

/// <summary>Writes a network as an ONNX model: its graph, and what is told of it in the metadata.</summary>
internal static class OnnxModelWriter
{
    /// <summary>The operators are those of this version; 17 is the first with layer normalisation.</summary>
    public const int Opset = 17;

    // What ONNX 1.12 wrote, which brought opset 17.
    private const int IrVersion = 8;

    public static byte[] Write(Network network, OnnxExportOptions options)
    {
        network.ThrowUnlessReady(network.InputShape.Size, "values");
        if (options.Probabilities && network.Loss is not SoftmaxCrossEntropyLoss)
        {
            throw new InvalidOperationException(
                $"The network was trained with {network.Loss?.ToString() ?? "a loss that it does not know"}, expected softmax cross-entropy: it has no probabilities to export; leave its outputs as they are.");
        }
        if (options.FoldBatchNormalization)
        {
            network = network.FoldBatchNormalization();
        }
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
            ProducerName = "Nabla",
            ProducerVersion = TrainingRecord.LibraryVersion,
            DocString = Describe(network, options),
            Graph = new LayerWriter(network, options).Write(),
        };
        OnnxMetadata.Write(network, options.Input, model.MetadataProps);
        // Asked first, since the size that protobuf counts with is an int.
        long weights = model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length);
        return weights < int.MaxValue - 16 * 1024 * 1024
            ? model.ToByteArray()
            : throw new IOException(FormattableString.Invariant($"The weights have {weights:N0} bytes, and an ONNX file at most 2 GiB; save the network as safetensors."));
    }

    private static string Describe(Network network, OnnxExportOptions options)
    {
        string input = options.Input switch
        {
            OnnxInput.Bytes => "bytes",
            OnnxInput.Floats => "numbers, preprocessed in the model",
            _ => "preprocessed numbers",
        };
        string output = options.Probabilities ? "a probability for each class" : network.Loss is SoftmaxCrossEntropyLoss ? "a logit for each class" : "the network's outputs";
        return $"Takes samples of {network.InputShape} {input}; puts out {output}.";
    }
}
