using System.Text.Json.Serialization;

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
