using SkiaSharp;

namespace Nabla.Cli.Reports;

/// <summary>Pictures as PNG files within a page.</summary>
internal static class PictureData
{
    // Larger samples are made smaller: more is not seen on a page.
    private const int MostSide = 96;

    // So many levels of each hue: what looks the same is packed as the same.
    private const int Levels = 24;

    // What 0 looks like, so that it is told apart from a gap.
    private const double ZeroOpacity = 0.07;
    private const byte ZeroGrey = 0x80;

    // Blue above 0 and orange below, which all kinds of colour vision tell apart, light enough for a dark page and dark enough for a light one.
    private static readonly (byte Red, byte Green, byte Blue) Positive = (0x1f, 0x78, 0xd1), Negative = (0xe0, 0x6c, 0x00);

    /// <summary>A sample.</summary>
    /// <param name="pixels">Its pixels, row by row.</param>
    /// <param name="shape">[height, width, 1 or 3].</param>
    public static Html OfSample(ReadOnlySpan<byte> pixels, Shape shape)
    {
        bool isGrey = shape[2] == 1;
        byte[] colours = isGrey ? pixels.ToArray() : new byte[shape[0] * shape[1] * 4];
        for (int i = 0; !isGrey && i < shape[0] * shape[1]; i++)
        {
            pixels.Slice(3 * i, 3).CopyTo(colours.AsSpan(4 * i));
            colours[4 * i + 3] = byte.MaxValue;
        }
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(shape[1], shape[0], isGrey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque), colours);
        double scale = (double)MostSide / Math.Max(shape[0], shape[1]);
        if (scale >= 1)
        {
            return Encode(image);
        }
        SKImageInfo size = new(Math.Max(1, (int)(shape[1] * scale)), Math.Max(1, (int)(shape[0] * scale)), image.ColorType, SKAlphaType.Opaque);
        using SKSurface surface = SKSurface.Create(size);
        surface.Canvas.DrawImage(image, SKRect.Create(size.Width, size.Height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using SKImage smaller = surface.Snapshot();
        return Encode(smaller);
    }

    /// <summary>Numbers as two hues, the more transparent the nearer to 0: there the page is seen through a tint of grey, be it light or dark.</summary>
    /// <param name="values">The numbers, row by row; not a number for a gap.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="most">The size, above 0, that has the full hue.</param>
    public static Html OfShades(ReadOnlySpan<float> values, int width, float most)
    {
        byte[] colours = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsNaN(values[i]))
            {
                double level = Math.Round(Math.Clamp(values[i] / most, -1, 1) * Levels) / Levels;
                (byte red, byte green, byte blue) = level < 0 ? Negative : Positive;
                // The hue over the grey: T. Porter and T. Duff, "Compositing digital images", 1984.
                double hue = Math.Abs(level), grey = ZeroOpacity * (1 - hue), opacity = hue + grey;
                colours[4 * i] = Mixed(red);
                colours[4 * i + 1] = Mixed(green);
                colours[4 * i + 2] = Mixed(blue);
                colours[4 * i + 3] = (byte)Math.Round(255 * opacity);

                byte Mixed(byte channel) => (byte)Math.Round((hue * channel + grey * ZeroGrey) / opacity);
            }
        }
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, values.Length / width, SKColorType.Rgba8888, SKAlphaType.Unpremul), colours);
        return Encode(image);
    }

    private static Html Encode(SKImage image)
    {
        using SKPixmap pixels = image.PeekPixels()!;
        using SKData png = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.NoFilters, 9))!;
        return Html.Trusted($"data:image/png;base64,{Convert.ToBase64String(png.AsSpan())}");
    }
}
