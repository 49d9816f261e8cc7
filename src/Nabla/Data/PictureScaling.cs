namespace Nabla;

/// <summary>Brings pictures to the size of a network's samples as the folders of pictures are that it was trained on: each pixel becomes the average over the area that it covers.</summary>
public static class PictureScaling
{
    /// <summary>Scales a picture.</summary>
    /// <param name="levels">[height, width, channels], row by row.</param>
    /// <param name="height">Its rows, at least 1.</param>
    /// <param name="width">Pixels of its rows, at least 1.</param>
    /// <param name="sample">[rows, columns] for one channel, or [rows, columns, channels].</param>
    /// <param name="fit">What is done where the proportions differ.</param>
    /// <returns>The levels of a sample of that shape.</returns>
    /// <exception cref="ArgumentException">There are not as many levels as the size says, or the shape is no image's.</exception>
    public static byte[] Scale(ReadOnlySpan<byte> levels, int height, int width, Shape sample, PictureFit fit)
    {
        int channels = sample.Count == 3 ? sample[2] : 1;
        if (sample.Count is not (2 or 3) || levels.Length != (long)height * width * channels || levels.IsEmpty)
        {
            throw new ArgumentException($"{levels.Length} levels of a picture of {height}×{width} cannot become a sample of {sample}; expected height×width×channels.", nameof(levels));
        }
        int rows = sample[0], columns = sample[1];
        if (height == rows && width == columns)
        {
            return levels.ToArray();
        }
        double scaleY = (double)rows / height, scaleX = (double)columns / width;
        (scaleY, scaleX) = fit switch
        {
            PictureFit.Pad => (Math.Min(scaleY, scaleX), Math.Min(scaleY, scaleX)),
            PictureFit.Crop => (Math.Max(scaleY, scaleX), Math.Max(scaleY, scaleX)),
            _ => (scaleY, scaleX),
        };
        // The middle of the picture comes into the middle of the sample.
        double top = height / 2.0 - rows / 2.0 / scaleY, left = width / 2.0 - columns / 2.0 / scaleX;
        Span<byte> border = stackalloc byte[channels];
        MedianOfBorder(levels, height, width, border);
        float[] across = new float[height * columns * channels], coverage = new float[columns];
        for (int x = 0; x < columns; x++)
        {
            coverage[x] = Average(levels, across, height, width, columns, channels, x, left + x / scaleX, left + (x + 1) / scaleX);
        }
        byte[] scaled = new byte[rows * columns * channels];
        for (int y = 0; y < rows; y++)
        {
            (int first, int end, double from, double to) = Part(top + y / scaleY, top + (y + 1) / scaleY, height);
            double covered = Math.Max(0, to - from) * scaleY;
            for (int i = 0; i < columns * channels; i++)
            {
                double sum = 0;
                for (int row = first; row < end; row++)
                {
                    sum += across[row * columns * channels + i] * (Math.Min(row + 1, to) - Math.Max(row, from));
                }
                double share = covered * coverage[i / channels];
                double value = share > 0 ? sum / (to - from) : 0;
                scaled[y * columns * channels + i] = (byte)Math.Clamp(Math.Round(value * share + border[i % channels] * (1 - share)), 0, byte.MaxValue);
            }
        }
        return scaled;
    }

    /// <summary>Averages the columns of the picture that column <paramref name="x"/> of the sample covers.</summary>
    /// <returns>The share of it that lies in the picture.</returns>
    private static float Average(ReadOnlySpan<byte> levels, float[] across, int height, int width, int columns, int channels, int x, double left, double right)
    {
        (int first, int end, double from, double to) = Part(left, right, width);
        for (int y = 0; y < height; y++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                double sum = 0;
                for (int column = first; column < end; column++)
                {
                    sum += levels[(y * width + column) * channels + channel] * (Math.Min(column + 1, to) - Math.Max(column, from));
                }
                across[(y * columns + x) * channels + channel] = to > from ? (float)(sum / (to - from)) : 0;
            }
        }
        return (float)(Math.Max(0, to - from) / (right - left));
    }

    /// <summary>What of a stretch lies in the picture, and which pixels it touches.</summary>
    private static (int First, int End, double From, double To) Part(double from, double to, int length)
    {
        // Where a sum of fractions should be whole, it is.
        const double Rounding = 1e-9;
        from = Math.Clamp(Math.Abs(from - Math.Round(from)) < Rounding ? Math.Round(from) : from, 0, length);
        to = Math.Clamp(Math.Abs(to - Math.Round(to)) < Rounding ? Math.Round(to) : to, 0, length);
        return ((int)from, (int)Math.Ceiling(to), from, to);
    }

    private static void MedianOfBorder(ReadOnlySpan<byte> levels, int height, int width, Span<byte> median)
    {
        int channels = median.Length;
        for (int channel = 0; channel < channels; channel++)
        {
            List<byte> border = [];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x += y == 0 || y == height - 1 || width == 1 ? 1 : width - 1)
                {
                    border.Add(levels[(y * width + x) * channels + channel]);
                }
            }
            border.Sort();
            median[channel] = border[border.Count / 2];
        }
    }
}
