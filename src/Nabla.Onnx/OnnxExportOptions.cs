namespace Nabla;

/// <summary>What of a network goes into an ONNX model, see <see cref="OnnxNetworks.ExportOnnx(Network, string, OnnxExportOptions?)"/>.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>What the model takes. Default: numbers as the network itself sees them, after its preprocessing.</summary>
    public OnnxInput Input
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Input), value, "There is no such input.");
    }

    /// <summary>
    /// Whether the model ends with softmax, after the network's <see cref="Network.Temperature"/>, and puts out probabilities as <see cref="Network.Score(Features, int?)"/> does; else it puts
    /// out logits. It is for networks that were trained with softmax cross-entropy. Default: no.
    /// </summary>
    public bool Probabilities { get; init; }

    /// <summary>
    /// Whether batch normalisation goes into the weights of the layer before it (<see cref="Network.FoldBatchNormalization"/>): fewer nodes, but nothing to train further. Default: no.
    /// </summary>
    public bool FoldBatchNormalization { get; init; }
}

/// <summary>What an ONNX model takes as its input.</summary>
public enum OnnxInput
{
    /// <summary>Floats as the network sees them: whoever calls the model does the <see cref="Network.Preprocessing"/>.</summary>
    Preprocessed,

    /// <summary>Bytes, as <see cref="Network.Predict(ReadOnlySpan{byte})"/> takes them: the model does the preprocessing.</summary>
    Bytes,

    /// <summary>Floats, as <see cref="Network.Predict(ReadOnlySpan{float})"/> takes them: the model does the preprocessing.</summary>
    Floats,
}
