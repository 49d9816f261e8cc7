using System.Globalization;

namespace Nabla;

/// <summary>
/// What values the samples of a data set have, and what they are divided by so that a network learns well from them: the same for bytes and for floats. Where the greatest
/// value is at most 1, nothing is done; where it is at most 16, they are divided by it; else by the least of the usual full scales (31, 32, 63, 64, 100, 127, 128, 255, 256, 1000,
/// 1023, 1024, 4095, 4096 and 65,535) that is no less than it. Values below 0 are taken as they are: somebody has scaled them already.
/// </summary>
/// <param name="Least">The least value, as it is in the data.</param>
/// <param name="Greatest">The greatest value, as it is in the data.</param>
/// <param name="Divisor">What all are divided by, above 0; 1 for values that are taken as they are.</param>
public readonly record struct ValueScale(float Least, float Greatest, float Divisor)
{
    // So far a part can go beyond the values of others of the same data.
    private const float Slack = 1.1f;

    private static ReadOnlySpan<float> FullScales => [31, 32, 63, 64, 100, 127, 128, 255, 256, 1000, 1023, 1024, 4095, 4096, 65_535];

    /// <summary>The value that stands for full ink, or white: the full scale where there is one, else the greatest value.</summary>
    public float High => Least < 0 || Greatest <= 0 ? Greatest : Greatest <= 1 ? 1 : FullScale(Greatest);

    /// <summary>Looks at all values of samples. A row of floats is no image, but columns of any kind: those are taken as they are.</summary>
    /// <param name="features">The samples that a network is to learn from.</param>
    /// <param name="divisor">What they are to be divided by, above 0, where that is known; null for the rule.</param>
    public static ValueScale Of(Features features, float? divisor = null)
    {
        (float least, float greatest) = Scan(features);
        return new ValueScale(least, greatest, divisor ?? (
            !AreLevels(features) || least < 0 ? 1
            // Nothing can be told from blank images.
            : greatest <= 0 ? features.AreBytes ? byte.MaxValue : 1
            : greatest <= 1 ? 1
            : FullScale(greatest)));
    }

    /// <summary>For people: <c>values 0–16, scaled by 16</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"values {(Least < 0 ? $"{Show(Least)} to {Show(Greatest)}" : $"{Show(Least)}–{Show(Greatest)}")}, {(Divisor == 1 ? "taken as they are" : $"scaled by {Show(Divisor)}")}");

    /// <summary>Whether samples have values of one kind, as the pixels of an image: bytes, or floats of several extents.</summary>
    internal static bool AreLevels(Features features) => features.AreBytes || features.SampleShape.Count >= 2;

    /// <summary>A number for people: as few digits as tell it.</summary>
    internal static string Show(float value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    /// <summary>The values that a network sees of these samples once they are divided; null where they are no levels of one kind or all the same.</summary>
    internal ValueRange? RangeAfter(float divisor)
    {
        float low = Least < 0 ? Least : 0, high = High;
        return low < high ? new ValueRange(low / divisor, high / divisor) : null;
    }

    /// <summary>Whether values of up to <paramref name="greatest"/> can be of data whose full scale is <paramref name="full"/>.</summary>
    internal static bool Fits(float greatest, float full) => greatest <= full * Slack && (greatest > full / 8 || greatest <= 0);

    private static float FullScale(float greatest)
    {
        const float Greatest = 16;
        if (greatest > Greatest)
        {
            foreach (float full in FullScales)
            {
                if (greatest <= full)
                {
                    return full;
                }
            }
        }
        return greatest;
    }

    private static (float Least, float Greatest) Scan(Features features)
    {
        if (features is ByteFeatures bytes)
        {
            return Scan(bytes.Values);
        }
        float[] sample = new float[features.SampleShape.Size];
        float least = float.PositiveInfinity, greatest = float.NegativeInfinity;
        for (int row = 0; row < features.Count; row++)
        {
            features.CopyRow(row, byteDivisor: 1, sample);
            foreach (float value in sample)
            {
                least = value < least ? value : least;
                greatest = value > greatest ? value : greatest;
            }
            if (features.AreBytes && least == 0 && greatest == byte.MaxValue)
            {
                break;
            }
        }
        return least <= greatest ? (least, greatest) : (0, 0);
    }

    private static (float Least, float Greatest) Scan(ReadOnlySpan<byte> values)
    {
        byte least = byte.MaxValue, greatest = 0;
        foreach (byte value in values)
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
            if (least == 0 && greatest == byte.MaxValue)
            {
                break;
            }
        }
        return values.IsEmpty ? (0, 0) : (least, greatest);
    }
}
