using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// As if written with a thinner or thicker pen: a blend of the image with its grey-level erosion or dilation, the least or greatest of the 3×3 pixels around each. The amount is uniform between
/// −<see cref="Thinning"/> and <see cref="Thickening"/>.
/// </summary>
public sealed record StrokeThicknessAugmentation : Augmentation
{
    /// <summary>Greatest share of the eroded image, from 0 to 1; 1 takes a pixel away on each side of a stroke. Default: 0.5.</summary>
    [JsonRequired]
    public double Thinning
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(Thinning));
    } = 0.5;

    /// <summary>Greatest share of the dilated image, from 0 to 1; 1 adds a pixel on each side of a stroke. Default: 0.5.</summary>
    [JsonRequired]
    public double Thickening
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(Thickening));
    } = 0.5;

    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random) =>
        ImageFilters.Thicken(image, height, width, channels, destination, random.NextUniform((float)-Thinning, (float)Thickening));
}
