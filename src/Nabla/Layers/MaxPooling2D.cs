using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Keeps the greatest number of each window, channel by channel. Where several are equally great, the first of them, row
/// by row, gets the gradient.
/// </summary>
public sealed record MaxPooling2DSpec : Pooling2DSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "maxpooling2d";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new MaxPooling2D(name, ImageShape.Of(name, inputShapes[0]), this);
}

/// <summary>The greatest number of each window, channel by channel, see <see cref="MaxPooling2DSpec"/>.</summary>
public sealed class MaxPooling2D : Pooling2D
{
    internal MaxPooling2D(string name, Shape inputShape, MaxPooling2DSpec spec)
        : base(name, inputShape, spec)
    {
    }

    internal override bool TakesInputDerivative => true;

    internal override void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, in LayerPass pass) =>
        Pooling.Max(input, output, pass.Rows, Windows, pass.Threads);

    internal override void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        Span<float> dParameters, Span<float> dInput, Span<float> dOutput, in LayerPass pass)
    {
        if (!dInput.IsEmpty)
        {
            Pooling.MaxGradient(input, output, dOutput, dInput, pass.Rows, Windows, pass.Threads, pass.InputActivation);
        }
    }
}
