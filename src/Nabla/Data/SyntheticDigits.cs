namespace Nabla;

/// <summary>
/// Digits that the program draws itself, in the form of MNIST: 28×28 grey levels from 0 (background) to 255 (full ink),
/// labels 0 to 9. Any number of them, the same from the same seed on every platform, no download.
/// </summary>
public static class SyntheticDigits
{
    /// <summary>What <see cref="TrainAndTest.Source"/> says of them.</summary>
    public const string SourceName = "built-in digits, drawn by the program";

    private const int ClassCount = 10;
    private const int TrainCount = 60_000;
    private const int TestCount = 10_000;

    /// <summary>As many digits as MNIST has: 60,000 to train on and 10,000 to test on.</summary>
    public static TrainAndTest Load() =>
        new(Generate(TrainCount, seed: 1), Generate(TestCount, seed: 2), SourceName);

    /// <summary>Draws digits, each of the ten equally often up to one, in random order.</summary>
    /// <param name="count">How many, at least 0.</param>
    /// <param name="seed">Same seed, same digits.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0, or above 2,739,128, which do not fit an array.</exception>
    public static DataSet Generate(int count, uint seed)
    {
        int size = DigitRaster.Side * DigitRaster.Side;
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / size);
        NumPyRandom random = new(seed);
        byte[] pixels = new byte[count * size];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % ClassCount;
        }
        random.Shuffle<int>(labels);
        for (int i = 0; i < count; i++)
        {
            Point[][][] ways = DigitSkeletons.All[labels[i]];
            List<InkLine> lines = Handwriting.Write(ways[random.NextInt32(ways.Length)], random);
            // Most pens are thin; some are felt-tips.
            double radius = random.NextDouble() < 0.85 ? random.NextUniform(0.8, 2.1) : random.NextUniform(2.1, 2.9);
            double softness = random.NextUniform(0.8, 1.3);
            double ink = random.NextUniform(250, 256);
            DigitRaster.Draw(lines, radius, softness, ink, pixels.AsSpan(i * size, size));
        }
        return DataSet.FromImages(pixels, [DigitRaster.Side, DigitRaster.Side], labels, ClassCount);
    }
}
