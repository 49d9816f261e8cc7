namespace Nabla;

/// <summary>
/// The form of MNIST's digits: 28×28 levels, light on a dark, plain background, the longer side of the ink about 20 pixels, its centre of mass in the middle. Y. LeCun, C. Cortes and
/// C. Burges, "The MNIST database of handwritten digits".
/// </summary>
public static class MnistForm
{
    /// <summary>Height and width in pixels: 28.</summary>
    public const int Side = 28;

    /// <summary>Where the centre of mass is, in pixels from the left and from the top: the middle of the pixel after the middle.</summary>
    public const double Middle = 14.5;

    // Levels that the rim may be away from the background, and pixels that the centre of mass may be away from its place: MNIST's is within half a pixel.
    private const int RimTolerance = 6;
    private const double Shift = 1.2;

    // From this level on a pixel is ink, as far as the size is concerned, which may be so.
    private const int Inked = 31, LeastSide = 17, GreatestSide = 21;

    // So many samples of a data set tell, of which so many must have the form.
    private const int TellingSamples = 500;
    private const double Most = 0.8;

    /// <summary>Whether an image has this form.</summary>
    /// <param name="levels">[28, 28], row by row, 0 for background to 255 for full ink.</param>
    /// <exception cref="ArgumentException">There are not 784 levels.</exception>
    public static bool Fits(ReadOnlySpan<byte> levels)
    {
        if (levels.Length != Side * Side)
        {
            throw new ArgumentException($"There are {levels.Length} levels, expected {Side * Side}.", nameof(levels));
        }
        (int left, int top, int right, int bottom, int greatest) = (Side, Side, 0, 0, 0);
        double sum = 0, sumX = 0, sumY = 0;
        for (int i = 0; i < levels.Length; i++)
        {
            int x = i % Side, y = i / Side;
            bool isRim = x is 0 or Side - 1 || y is 0 or Side - 1;
            if (isRim && levels[i] > RimTolerance)
            {
                return false;
            }
            if (levels[i] >= Inked)
            {
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
            }
            (sum, sumX, sumY, greatest) = (sum + levels[i], sumX + levels[i] * (x + 0.5), sumY + levels[i] * (y + 0.5), Math.Max(greatest, levels[i]));
        }
        bool isCentered = sum > 0 && Math.Abs(sumX / sum - Middle) <= Shift && Math.Abs(sumY / sum - Middle) <= Shift;
        return isCentered && Math.Max(right - left, bottom - top) is >= LeastSide and <= GreatestSide && greatest > byte.MaxValue / 2;
    }

    /// <summary>Whether most samples of a data set have this form, whatever the range of their values.</summary>
    internal static bool Fits(Features features)
    {
        if (features.SampleShape is not ([Side, Side] or [Side, Side, 1]) || features.Count == 0)
        {
            return false;
        }
        ValueScale scale = ValueScale.Of(features);
        float low = Math.Min(scale.Least, 0), range = scale.High - low;
        float[] sample = new float[Side * Side];
        byte[] levels = new byte[sample.Length];
        int seen = Math.Min(TellingSamples, features.Count), fitting = 0;
        for (int i = 0; i < seen; i++)
        {
            // From the whole of them: classes may stand one after the other.
            features.CopyRow((int)((long)i * features.Count / seen), byteDivisor: 1, sample);
            for (int k = 0; k < levels.Length; k++)
            {
                levels[k] = (byte)Math.Clamp(byte.MaxValue * (sample[k] - low) / range, 0, byte.MaxValue);
            }
            fitting += Fits(levels) ? 1 : 0;
        }
        return fitting >= Most * seen;
    }
}
