using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Keeps the greatest number of each window, channel by channel. Where several are equally great, the first of them, row
/// by row, gets the gradient.
/// </summary>
public sealed record MaxPooling2DSpec : Pooling2DSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new MaxPooling2D(builder, this);
}

/// <summary>The greatest number of each window, channel by channel, see <see cref="MaxPooling2DSpec"/>.</summary>
public sealed class MaxPooling2D : Pooling2D
{
    internal MaxPooling2D(LayerBuilder builder, MaxPooling2DSpec spec)
        : base(builder, spec)
    {
    }

    internal override bool TakesInputDerivative => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) =>
        Pooling.Max(pass.Input(), pass.Output, pass.Rows, Windows, pass.Threads);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            Pooling.MaxGradient(pass.Input(), pass.Output, pass.OutputGradient, dInput, pass.Rows, Windows, pass.Threads, pass.InputActivation);
        }
    }
}
