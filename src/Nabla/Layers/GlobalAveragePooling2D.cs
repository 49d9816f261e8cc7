using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Makes one number of each channel, its average over the whole image: [height, width, channels] → [channels]. It takes the place of a large
/// dense layer at the end. M. Lin, Q. Chen and S. Yan, "Network in network", ICLR 2014.
/// </summary>
public sealed record GlobalAveragePooling2DSpec : LayerSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new GlobalAveragePooling2D(builder);
}

/// <summary>The average of each channel, see <see cref="GlobalAveragePooling2DSpec"/>.</summary>
public sealed class GlobalAveragePooling2D : Layer
{
    private readonly PoolingGeometry _window;

    internal GlobalAveragePooling2D(LayerBuilder builder)
        : base(builder, [builder.ImageShape[2]], builder.ImageShape) =>
        _window = new PoolingGeometry(InputShape[0], InputShape[1], InputShape[2], InputShape[0], InputShape[1], InputShape[0], InputShape[1], Padding: 0);

    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => true;

    internal override double Work => InputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Pooling.Average(pass.Input(), pass.Output, pass.Rows, _window, pass.Threads);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            Pooling.AverageGradient(pass.OutputGradient, dInput, pass.Rows, _window, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>GlobalAveragePooling2D 7×7×64 → 64</c>.</summary>
    public override string ToString() => $"GlobalAveragePooling2D {InputShape} → {OutputShape}";
}
