namespace Nabla;

/// <summary>Digits on light paper become light digits on dark, as MNIST has them: the one rule for folders and single pictures.</summary>
internal static class LightPaper
{
    /// <summary>Inverts the image, in place, where its border of one pixel is light on average.</summary>
    /// <param name="pixels">[height, width], row by row, 0 for black to 255 for white.</param>
    /// <param name="width">Pixels of a row.</param>
    public static void Invert(Span<byte> pixels, int width)
    {
        if (!HasLightBorder(pixels, width))
        {
            return;
        }
        foreach (ref byte pixel in pixels)
        {
            pixel = (byte)(255 - pixel);
        }
    }

    private static bool HasLightBorder(ReadOnlySpan<byte> pixels, int width)
    {
        long sum = 0;
        int count = 0;
        int height = pixels.Length / width;
        for (int i = 0; i < pixels.Length; i++)
        {
            int y = i / width, x = i % width;
            if (y == 0 || y == height - 1 || x == 0 || x == width - 1)
            {
                sum += pixels[i];
                count++;
            }
        }
        return sum > 127.5 * count;
    }
}
