using Nabla.IO;
using SkiaSharp;

namespace Nabla;

/// <summary>One picture of many images in rows, each with two lines below it; those that were predicted as something else have a thick frame.</summary>
public static class PredictionSheet
{
    /// <summary>Five times 28, and room for "✗ predicted as 4 99.7%".</summary>
    private const int ImageSide = 140;
    private const int Margin = 12;
    private const int LineHeight = 18;
    private const float FontSize = 11;
    private const int ThickFrame = 4;

    /// <summary>Width and height in pixels of a sheet.</summary>
    /// <param name="count">Number of images, at least 1.</param>
    /// <param name="shape">[height, width, channels] of each.</param>
    public static (int Width, int Height) SizeOf(int count, Shape shape)
    {
        int columns = Columns(count);
        (int width, int height) = TileSize(shape);
        long sheetWidth = (long)columns * width + Margin;
        long sheetHeight = (long)((count + columns - 1) / columns) * height + Margin;
        return sheetWidth <= PictureFile.MaxWrittenSide && sheetHeight <= PictureFile.MaxWrittenSide
            ? ((int)sheetWidth, (int)sheetHeight)
            : throw new ArgumentException($"{count} images of {shape} make a sheet of {sheetWidth}×{sheetHeight} pixels, expected at most {PictureFile.MaxWrittenSide} a side; show fewer.");
    }

    /// <summary>Writes a sheet as a PNG file.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="images">At least one image of [height, width, 1 or 3], such as <see cref="SampleImages.Of"/> gives.</param>
    /// <param name="captions">For each image two lines; what does not fit is cut.</param>
    /// <param name="mistakes">For each image whether it gets the thick frame.</param>
    /// <exception cref="ArgumentException">There are no images, or the sheet would have a side of more than <see cref="PictureFile.MaxWrittenSide"/> pixels.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WritePng(string path, ByteFeatures images, IReadOnlyList<(string First, string Second)> captions, IReadOnlyList<bool> mistakes)
    {
        if (images.Count == 0 || captions.Count != images.Count || mistakes.Count != images.Count || images.SampleShape is not { Count: 3 } shape || shape[2] is not (1 or 3))
        {
            throw new ArgumentException($"A sheet needs an image or more of height×width×1 or 3, and as many captions and marks; found {images.Count} of {images.SampleShape}, {captions.Count} and {mistakes.Count}.");
        }
        (int width, int height) = SizeOf(images.Count, shape);
        using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        (int tileWidth, int tileHeight) = TileSize(shape);
        int columns = Columns(images.Count);
        for (int i = 0; i < images.Count; i++)
        {
            SKPoint corner = new(Margin + i % columns * tileWidth, Margin + i / columns * tileHeight);
            DrawTile(surface.Canvas, corner, images[i], shape, captions[i], mistakes[i]);
        }
        Write(surface, path);
    }

    internal static void Write(SKSurface surface, string path)
    {
        using SKImage sheet = surface.Snapshot();
        using SKData png = sheet.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    private static void DrawTile(SKCanvas canvas, SKPoint corner, ReadOnlySpan<byte> pixels, Shape shape, (string First, string Second) caption, bool mistake)
    {
        int scale = Scale(shape);
        SKRect frame = SKRect.Create(corner.X, corner.Y, shape[1] * scale, shape[0] * scale);
        using SKImage image = ToImage(pixels, shape);
        canvas.DrawImage(image, frame, new SKSamplingOptions(SKFilterMode.Nearest));
        using SKPaint paint = new() { IsAntialias = true };
        if (mistake)
        {
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeWidth = ThickFrame;
            paint.Color = new SKColor(0xD5, 0x5E, 0x00);
            frame.Inflate(ThickFrame / 2, ThickFrame / 2);
            canvas.DrawRect(frame, paint);
        }
        paint.Style = SKPaintStyle.Fill;
        paint.Color = SKColors.Black;
        using SKFont font = new(PictureFont.Typeface, FontSize);
        int room = TileSize(shape).Width - Margin;
        float y = corner.Y + shape[0] * scale + LineHeight;
        canvas.DrawText(Fit(caption.First, font, room), corner.X, y, SKTextAlign.Left, font, paint);
        canvas.DrawText(Fit(caption.Second, font, room), corner.X, y + LineHeight, SKTextAlign.Left, font, paint);
    }

    internal static SKImage ToImage(ReadOnlySpan<byte> pixels, Shape shape)
    {
        byte[] colors = new byte[shape[0] * shape[1] * 4];
        for (int i = 0; i < colors.Length / 4; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                colors[4 * i + channel] = shape[2] == 3 ? pixels[3 * i + channel] : pixels[i];
            }
            colors[4 * i + 3] = 255;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(shape[1], shape[0], SKColorType.Rgba8888, SKAlphaType.Opaque), colors);
    }

    internal static string Fit(string text, SKFont font, float room)
    {
        int length = text.Length;
        while (length > 1 && font.MeasureText(length == text.Length ? text : $"{text[..length]}…") > room)
        {
            length--;
        }
        return length == text.Length ? text : $"{text[..length]}…";
    }

    private static int Columns(int count) => Math.Clamp((int)Math.Ceiling(Math.Sqrt(count)), 1, 32);

    private static int Scale(Shape shape) => Math.Max(1, ImageSide / Math.Max(shape[0], shape[1]));

    private static (int Width, int Height) TileSize(Shape shape) =>
        (Math.Max(ImageSide, checked(shape[1] * Scale(shape))) + Margin, checked(shape[0] * Scale(shape)) + 2 * LineHeight + Margin);
}
