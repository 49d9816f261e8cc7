using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Blurs by a small kernel: a random share of each pixel, up to <see cref="Amount"/>, is replaced by the mean of its two neighbours, along rows and then along columns.</summary>
public sealed record BlurAugmentation : Augmentation
{
    /// <summary>Greatest share, from 0 to 1; ½ is the kernel ¼, ½, ¼. Default: 0.5.</summary>
    [JsonRequired]
    public double Amount
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(Amount));
    } = 0.5;

    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random) =>
        ImageFilters.Blur(image, height, width, channels, destination, random.NextUniform(0, (float)Amount));
}
