using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>As if scanned at a lower resolution and enlarged again: the shorter side is brought down to a random number of pixels by means over areas, and up again linearly.</summary>
public sealed record ResolutionAugmentation : Augmentation
{
    /// <summary>Least pixels of the shorter side, at least 1; images that have no more are left as they are. Default: 16.</summary>
    [JsonRequired]
    public int MinSide
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MinSide), value, $"{nameof(MinSide)} must be at least 1.");
    } = 16;

    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random)
    {
        int side = Math.Min(height, width), reduced = side <= MinSide ? side : MinSide + random.NextBelow(side - MinSide + 1);
        if (reduced == side)
        {
            image.CopyTo(destination);
            return;
        }
        ImageResizing.DownAndUp(image, height, width, channels, (int)((long)height * reduced / side), (int)((long)width * reduced / side), destination);
    }
}
