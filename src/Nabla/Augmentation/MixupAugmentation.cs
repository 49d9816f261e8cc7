using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// Mixes two samples of a batch that stand side by side, and what is wanted of them alike: λ of a sample and 1 − λ of the other, with λ from Beta(α, α), each its own. Zhang et al., "mixup: beyond
/// empirical risk minimization", ICLR 2018. λ is at least ½ here, so that a sample remains itself for the most part; with both of a pair that is the same. The last of
/// an odd number stays as it is. It must be the last of a list.
/// </summary>
public sealed record MixupAugmentation : Augmentation
{
    /// <summary>α, from 0.01 to 100: a small one mixes little in of the other, a large one nearly half. Default: 0.2.</summary>
    [JsonRequired]
    public double Alpha
    {
        get;
        init => field = OptionCheck.Between(0.01, 100, value, nameof(Alpha));
    } = 0.2;

    internal override bool MixesPairs => true;

    /// <summary>Copies the image: alone it has nothing to be mixed with.</summary>
    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random) => image.CopyTo(destination);

    /// <summary>What remains of a sample.</summary>
    internal float OwnShare(Philox random)
    {
        if (!IsChosen(ref random))
        {
            return 1;
        }
        float share = random.NextBeta((float)Alpha);
        return Math.Max(share, 1 - share);
    }
}
