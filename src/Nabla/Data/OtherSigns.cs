namespace Nabla;

/// <summary>
/// Images of what is no digit, in the form of digits: handwritten letters and signs, scribbles, blots, several digits at once. For networks that are to tell digits from the rest. The same
/// from the same seed on every platform.
/// </summary>
public static class OtherSigns
{
    /// <summary>Draws signs.</summary>
    /// <param name="count">How many, at least 0.</param>
    /// <param name="seed">Same seed, same signs.</param>
    /// <returns>28×28 grey levels, fitted into 20×20, their centre of mass in the middle.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 0, or above 2,739,128, which do not fit an array.</exception>
    public static ByteFeatures Generate(int count, uint seed)
    {
        const int Size = DigitRaster.Side * DigitRaster.Side;
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / Size);
        NumPyRandom random = new(seed);
        byte[] pixels = new byte[count * Size];
        for (int i = 0; i < count; i++)
        {
            Span<byte> image = pixels.AsSpan(i * Size, Size);
            double kind = random.NextDouble();
            if (kind < 0.12)
            {
                Blot(random, image);
                continue;
            }
            List<InkLine> lines = kind < 0.65 ? Handwriting.Write(SignSkeletons.All[random.NextInt32(SignSkeletons.All.Length)], random)
                : kind < 0.85 ? Scribble(random)
                : SeveralDigits(random);
            double radius = random.NextDouble() < 0.85 ? random.NextUniform(0.7, 2.1) : random.NextUniform(2.1, 2.9);
            DigitRaster.Draw(lines, radius, random.NextUniform(0.8, 1.3), random.NextUniform(250, 256), image);
        }
        return new ByteFeatures(pixels, [DigitRaster.Side, DigitRaster.Side]);
    }

    /// <summary>Digits and as many other signs: the classes 1, <c>digit</c>, and 0, <c>other</c>.</summary>
    /// <param name="digits">Images of 28×28 bytes.</param>
    /// <param name="count">How many other signs.</param>
    /// <param name="seed">Same seed, same signs.</param>
    /// <exception cref="ArgumentException">The digits are other samples.</exception>
    public static DataSet Beside(DataSet digits, int count, uint seed)
    {
        ByteFeatures others = Generate(count, seed);
        int[] labels = [.. Enumerable.Repeat(1, digits.Count), .. Enumerable.Repeat(0, count)];
        return new DataSet(digits.Features.Append(others), new ClassLabels(labels, 2, ["other", "digit"]));
    }

    /// <summary>A pen that turns this way and that, and is lifted now and then.</summary>
    private static List<InkLine> Scribble(NumPyRandom random)
    {
        Point[][] strokes = new Point[1 + random.NextInt32(4)][];
        for (int i = 0; i < strokes.Length; i++)
        {
            Point[] stroke = new Point[3 + random.NextInt32(i == 0 ? 12 : 6)];
            for (int k = 0; k < stroke.Length; k++)
            {
                stroke[k] = new Point(random.NextDouble(), random.NextDouble());
            }
            strokes[i] = stroke;
        }
        return Handwriting.Write(strokes, random);
    }

    /// <summary>Two or three digits side by side, as where touching ones were not split.</summary>
    private static List<InkLine> SeveralDigits(NumPyRandom random)
    {
        int count = random.NextDouble() < 0.75 ? 2 : 3;
        List<InkLine> all = [];
        double right = 0;
        for (int i = 0; i < count; i++)
        {
            Point[][][] ways = DigitSkeletons.All[random.NextInt32(DigitSkeletons.All.Length)];
            List<InkLine> lines = Handwriting.Write(ways[random.NextInt32(ways.Length)], random);
            double left = lines.Min(line => Math.Min(line.From.X, line.To.X));
            Point shift = new(right - left + random.NextUniform(-0.05, 0.25), random.NextUniform(-0.1, 0.1));
            all.AddRange(lines.Select(line => line with { From = line.From + shift, To = line.To + shift }));
            right = all.Max(line => Math.Max(line.From.X, line.To.X));
        }
        return all;
    }

    /// <summary>Where a smooth noise is high: what is left of faces, shadows and stains.</summary>
    private static void Blot(NumPyRandom random, Span<byte> image)
    {
        const int Side = DigitRaster.Side, Box = 20, Margin = (Side - Box) / 2;
        int nodes = 3 + random.NextInt32(6);
        double[] heights = new double[(nodes + 1) * (nodes + 1)];
        foreach (ref double height in heights.AsSpan())
        {
            height = random.NextDouble();
        }
        double[] field = new double[Box * Box];
        for (int y = 0; y < Box; y++)
        {
            for (int x = 0; x < Box; x++)
            {
                double u = (double)x / Box * nodes, v = (double)y / Box * nodes;
                int left = (int)u, top = (int)v;
                (u, v) = (u - left, v - top);
                (u, v) = (u * u * (3 - 2 * u), v * v * (3 - 2 * v));
                int node = top * (nodes + 1) + left;
                field[y * Box + x] = (heights[node] * (1 - u) + heights[node + 1] * u) * (1 - v) + (heights[node + nodes + 1] * (1 - u) + heights[node + nodes + 2] * u) * v;
            }
        }
        double[] sorted = [.. field.Order()];
        double threshold = sorted[(int)(random.NextUniform(0.35, 0.85) * sorted.Length)], softness = random.NextUniform(0.03, 0.15);
        float[] cover = new float[Side * Side];
        for (int i = 0; i < field.Length; i++)
        {
            cover[(Margin + i / Box) * Side + Margin + i % Box] = (float)Math.Clamp((field[i] - threshold) / softness + 0.5, 0, 1);
        }
        DigitRaster.MoveToCentre(cover, random.NextUniform(200, 256), image);
    }
}
