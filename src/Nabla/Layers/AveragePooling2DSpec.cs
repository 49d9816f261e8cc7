using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Averages each window, channel by channel, over those of its pixels that lie in the image.</summary>
public sealed record AveragePooling2DSpec : Pooling2DSpec
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "averagepooling2d";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new AveragePooling2D(name, ImageShape.Of(name, inputShapes[0]), this);
}
