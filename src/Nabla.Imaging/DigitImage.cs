using Nabla.IO;
using SkiaSharp;

namespace Nabla;

/// <summary>Image files of single digits as MNIST has them: grey levels, 28×28 unless another size is asked for, 0 for background to 255 for full ink.</summary>
public static class DigitImage
{
    /// <summary>Height and width in pixels: 28.</summary>
    public const int Side = 28;

    /// <summary>Greatest height and width that <see cref="WritePng"/> writes, in pixels: 16,384.</summary>
    public const int MaxSide = 16_384;

    /// <summary>A file of 28×28 pixels needs a few kilobytes; the rest is room for what programs put beside the pixels.</summary>
    private const int MaxLength = 4 << 20;

    /// <summary>
    /// Reads a PNG (grey, colour or palette, 1 to 16 bits, transparency laid on white) or PGM file (P2 or P5), recognised
    /// by content. Colours become grey by the weights of ITU-R BT.601. Where the border of one pixel is light on average,
    /// the digit is dark on light, and the image is inverted.
    /// </summary>
    /// <param name="path">The file, at most 4 MiB.</param>
    /// <param name="height">Rows that it must have; 28 by default.</param>
    /// <param name="width">Pixels that each row must have; 28 by default.</param>
    /// <returns>The pixels, row by row, 0 for background to 255 for full ink.</returns>
    /// <exception cref="MalformedFileException">The file is no image of these kinds, is damaged, or of another size.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[] Read(string path, int height = Side, int width = Side)
    {
        using FileStream file = InputFile.Open(path);
        byte[] contents = new byte[Math.Min(file.Length, MaxLength)];
        file.ReadExactly(contents);

        byte[] pixels;
        if (contents.AsSpan().StartsWith(PngFile.Signature))
        {
            PngFile png = new(path, contents);
            CheckSize(path, png.Width, png.Height, width, height);
            CheckLength(path, file.Length);
            pixels = png.ReadGrey();
        }
        else if (contents is [(byte)'P', (byte)'2' or (byte)'5', ..])
        {
            PgmFile pgm = new(path, contents);
            CheckSize(path, pgm.Width, pgm.Height, width, height);
            CheckLength(path, file.Length);
            pixels = pgm.ReadGrey();
        }
        else
        {
            string found = contents.Length == 0 ? "is empty" : $"begins with {Convert.ToHexStringLower(contents.AsSpan(0, Math.Min(contents.Length, 8)))}";
            throw new MalformedFileException(path, $"{found}, expected a PNG (89504e47…) or PGM (P2 or P5) image; convert it to PNG.", 0);
        }
        LightPaper.Invert(pixels, width);
        return pixels;
    }

    /// <summary>Writes grey levels as they are into a PNG file of 8 bits a pixel.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="pixels">[height, width], row by row, 0 for black to 255 for white.</param>
    /// <param name="width">1 to <see cref="MaxSide"/> pixels.</param>
    /// <param name="height">1 to <see cref="MaxSide"/> pixels.</param>
    /// <exception cref="ArgumentException">The size is out of its range, or is not that of the pixels.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WritePng(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (width is < 1 or > MaxSide || height is < 1 or > MaxSide || pixels.Length != width * height)
        {
            throw new ArgumentException($"{pixels.Length} pixels do not make an image of {width}×{height}; expected width × height, each 1 to {MaxSide}.", nameof(pixels));
        }
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), pixels, width);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    private static void CheckSize(string path, long width, long height, int expectedWidth, int expectedHeight)
    {
        if (width != expectedWidth || height != expectedHeight)
        {
            throw new MalformedFileException(path, $"is an image of {width}×{height} pixels, expected {expectedWidth}×{expectedHeight}; crop it to one digit and scale it.");
        }
    }

    private static void CheckLength(string path, long length)
    {
        if (length > MaxLength)
        {
            throw new MalformedFileException(path, $"has {length} bytes, expected at most {MaxLength} for one image; save it without other contents.");
        }
    }
}
