using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>A fully connected layer: each output is a weighted sum of all inputs, plus a bias, through an activation.</summary>
public sealed record DenseSpec : LayerSpec
{
    /// <summary>Number of outputs, at least 1.</summary>
    public required int Units
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Units), value, "A dense layer needs at least 1 unit.");
    }

    /// <summary>Function applied to each weighted sum. Default: identity.</summary>
    [JsonRequired]
    public Activation Activation
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Activation));
    } = Activation.Identity;

    /// <summary>Whether a bias is added to each weighted sum. Default: yes.</summary>
    [JsonRequired]
    public bool Bias { get; init; } = true;

    /// <summary>How the weights begin. Default: He normal for ReLU, Glorot uniform for all others.</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>How the biases begin. Default: zeros.</summary>
    public Initializer? BiasInitializer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "dense";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Dense(name, inputShapes[0], offset, this);
}
