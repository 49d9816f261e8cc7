using Nabla.Numerics;

namespace Nabla;

/// <summary>The average of each window, channel by channel, see <see cref="AveragePooling2DSpec"/>.</summary>
public sealed class AveragePooling2D : Pooling2D
{
    internal AveragePooling2D(string name, Shape inputShape, AveragePooling2DSpec spec)
        : base(name, inputShape, spec)
    {
    }

    internal override void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, in LayerPass pass) =>
        Pooling.Average(input, output, pass.Rows, Windows, pass.Threads);

    internal override void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        Span<float> dParameters, Span<float> dInput, Span<float> dOutput, in LayerPass pass)
    {
        if (!dInput.IsEmpty)
        {
            Pooling.AverageGradient(dOutput, dInput, pass.Rows, Windows, pass.Threads);
        }
    }
}
