using SkiaSharp;

namespace Nabla;

/// <summary>A picture with boxes drawn around parts of it, each with a word.</summary>
public static class BoxedPicture
{
    private static readonly SKColor Sure = new(0x12, 0x8a, 0x3c), Unsure = new(0xd9, 0x6a, 0x00);

    /// <summary>Writes it as a PNG file.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="marks">Where boxes are drawn: green, or orange where it is not sure.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WritePng(string path, Picture picture, IReadOnlyList<PictureMark> marks)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        using (SKImage image = ToImage(picture))
        {
            surface.Canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Nearest));
        }
        float line = Math.Max(1, Math.Max(picture.Width, picture.Height) / 400f);
        foreach (PictureMark mark in marks)
        {
            SKColor colour = mark.IsSure ? Sure : Unsure;
            SKRect box = SKRect.Create(mark.Box.Left, mark.Box.Top, mark.Box.Width, mark.Box.Height);
            box.Inflate(2 * line, 2 * line);
            using SKPaint frame = new() { IsAntialias = true, Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = line }, ground = new() { Color = colour }, text = new() { IsAntialias = true, Color = SKColors.White };
            surface.Canvas.DrawRect(box, frame);
            using SKFont font = new(PictureFont.Typeface, Math.Max(9, Math.Min(9 * line, 0.3f * box.Height)));
            // Above the box, or within it where there is no room above.
            float width = font.MeasureText(mark.Text) + 4 * line, height = font.Size * 1.3f, top = box.Top >= height ? box.Top - height : box.Top;
            surface.Canvas.DrawRect(SKRect.Create(box.Left, top, width, height), ground);
            surface.Canvas.DrawText(mark.Text, box.Left + 2 * line, top + font.Size * 1.02f, SKTextAlign.Left, font, text);
        }
        PredictionSheet.Write(surface, path);
    }

    internal static SKImage ToImage(Picture picture) =>
        SKImage.FromPixelCopy(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), picture.Pixels, picture.Width * Picture.Channels);
}

/// <summary>A box in a picture.</summary>
/// <param name="Box">Where.</param>
/// <param name="Text">The word at it.</param>
/// <param name="IsSure">Green or orange.</param>
public readonly record struct PictureMark(PictureBox Box, string Text, bool IsSure);
