using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Imaging.Tests;

public sealed class PredictionSheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_keep_their_colours_and_only_mistakes_have_a_frame()
    {
        // Red, green and blue of 2×2; 70 pixels each on the sheet.
        byte[] pixels = [.. Pixels(250, 0, 0), .. Pixels(0, 250, 0), .. Pixels(0, 0, 250)];
        ByteFeatures images = new(pixels, [2, 2, 3]);
        PredictionSheet.WritePng(_folder["sheet.png"], images, [("one", "a"), ("two", "b"), ("three", "c")], [false, true, false]);

        using SKBitmap sheet = SKBitmap.Decode(_folder["sheet.png"]);
        Assert.Equal(PredictionSheet.SizeOf(3, [2, 2, 3]), (sheet.Width, sheet.Height));
        Assert.Equal(new SKColor(250, 0, 0), sheet.GetPixel(80, 80));
        Assert.Equal(new SKColor(0, 250, 0), sheet.GetPixel(152 + 80, 80));
        Assert.Equal(new SKColor(0, 0, 250), sheet.GetPixel(80, 188 + 80));
        Assert.Equal(SKColors.White, sheet.GetPixel(10, 80));
        Assert.NotEqual(SKColors.White, sheet.GetPixel(152 + 10, 80));
    }

    [Fact]
    public void Both_lines_are_written_and_long_ones_stay_within_their_tile()
    {
        PredictionSheet.WritePng(_folder["sheet.png"], new ByteFeatures(new byte[2 * 28 * 28], [28, 28, 1]), [(new string('W', 100), "✗"), ("", "")], [false, false]);
        using SKBitmap sheet = SKBitmap.Decode(_folder["sheet.png"]);
        Assert.True(HasInk(sheet, 12, 12 + 140 + 3, 140, 17));
        Assert.True(HasInk(sheet, 12, 12 + 140 + 21, 140, 17));
        Assert.False(HasInk(sheet, 152, 12 + 140 + 3, 150, 37), "the second tile has no caption");
    }

    [Fact]
    public void Floats_are_stretched_and_flat_samples_take_the_shape_of_the_network()
    {
        ByteFeatures images = SampleImages.Of(new FloatFeatures([-1, 0, 1, float.NaN, 7, 7, 7, 7], [4]), [2, 2]);
        Assert.Equal([2, 2, 1], images.SampleShape);
        Assert.Equal([0, 128, 255, 0, 0, 0, 0, 0], images.Values.ToArray());
    }

    [Fact]
    public void What_is_no_image_or_too_many_is_refused()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => SampleImages.Of(new FloatFeatures(new float[8], [4]), [4]));
        Assert.Contains("samples of 4 for a network that takes 4 cannot be shown", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SampleImages.Of(new ByteFeatures(new byte[8], [2, 2, 2]), [8]));
        Assert.Throws<ArgumentException>(() => PredictionSheet.SizeOf(60_000, [28, 28, 1]));
    }

    private static byte[] Pixels(byte red, byte green, byte blue) => [.. Enumerable.Repeat(new[] { red, green, blue }, 4).SelectMany(pixel => pixel)];

    private static bool HasInk(SKBitmap sheet, int left, int top, int width, int height) =>
        Enumerable.Range(0, width * height).Any(i => sheet.GetPixel(Math.Min(left + i % width, sheet.Width - 1), top + i / width).Red < 128);
}
