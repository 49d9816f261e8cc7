using Nabla.Numerics;

namespace Nabla;

/// <summary>Averages each window, channel by channel, over those of its pixels that lie in the image.</summary>
public sealed record AveragePooling2DSpec : Pooling2DSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new AveragePooling2D(builder, this);
}

/// <summary>The average of each window, channel by channel, see <see cref="AveragePooling2DSpec"/>.</summary>
public sealed class AveragePooling2D : Pooling2D
{
    internal AveragePooling2D(LayerBuilder builder, AveragePooling2DSpec spec)
        : base(builder, spec)
    {
    }

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) =>
        Pooling.Average(pass.Input(), pass.Output, pass.Rows, Windows, pass.Threads);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            Pooling.AverageGradient(pass.OutputGradient, dInput, pass.Rows, Windows, pass.Threads);
        }
    }
}
