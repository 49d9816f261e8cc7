using SkiaSharp;

namespace Nabla;

/// <summary>One picture of images in rows of the same length: in the first column what there was, apart from it what was made of it. Each column has a line above it.</summary>
public static class AugmentationSheet
{
    /// <summary>Three times 28.</summary>
    private const int ImageSide = 84;
    private const int Margin = 12;
    private const int Gap = 4;
    private const int LineHeight = 18;
    private const float FontSize = 13;

    /// <summary>Writes a sheet as a PNG file.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="images">Whole rows of images of [height, width, 1 or 3], such as <see cref="SampleImages.Of"/> gives.</param>
    /// <param name="headings">What stands above each column; as many as there are images in a row, at least one.</param>
    /// <exception cref="ArgumentException">There are no whole rows, or the sheet would have a side of more than <see cref="PictureFile.MaxWrittenSide"/> pixels.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WritePng(string path, ByteFeatures images, IReadOnlyList<string> headings)
    {
        int columns = headings.Count;
        if (columns == 0 || images.Count == 0 || images.Count % columns != 0 || images.SampleShape is not { Count: 3 } shape || shape[2] is not (1 or 3))
        {
            throw new ArgumentException($"A sheet needs whole rows of {columns} images of height×width×1 or 3; found {images.Count} of {images.SampleShape}.");
        }
        int rows = images.Count / columns, scale = Math.Max(1, ImageSide / Math.Max(shape[0], shape[1]));
        long tileWidth = shape[1] * (long)scale + Gap, tileHeight = shape[0] * (long)scale + Gap;
        long width = columns * tileWidth + 2 * Margin + (columns > 1 ? Margin : 0) - Gap, height = rows * tileHeight + 2 * Margin + LineHeight - Gap;
        if (width > PictureFile.MaxWrittenSide || height > PictureFile.MaxWrittenSide)
        {
            throw new ArgumentException($"{rows} rows of {columns} images of {images.SampleShape} make a sheet of {width}×{height} pixels, expected at most {PictureFile.MaxWrittenSide} a side; show fewer.");
        }
        using SKSurface surface = SKSurface.Create(new SKImageInfo((int)width, (int)height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        using SKPaint paint = new() { IsAntialias = true, Color = SKColors.Black };
        using SKFont font = new(PictureFont.Typeface, FontSize);
        for (int column = 0; column < columns; column++)
        {
            float left = Margin + column * tileWidth + (column > 0 ? Margin : 0);
            surface.Canvas.DrawText(PredictionSheet.Fit(headings[column], font, tileWidth - Gap), left, Margin + FontSize - 1, SKTextAlign.Left, font, paint);
            for (int row = 0; row < rows; row++)
            {
                using SKImage image = PredictionSheet.ToImage(images[row * columns + column], shape);
                surface.Canvas.DrawImage(image, SKRect.Create(left, Margin + LineHeight + row * tileHeight, shape[1] * scale, shape[0] * scale), new SKSamplingOptions(SKFilterMode.Nearest));
            }
        }
        PredictionSheet.Write(surface, path);
    }
}
