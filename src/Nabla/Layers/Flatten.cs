namespace Nabla;

/// <summary>From images to rows of numbers, in the order [height, width, channels]. A dense layer does so by itself; this says it.</summary>
public sealed record FlattenSpec : LayerSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Flatten(builder);
}

/// <summary>Passes numbers on under another shape: [height, width, channels] becomes one extent.</summary>
public sealed class Flatten : Layer
{
    internal Flatten(LayerBuilder builder)
        : base(builder, [builder.InputShape.Size])
    {
    }

    internal override bool IsView => true;

    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        // Where others read the input, too, its gradient is a sum and has memory of its own.
        if (pass.InputGradient() is { IsEmpty: false } dInput && !dInput.Overlaps(pass.OutputGradient))
        {
            pass.OutputGradient.CopyTo(dInput);
        }
    }

    /// <summary>What it is, in one line: <c>Flatten 13×13×32 → 5408</c>.</summary>
    public override string ToString() => $"Flatten {InputShape} → {OutputShape}";
}
