namespace Nabla.Numerics;

/// <summary>Images at a lower resolution, and at their own again.</summary>
internal static unsafe class ImageResizing
{
    [ThreadStatic]
    private static float[]? _memory;

    /// <summary>Brings an image down to fewer pixels, each the mean of its area, and up again, linearly between them.</summary>
    public static void DownAndUp(ReadOnlySpan<float> image, int height, int width, int channels, int lowHeight, int lowWidth, Span<float> destination)
    {
        // Rows first, then columns; both ways, each an image of its own.
        int first = height * lowWidth * channels, second = lowHeight * lowWidth * channels, third = lowHeight * width * channels;
        float* narrow = ThreadMemory.Of(ref _memory, (long)first + second + third), low = narrow + first, wide = low + second;
        fixed (float* from = image, to = destination)
        {
            Average(from, height, width, channels, lowWidth, narrow);
            Average(narrow, 1, height, lowWidth * channels, lowHeight, low);
            Enlarge(low, lowHeight, lowWidth, channels, width, wide);
            Enlarge(wide, 1, lowHeight, width * channels, height, to);
        }
    }

    /// <summary>Each of fewer items the mean of the part of the line that it covers.</summary>
    /// <param name="from">[lines, length, size].</param>
    /// <param name="lines">Number of lines.</param>
    /// <param name="length">Items of a line.</param>
    /// <param name="size">Numbers of an item.</param>
    /// <param name="count">Items of a line that are to be left.</param>
    /// <param name="to">[lines, count, size].</param>
    private static void Average(float* from, int lines, int length, int size, int count, float* to)
    {
        float covered = (float)length / count;
        for (int item = 0; item < count; item++)
        {
            // In whole numbers, so that no item has a share of rounding errors in one that it does not touch.
            long begin = (long)item * length, end = begin + length;
            for (int line = 0; line < lines; line++)
            {
                Span<float> sums = new(to + ((long)line * count + item) * size, size);
                sums.Clear();
                for (long i = begin / count; i * count < end; i++)
                {
                    float share = (float)(Math.Min(end, (i + 1) * count) - Math.Max(begin, i * count)) / count / covered;
                    float* of = from + (line * (long)length + i) * size;
                    for (int j = 0; j < size; j++)
                    {
                        sums[j] = float.FusedMultiplyAdd(share, of[j], sums[j]);
                    }
                }
            }
        }
    }

    /// <summary>More items, each linearly between the two whose middles are nearest; at the ends those themselves.</summary>
    private static void Enlarge(float* from, int lines, int length, int size, int count, float* to)
    {
        for (int item = 0; item < count; item++)
        {
            float at = float.Clamp((item + 0.5f) * length / count - 0.5f, 0, length - 1);
            int left = (int)at;
            nint right = left + 1 < length ? size : 0;
            float share = at - left;
            for (int line = 0; line < lines; line++)
            {
                float* of = from + (line * (long)length + left) * size, target = to + ((long)line * count + item) * size;
                for (int j = 0; j < size; j++)
                {
                    target[j] = float.FusedMultiplyAdd(share, of[right + j] - of[j], of[j]);
                }
            }
        }
    }
}
