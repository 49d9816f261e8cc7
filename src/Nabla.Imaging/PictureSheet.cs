using SkiaSharp;

namespace Nabla;

/// <summary>Pictures of any sizes in rows, each in a field of one size with a line below it.</summary>
public static class PictureSheet
{
    private const int Columns = 4;
    private const int Field = 260;
    private const int Margin = 12;
    private const int LineHeight = 22;
    private const float FontSize = 13;

    /// <summary>Writes a sheet as a PNG file.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="pictures">At least one, with what is to stand below it.</param>
    /// <exception cref="ArgumentException">There are no pictures.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WritePng(string path, IReadOnlyList<(string Caption, Picture Picture)> pictures)
    {
        if (pictures.Count == 0)
        {
            throw new ArgumentException("A sheet needs at least one picture.", nameof(pictures));
        }
        int columns = Math.Min(Columns, pictures.Count), rows = (pictures.Count + columns - 1) / columns;
        using SKSurface surface = SKSurface.Create(new SKImageInfo(Margin + columns * (Field + Margin), Margin + rows * (Field + LineHeight + Margin), SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        using SKPaint text = new() { IsAntialias = true, Color = SKColors.Black }, frame = new() { Color = new SKColor(0xc8, 0xc8, 0xc8), Style = SKPaintStyle.Stroke };
        using SKFont font = new(PictureFont.Typeface, FontSize);
        for (int i = 0; i < pictures.Count; i++)
        {
            (string caption, Picture picture) = pictures[i];
            float left = Margin + i % columns * (Field + Margin), top = Margin + i / columns * (Field + LineHeight + Margin);
            float scale = Math.Min((float)Field / picture.Width, (float)Field / picture.Height), width = picture.Width * scale, height = picture.Height * scale;
            SKRect place = SKRect.Create(left + (Field - width) / 2, top + (Field - height) / 2, width, height);
            using SKImage image = BoxedPicture.ToImage(picture);
            surface.Canvas.DrawImage(image, place, scale < 1 ? new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear) : new SKSamplingOptions(SKFilterMode.Nearest));
            surface.Canvas.DrawRect(place, frame);
            surface.Canvas.DrawText(PredictionSheet.Fit(caption, font, Field), left, top + Field + FontSize + 3, SKTextAlign.Left, font, text);
        }
        PredictionSheet.Write(surface, path);
    }
}
