using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Averages each window, channel by channel, over those of its pixels that lie in the image.</summary>
public sealed record AveragePooling2DSpec : Pooling2DSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "averagepooling2d";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new AveragePooling2D(name, ImageShape.Of(name, inputShapes[0]), this);
}

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
