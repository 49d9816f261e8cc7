using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>From images to rows of numbers, in the order [height, width, channels]. A dense layer does so by itself; this says it.</summary>
public sealed record FlattenSpec : LayerSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "flatten";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Flatten(name, inputShapes[0], this);
}

/// <summary>Passes numbers on under another shape: [height, width, channels] becomes one extent.</summary>
public sealed class Flatten : Layer
{
    internal Flatten(string name, Shape inputShape, FlattenSpec spec)
        : base(name, spec, inputShape, [inputShape.Size])
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    internal override bool IsView => true;

    internal override bool TakesSamplesOneByOne => true;

    internal override void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, in LayerPass pass)
    {
    }

    internal override void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        Span<float> dParameters, Span<float> dInput, Span<float> dOutput, in LayerPass pass)
    {
        // Where others read the input, too, its gradient is a sum and has memory of its own.
        if (!dInput.IsEmpty && !dInput.Overlaps(dOutput))
        {
            dOutput.CopyTo(dInput);
        }
    }

    /// <summary>What it is, in one line: <c>Flatten 13×13×32 → 5408</c>.</summary>
    public override string ToString() => $"Flatten {InputShape} → {OutputShape}";
}
