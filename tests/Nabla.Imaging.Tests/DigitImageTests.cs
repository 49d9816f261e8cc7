using System.Globalization;
using System.Text;
using Nabla.Tests;

namespace Nabla.Imaging.Tests;

public sealed class DigitImageTests : IDisposable
{
    /// <summary>Every level from 0 to 255 somewhere, with a dark border.</summary>
    private static readonly byte[] Digit =
        [.. Enumerable.Range(0, 784).Select(i => i / 28 is 0 or 27 || i % 28 is 0 or 27 ? (byte)0 : (byte)(i * 37))];

    private static readonly byte[] Inverted = [.. Digit.Select(v => (byte)(255 - v))];

    private static readonly byte[] Zeros = PngBytes.Make(28, 28, 8, PngBytes.Grey, new byte[784]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_the_png_it_writes_and_inverts_dark_on_light()
    {
        DigitImage.WritePng(_folder["light.png"], Digit, 28, 28);
        DigitImage.WritePng(_folder["dark.png"], Inverted, 28, 28);
        Assert.Equal(Digit, DigitImage.Read(_folder["light.png"]));
        Assert.Equal(Digit, DigitImage.Read(_folder["dark.png"]));
        // The header's colour type: grey of 8 bits.
        Assert.Equal([8, 0], File.ReadAllBytes(_folder["light.png"])[24..26]);
        Assert.Equal(2, _folder.FileNames.Length);
    }

    public static TheoryData<string, byte[]> SameDigit() => new()
    {
        { "grey 8", PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit) },
        { "grey 16", PngBytes.Make(28, 28, 16, PngBytes.Grey, Each(v => [v, v])) },
        { "grey alpha 8", PngBytes.Make(28, 28, 8, PngBytes.GreyAlpha, Each(v => [v, 255])) },
        { "rgb 8", PngBytes.Make(28, 28, 8, PngBytes.Rgb, Each(v => [v, v, v])) },
        { "rgb 16", PngBytes.Make(28, 28, 16, PngBytes.Rgb, Each(v => [v, v, v, v, v, v])) },
        { "rgba 8", PngBytes.Make(28, 28, 8, PngBytes.Rgba, Each(v => [v, v, v, 255])) },
        { "rgba 16", PngBytes.Make(28, 28, 16, PngBytes.Rgba, Each(v => [v, v, v, v, v, v, 255, 255])) },
        { "palette", PngBytes.Make(28, 28, 8, PngBytes.Palette, Digit, PngBytes.Chunk("PLTE", [.. Enumerable.Range(0, 256).SelectMany(v => new byte[] { (byte)v, (byte)v, (byte)v })])) },
        // Black ink of some transparency on nothing: what a drawing program saves.
        { "ink on transparency", PngBytes.Make(28, 28, 8, PngBytes.Rgba, Each(v => [0, 0, 0, v])) },
        { "gamma is no business of ours", PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit, PngBytes.Chunk("gAMA", PngBytes.Number(100_000))) },
        { "pgm bytes", [.. "P5\n28 28\n255\n"u8, .. Digit] },
        { "pgm bytes, comments", [.. "P5# 1 2 3\r# more\n 28 # wide\n\t28\n#\n255\n"u8, .. Digit] },
        { "pgm words", [.. "P5 28 28 65535 "u8, .. Each(v => [v, v])] },
        { "pgm numbers", Encoding.ASCII.GetBytes("P2\n28 28 255\n# pixels\n" + string.Join(" #c\n", Digit) + "\n# end") },
        { "pgm numbers to 510", Encoding.ASCII.GetBytes("P2 28 28 510 " + string.Join('\n', Digit.Select(v => 2 * v))) },
    };

    [Theory]
    [MemberData(nameof(SameDigit))]
    public void Reads_every_kind_of_file_alike(string kind, byte[] contents)
    {
        File.WriteAllBytes(_folder["image"], contents);
        Assert.True(Digit.AsSpan().SequenceEqual(DigitImage.Read(_folder["image"])), kind);
    }

    [Fact]
    public void Reads_levels_of_one_bit_and_scales_them()
    {
        byte[] bits = new byte[28 * 4];
        bits[14 * 4 + 1] = 0b0001_0000;
        byte[] expected = new byte[784];
        expected[14 * 28 + 11] = 255;
        File.WriteAllBytes(_folder["a.png"], PngBytes.Make(28, 28, 1, PngBytes.Grey, bits));
        Assert.Equal(expected, DigitImage.Read(_folder["a.png"]));
        byte[] levels = [.. expected.Select(v => (byte)(v / 255))];
        File.WriteAllBytes(_folder["a.pgm"], [.. "P5 28 28 1 "u8, .. levels]);
        Assert.Equal(expected, DigitImage.Read(_folder["a.pgm"]));
    }

    [Fact]
    public void Colours_have_the_weights_of_luma()
    {
        byte[] colours = new byte[784 * 3];
        (byte Red, byte Green, byte Blue)[] some = [(255, 0, 0), (0, 255, 0), (0, 0, 255)];
        for (int i = 0; i < some.Length; i++)
        {
            (colours[3 * (200 + i)], colours[3 * (200 + i) + 1], colours[3 * (200 + i) + 2]) = some[i];
        }
        File.WriteAllBytes(_folder["a.png"], PngBytes.Make(28, 28, 8, PngBytes.Rgb, colours));
        Assert.Equal([76, 150, 29], DigitImage.Read(_folder["a.png"])[200..203]);
    }

    public static TheoryData<byte[], long, string> Bad() => new()
    {
        { [], 0, "is empty, expected a PNG (89504e47…) or PGM (P2 or P5) image; convert it to PNG." },
        { [0xff, 0xd8, 0xff, 0xe0], 0, "begins with ffd8ffe0, expected a PNG (89504e47…) or PGM (P2 or P5) image; convert it to PNG." },
        { [.. "P6 28 28 255 "u8], 0, "begins with 5036203238203238, expected a PNG (89504e47…) or PGM (P2 or P5) image; convert it to PNG." },
        { PngBytes.Make(4, 2, 8, PngBytes.Grey, new byte[8]), -1, "is an image of 4×2 pixels, expected 28×28; crop it to one digit and scale it." },
        { PngBytes.Make(4_000_000_000, 1, 8, PngBytes.Grey, new byte[8]), -1, "is an image of 4000000000×1 pixels, expected 28×28; crop it to one digit and scale it." },
        { [.. "P5 999999999 999999999 255 "u8], -1, "is an image of 999999999×999999999 pixels, expected 28×28; crop it to one digit and scale it." },
        { [.. "P5 28 28 255 "u8, .. new byte[783]], 796, "ends within the pixels: found 783 bytes of them, expected 784; the file is cut short." },
        { [.. "P5 28 28 255 "u8, .. new byte[785]], 797, "1 bytes follow the last pixel, expected none." },
        { [.. "P5 28 28 254 "u8, .. new byte[700], 255, .. new byte[83]], 713, "pixel 700 is 255, expected at most 254, the greatest grey level." },
        { [.. "P5 28 28 255"u8], 12, "no white space after the greatest grey level, expected one character of it before the pixels." },
        { [.. "P5 28 28 0 "u8], 9, "the greatest grey level is 0, expected 1 to 65535." },
        { [.. "P5 28 28 65536 "u8], 9, "the greatest grey level is 65536, expected 1 to 65535." },
        { [.. "P5 0 28 255 "u8], 3, "the width is 0, expected 1 to 999999999." },
        { [.. "P5 28 -3"u8], 6, "found byte 2d where the height should be, expected a decimal number." },
        { [.. "P528 28"u8], 2, "found byte 32 where the width should be, expected a decimal number." },
        { [.. "P5 9999999999 28 255 "u8], 12, "found byte 39 where the height should be, expected a decimal number." },
        { [.. "P2 28 28 255 1 2"u8], 16, "found the end of the file where pixel 2 of 784 should be, expected a decimal number." },
        { [.. "P2 28 28 255 1 256"u8], 15, "pixel 1 of 784 is 256, expected 0 to 255." },
        { Encoding.ASCII.GetBytes("P2 28 28 255" + string.Concat(Enumerable.Repeat(" 1", 785))), 1581, "1 bytes follow the last pixel, expected none." },
        { PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit)[..20], 8, "ends within a chunk: found 12 bytes, expected 25; the file is cut short or damaged." },
        { Zeros[..^12], Zeros.Length - 12, "ends within a chunk: found 0 bytes, expected 12; the file is cut short or damaged." },
        { [.. Zeros, 1], Zeros.Length, "1 bytes follow the end of the image, expected none." },
        { PngBytes.Make(28, 28, 8, PngBytes.Grey, new byte[28 * 27]), -1, "the pixels cannot be decoded, expected intact PNG data of 28×28 pixels; save the image again." },
        { PngBytes.Make(28, 28, 5, PngBytes.Grey, Digit), -1, "the pixels cannot be decoded, expected intact PNG data of 28×28 pixels; save the image again." },
        { PngBytes.Make(28, 28, 8, PngBytes.Palette, Digit), -1, "the pixels cannot be decoded, expected intact PNG data of 28×28 pixels; save the image again." },
        { [.. PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit)[..8], .. PngBytes.Chunk("IEND", [])], 8, "the first chunk is IEND with 0 bytes, expected IHDR with 13." },
        { PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit, PngBytes.Chunk("a\nbc", [])), 37, "a chunk has the type 610a6263, expected four letters." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Names_what_is_wrong(byte[] contents, long offset, string message)
    {
        File.WriteAllBytes(_folder["image"], contents);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => DigitImage.Read(_folder["image"]));
        string place = offset < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", byte {offset}");
        Assert.Equal($"{_folder["image"]}{place}: {message}", error.Message);
    }

    [Fact]
    public void Refuses_a_file_with_megabytes_beside_the_pixels()
    {
        File.WriteAllBytes(_folder["a.png"], PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit, PngBytes.Chunk("tEXt", new byte[5 << 20])));
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => DigitImage.Read(_folder["a.png"]));
        Assert.Contains("expected at most 4194304 for one image", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_an_IOException()
    {
        Assert.Equal($"{_folder["none.png"]}: there is no such file; check the path.",
            Assert.Throws<FileNotFoundException>(() => DigitImage.Read(_folder["none.png"])).Message);
        Assert.Throws<IOException>(() => DigitImage.Read(_folder.FullName));
    }

    [Fact]
    public void Writer_refuses_sizes_that_do_not_fit()
    {
        Assert.Throws<ArgumentException>(() => DigitImage.WritePng(_folder["a"], Digit, 28, 27));
        Assert.Throws<ArgumentException>(() => DigitImage.WritePng(_folder["a"], [], 0, 0));
        Assert.Throws<ArgumentException>(() => DigitImage.WritePng(_folder["a"], Digit, -28, -28));
        Assert.Empty(_folder.FileNames);
    }

    public static TheoryData<string, byte[]> Damageable() => new()
    {
        { "png", PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit) },
        { "png with alpha", PngBytes.Make(28, 28, 16, PngBytes.Rgba, Each(v => [v, 1, v, 2, v, 3, 255, v])) },
        { "pgm bytes", [.. "P5\n# comment\n28 28\n255\n"u8, .. Digit] },
        { "pgm numbers", Encoding.ASCII.GetBytes("P2\n28 28 255\n" + string.Join(' ', Digit)) },
    };

    [Theory]
    [MemberData(nameof(Damageable))]
    public void Cuts_and_flips_give_an_image_or_the_documented_exception(string kind, byte[] contents)
    {
        NumPyRandom random = new((uint)contents.Length);
        int refused = 0;
        for (int i = 0; i < 2_500; i++)
        {
            File.WriteAllBytes(_folder["image"], Damage.CutOrFlip(contents, random));
            try
            {
                Assert.Equal(784, DigitImage.Read(_folder["image"]).Length);
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        // Check sums see every change of a PNG file; a PGM file has none, but says how many pixels there are.
        Assert.True(kind.StartsWith("png", StringComparison.Ordinal) ? refused >= 2_499 : refused > 1_000, $"{refused} of 2500 were refused.");
    }

    private static byte[] Each(Func<byte, byte[]> samples) => [.. Digit.SelectMany(samples)];
}
