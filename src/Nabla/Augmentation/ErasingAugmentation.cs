using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Erases a random rectangle, so that a network learns not to rely on one part. Its share of the image is uniform, the logarithm of height by width too. Zhong et al., "Random erasing data augmentation", 2017.
/// </summary>
public sealed record ErasingAugmentation : Augmentation
{
    /// <summary>Least share of the image, from 0 to 1. Default: 0.02.</summary>
    [JsonRequired]
    public double MinArea
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(MinArea));
    } = 0.02;

    /// <summary>Greatest share of the image, from 0 to 1; the range is between both, whichever is greater. Default: 0.2.</summary>
    [JsonRequired]
    public double MaxArea
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(MaxArea));
    } = 0.2;

    /// <summary>How oblong at most: the longer side by the shorter, from 1 to 10. Default: 3.</summary>
    [JsonRequired]
    public double AspectRatio
    {
        get;
        init => field = OptionCheck.Between(1, 10, value, nameof(AspectRatio));
    } = 3;

    /// <summary>Whether noise takes the place of what is erased, uniform from 0 to 1 as in the paper; else background does. Default: no.</summary>
    [JsonRequired]
    public bool FillWithNoise { get; init; }

    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random)
    {
        image.CopyTo(destination);
        float area = random.NextUniform((float)MinArea, (float)MaxArea) * height * width;
        float logarithm = Elementary.Log((float)AspectRatio), ratio = Elementary.Exp(random.NextUniform(-logarithm, logarithm));
        int rows = Math.Min((int)MathF.Round(MathF.Sqrt(area * ratio)), height), columns = Math.Min((int)MathF.Round(MathF.Sqrt(area / ratio)), width);
        int top = random.NextBelow(height - rows + 1), left = random.NextBelow(width - columns + 1);
        for (int row = top; row < top + rows; row++)
        {
            Span<float> erased = destination.Slice((row * width + left) * channels, columns * channels);
            if (FillWithNoise)
            {
                random.Fill(erased);
            }
            else
            {
                erased.Clear();
            }
        }
    }
}
