using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Cuts rows and columns off the border of an image.</summary>
public sealed record Cropping2DSpec : LayerSpec
{
    /// <summary>Rows cut off at the top, at least 0.</summary>
    [JsonRequired]
    public int Top
    {
        get;
        init => field = NotNegative(value, nameof(Top));
    }

    /// <summary>Rows cut off at the bottom, at least 0.</summary>
    [JsonRequired]
    public int Bottom
    {
        get;
        init => field = NotNegative(value, nameof(Bottom));
    }

    /// <summary>Columns cut off at the left, at least 0.</summary>
    [JsonRequired]
    public int Left
    {
        get;
        init => field = NotNegative(value, nameof(Left));
    }

    /// <summary>Columns cut off at the right, at least 0.</summary>
    [JsonRequired]
    public int Right
    {
        get;
        init => field = NotNegative(value, nameof(Right));
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "cropping2d";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Cropping2D(name, ImageShape.Of(name, inputShapes[0]), this);

    private static int NotNegative(int value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 0.");
}
