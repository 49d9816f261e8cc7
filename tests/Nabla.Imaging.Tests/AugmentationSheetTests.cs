using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Imaging.Tests;

public sealed class AugmentationSheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_stand_in_rows_below_their_headings_the_first_apart()
    {
        // Red, green, blue and yellow of 2×2; 84 pixels each on the sheet.
        byte[] pixels = [.. Pixels(250, 0, 0), .. Pixels(0, 250, 0), .. Pixels(0, 0, 250), .. Pixels(250, 250, 0)];
        AugmentationSheet.WritePng(_folder["sheet.png"], new ByteFeatures(pixels, [2, 2, 3]), ["original", "epoch 1"]);
        using SKBitmap sheet = SKBitmap.Decode(_folder["sheet.png"]);
        Assert.Equal((12 + 84 + 4 + 12 + 84 + 12, 12 + 18 + 84 + 4 + 84 + 12), (sheet.Width, sheet.Height));
        Assert.Equal(new SKColor(250, 0, 0), sheet.GetPixel(12, 30));
        Assert.Equal(new SKColor(0, 250, 0), sheet.GetPixel(112, 113));
        Assert.Equal(new SKColor(0, 0, 250), sheet.GetPixel(95, 118));
        Assert.Equal(new SKColor(250, 250, 0), sheet.GetPixel(195, 201));
        Assert.Equal(SKColors.White, sheet.GetPixel(104, 60));
        Assert.Contains(Enumerable.Range(112, 84), x => Enumerable.Range(12, 16).Any(y => sheet.GetPixel(x, y).Red < 128));
    }

    [Fact]
    public void Rows_that_are_not_whole_and_sheets_that_are_too_large_are_refused()
    {
        ByteFeatures images = new(new byte[3 * 784], [28, 28, 1]);
        Assert.Contains("whole rows of 2 images", Assert.Throws<ArgumentException>(() => AugmentationSheet.WritePng(_folder["a.png"], images, ["a", "b"])).Message, StringComparison.Ordinal);
        ByteFeatures many = new(new byte[1000], [1, 1, 1]);
        Assert.Contains("show fewer", Assert.Throws<ArgumentException>(() => AugmentationSheet.WritePng(_folder["a.png"], many, ["a"])).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.FileNames);
    }

    private static byte[] Pixels(byte red, byte green, byte blue) => [.. Enumerable.Repeat(new[] { red, green, blue }, 4).SelectMany(pixel => pixel)];
}
