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
