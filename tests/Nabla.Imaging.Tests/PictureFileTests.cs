using System.Globalization;
using System.Text;
using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Imaging.Tests;

public sealed class PictureFileTests : IDisposable
{
    /// <summary>Every level from 0 to 255 somewhere.</summary>
    private static readonly byte[] Digit =
        [.. Enumerable.Range(0, 784).Select(i => i / 28 is 0 or 27 || i % 28 is 0 or 27 ? (byte)0 : (byte)(i * 37))];

    private const string Kinds = "a JPEG, PNG, WebP, BMP, GIF or PGM picture";

    private static readonly byte[] Zeros = PngBytes.Make(28, 28, 8, PngBytes.Grey, new byte[784]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_the_png_it_writes()
    {
        PictureFile.WritePng(_folder["a.png"], Digit, 28, 28);
        Assert.Equal(Digit, PictureFile.Read(_folder["a.png"]).ToGrey());
        // The header's colour type: grey of 8 bits.
        Assert.Equal([8, 0], File.ReadAllBytes(_folder["a.png"])[24..26]);
        Assert.Single(_folder.FileNames);
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
        // Black of some transparency on nothing, which is taken for white.
        { "transparency", PngBytes.Make(28, 28, 8, PngBytes.Rgba, Each(v => [0, 0, 0, (byte)(255 - v)])) },
        { "a line end behind", [.. PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit), .. "\r\n"u8] },
        { "gamma is no business of ours", PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit, PngBytes.Chunk("gAMA", PngBytes.Number(100_000))) },
        { "pgm bytes", [.. "P5\n28 28\n255\n"u8, .. Digit] },
        { "pgm bytes, a line end behind", [.. "P5\n28 28\n255\n"u8, .. Digit, (byte)'\n'] },
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
        Assert.True(Digit.AsSpan().SequenceEqual(PictureFile.Read(_folder["image"]).ToGrey()), kind);
    }

    [Fact]
    public void Reads_levels_of_one_bit_and_scales_them()
    {
        byte[] bits = new byte[28 * 4];
        bits[14 * 4 + 1] = 0b0001_0000;
        byte[] expected = new byte[784];
        expected[14 * 28 + 11] = 255;
        File.WriteAllBytes(_folder["a.png"], PngBytes.Make(28, 28, 1, PngBytes.Grey, bits));
        Assert.Equal(expected, PictureFile.Read(_folder["a.png"]).ToGrey());
        byte[] levels = [.. expected.Select(v => (byte)(v / 255))];
        File.WriteAllBytes(_folder["a.pgm"], [.. "P5 28 28 1 "u8, .. levels]);
        Assert.Equal(expected, PictureFile.Read(_folder["a.pgm"]).ToGrey());
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
        Assert.Equal([76, 150, 29], PictureFile.Read(_folder["a.png"]).ToGrey()[200..203]);
    }

    public static TheoryData<byte[], long, string> Bad() => new()
    {
        { [], -1, $"is empty, expected {Kinds}." },
        { [.. "some text"u8], -1, $"is no picture of a known kind, expected {Kinds}; save it as one of these." },
        { [.. "P6 28 28 255 "u8], -1, $"is no picture of a known kind, expected {Kinds}; save it as one of these." },
        { [.. "<svg></svg>"u8], -1, $"is no picture of a known kind, expected {Kinds}; save it as one of these." },
        { [.. "P5"u8], -1, $"is no picture of a known kind, expected {Kinds}; save it as one of these." },
        { PngBytes.Make(65_535, 65_535, 8, PngBytes.Grey, new byte[65_535]), -1, "is a picture of 65535×65535 pixels, expected at most 67108864 in all and 65535 a side; make it smaller." },
        { PngBytes.Make(4_000_000_000, 1, 8, PngBytes.Grey, new byte[8]), -1, "is a picture of 4000000000×1 pixels, expected at most 67108864 in all and 65535 a side; make it smaller." },
        { [.. "P5 999999999 999999999 255 "u8], -1, "is a picture of 999999999×999999999 pixels, expected at most 67108864 in all and 65535 a side; make it smaller." },
        { Gif(60_000, 40_000), -1, "is a picture of 60000×40000 pixels, expected at most 67108864 in all and 65535 a side; make it smaller." },
        { [0xff, 0xd8, 0xff, 0xe0], -1, "is damaged: its header cannot be read; save or copy it again." },
        { [.. "BM"u8, .. new byte[60]], -1, "is damaged: its header cannot be read; save or copy it again." },
        { [.. "RIFF1234WEBPVP8 "u8], -1, "is damaged: its header cannot be read; save or copy it again." },
        { [.. "P5 28 28 255 "u8, .. new byte[783]], 796, "ends within the pixels: found 783 bytes of them, expected 784; the file is cut short." },
        { [.. "P5 28 28 255 "u8, .. new byte[785]], 797, "1 bytes follow the last pixel, expected none." },
        { [.. "P5 28 28 254 "u8, .. new byte[700], 255, .. new byte[83]], 713, "pixel 700 is 255, expected at most 254, the greatest grey level." },
        { [.. "P5 28 28 255"u8], 12, "no white space after the greatest grey level, expected one character of it before the pixels." },
        { [.. "P5 28 28 0 "u8], 9, "the greatest grey level is 0, expected 1 to 65535." },
        { [.. "P5 28 28 65536 "u8], 9, "the greatest grey level is 65536, expected 1 to 65535." },
        { [.. "P5 0 28 255 "u8], 3, "the width is 0, expected 1 to 999999999." },
        { [.. "P5 28 -3"u8], 6, "found byte 2d where the height should be, expected a decimal number." },
        { [.. "P528 28"u8], -1, $"is no picture of a known kind, expected {Kinds}; save it as one of these." },
        { [.. "P5 9999999999 28 255 "u8], 12, "found byte 39 where the height should be, expected a decimal number." },
        { [.. "P2 28 28 255 1 2"u8], 16, "found the end of the file where pixel 2 of 784 should be, expected a decimal number." },
        { [.. "P2 28 28 255 1 256"u8], 15, "pixel 1 of 784 is 256, expected 0 to 255." },
        { Encoding.ASCII.GetBytes("P2 28 28 255" + string.Concat(Enumerable.Repeat(" 1", 785))), 1581, "1 bytes follow the last pixel, expected none." },
        { PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit)[..20], 8, "ends within a chunk: found 12 bytes, expected 25; the file is cut short or damaged." },
        { Zeros[..^12], Zeros.Length - 12, "ends within a chunk: found 0 bytes, expected 12; the file is cut short or damaged." },
        { [.. Zeros, 1], Zeros.Length, "1 bytes follow the end of the image, expected none." },
        { PngBytes.Make(28, 28, 8, PngBytes.Grey, new byte[28 * 27]), -1, "is damaged: it ends before the last of its 28×28 pixels; save or copy it again." },
        { PngBytes.Make(28, 28, 5, PngBytes.Grey, Digit), -1, "is damaged: its header cannot be read; save or copy it again." },
        { PngBytes.Make(28, 28, 8, PngBytes.Palette, Digit), -1, "is damaged: its 28×28 pixels cannot be decoded; save or copy it again." },
        { [.. PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit)[..8], .. PngBytes.Chunk("IEND", [])], 8, "the first chunk is IEND with 0 bytes, expected IHDR with 13." },
        { PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit, PngBytes.Chunk("a\nbc", [])), 37, "a chunk has the type 610a6263, expected four letters." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Names_what_is_wrong(byte[] contents, long offset, string message)
    {
        File.WriteAllBytes(_folder["image"], contents);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => PictureFile.Read(_folder["image"]).ToGrey());
        string place = offset < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", byte {offset}");
        Assert.Equal($"{_folder["image"]}{place}: {message}", error.Message);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg, 12)]
    [InlineData(SKEncodedImageFormat.Webp, 0)]
    [InlineData(SKEncodedImageFormat.Png, 0)]
    public void Reads_what_others_write(SKEncodedImageFormat kind, int tolerance)
    {
        byte[] smooth = [.. Enumerable.Range(0, 40 * 30).Select(i => (byte)(40 + 3 * (i % 40) + 2 * (i / 40)))];
        File.WriteAllBytes(_folder["a"], Encoded(smooth, 40, 30, kind));
        Picture read = PictureFile.Read(_folder["a"]);
        Assert.Equal((40, 30), (read.Width, read.Height));
        Assert.True(read.IsGrey);
        byte[] levels = read.ToGrey();
        Assert.All(Enumerable.Range(0, smooth.Length), i => Assert.InRange(levels[i] - smooth[i], -tolerance, tolerance));
    }

    [Fact]
    public void Reads_bmp_and_gif()
    {
        // 24 bits, rows from the bottom up, each filled up to four bytes: blue and green above, red and white below.
        File.WriteAllBytes(_folder["a"],
        [
            .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, .. new byte[16],
            0, 0, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0,
        ]);
        Assert.Equal([0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 255, 255, 255, 255, 255], PictureFile.Read(_folder["a"]).Pixels.ToArray());
        File.WriteAllBytes(_folder["a"], Gif(1, 1));
        Assert.Equal([255, 0, 0, 255], PictureFile.Read(_folder["a"]).Pixels.ToArray());
    }

    [Fact]
    public void Turns_photographs_as_their_exif_says()
    {
        // Bright where the picture's upper left corner is when it is upright, middle at the upper right.
        const int Width = 48, Height = 32;
        byte[] upright = new byte[Width * Height];
        for (int i = 0; i < upright.Length; i++)
        {
            upright[i] = (byte)(i / Width < Height / 2 ? i % Width < Width / 2 ? 250 : 130 : 10);
        }
        for (int orientation = 1; orientation <= 8; orientation++)
        {
            bool isTransposed = orientation >= 5;
            (int width, int height) = isTransposed ? (Height, Width) : (Width, Height);
            byte[] stored = new byte[upright.Length];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    // Where row y and column x of the file are in the upright picture: TIFF 6.0, tag 274.
                    (int toX, int toY) = orientation switch
                    {
                        1 => (x, y),
                        2 => (Width - 1 - x, y),
                        3 => (Width - 1 - x, Height - 1 - y),
                        4 => (x, Height - 1 - y),
                        5 => (y, x),
                        6 => (Width - 1 - y, x),
                        7 => (Width - 1 - y, Height - 1 - x),
                        _ => (y, Height - 1 - x),
                    };
                    stored[y * width + x] = upright[toY * Width + toX];
                }
            }
            File.WriteAllBytes(_folder["a"], WithOrientation(Encoded(stored, width, height, SKEncodedImageFormat.Jpeg), orientation));
            Picture read = PictureFile.Read(_folder["a"]);
            Assert.Equal((Width, Height), (read.Width, read.Height));
            byte[] levels = read.ToGrey();
            Assert.All(Enumerable.Range(0, upright.Length), i => Assert.True(Math.Abs(levels[i] - upright[i]) < 30, $"orientation {orientation}, pixel {i}: {levels[i]}, not {upright[i]}"));
        }
    }

    [Fact]
    public void Exif_that_leads_back_to_itself_is_passed_over()
    {
        byte[] jpeg = Encoded(Digit, 28, 28, SKEncodedImageFormat.Jpeg);
        // The directory says that the next one is at 8, where it is itself.
        byte[] looped = WithOrientation(jpeg, 1, next: 8);
        File.WriteAllBytes(_folder["a"], looped);
        Assert.Equal(28, PictureFile.Read(_folder["a"]).Width);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_picture_that_is_cut_short_is_refused(SKEncodedImageFormat kind)
    {
        byte[] whole = Encoded([.. Enumerable.Range(0, 200 * 200).Select(i => (byte)(i * 7919 >> 3))], 200, 200, kind);
        foreach (double share in new[] { 0.5, 0.75, 0.95 })
        {
            File.WriteAllBytes(_folder["a"], whole[..(int)(share * whole.Length)]);
            string message = Assert.Throws<MalformedFileException>(() => PictureFile.Read(_folder["a"])).Message;
            Assert.StartsWith($"{_folder["a"]}: is damaged: it", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_an_IOException()
    {
        Assert.Equal($"{_folder["none.png"]}: there is no such file; check the path.",
            Assert.Throws<FileNotFoundException>(() => PictureFile.Read(_folder["none.png"])).Message);
        Assert.Throws<IOException>(() => PictureFile.Read(_folder.FullName));
    }

    [Fact]
    public void Writer_refuses_sizes_that_do_not_fit()
    {
        Assert.Throws<ArgumentException>(() => PictureFile.WritePng(_folder["a"], Digit, 28, 27));
        Assert.Throws<ArgumentException>(() => PictureFile.WritePng(_folder["a"], [], 0, 0));
        Assert.Throws<ArgumentException>(() => PictureFile.WritePng(_folder["a"], Digit, -28, -28));
        Assert.Empty(_folder.FileNames);
    }

    public static TheoryData<string, byte[]> Damageable() => new()
    {
        { "png", PngBytes.Make(28, 28, 8, PngBytes.Grey, Digit) },
        { "png with alpha", PngBytes.Make(28, 28, 16, PngBytes.Rgba, Each(v => [v, 1, v, 2, v, 3, 255, v])) },
        { "pgm bytes", [.. "P5\n# comment\n28 28\n255\n"u8, .. Digit] },
        { "pgm numbers", Encoding.ASCII.GetBytes("P2\n28 28 255\n" + string.Join(' ', Digit)) },
        { "jpeg", WithOrientation(Encoded(Digit, 28, 28, SKEncodedImageFormat.Jpeg), 6) },
        { "webp", Encoded(Digit, 28, 28, SKEncodedImageFormat.Webp) },
        { "gif", Gif(1, 1) },
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
                Picture read = PictureFile.Read(_folder["image"]);
                Assert.Equal(read.Width * read.Height, read.ToGrey().Length);
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        // Check sums see every change of a PNG file; others have none, but show where they are cut.
        Assert.True(kind.StartsWith("png", StringComparison.Ordinal) ? refused >= 2_499 : refused > 800, $"{refused} of 2500 were refused.");
    }

    private static byte[] Each(Func<byte, byte[]> samples) => [.. Digit.SelectMany(samples)];

    private static byte[] Encoded(byte[] levels, int width, int height, SKEncodedImageFormat kind)
    {
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), levels, width);
        using SKData data = image.Encode(kind, 100);
        return data.ToArray();
    }

    /// <summary>A red picture of one pixel, which claims to be of that size.</summary>
    private static byte[] Gif(ushort width, ushort height) =>
    [
        .. "GIF89a"u8, .. Little(width), .. Little(height), 0x80, 0, 0, 255, 0, 0, 0, 0, 255,
        0x2c, 0, 0, 0, 0, .. Little(width), .. Little(height), 0, 2, 2, 0x44, 1, 0, 0x3b,
    ];

    private static byte[] Little(ushort value) => [(byte)value, (byte)(value >> 8)];

    /// <summary>A JPEG file with an EXIF directory of one entry: tag 274, orientation.</summary>
    private static byte[] WithOrientation(byte[] jpeg, int orientation, byte next = 0)
    {
        byte[] exif = [.. "Exif"u8, 0, 0, .. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, next];
        return [.. jpeg[..2], 0xff, 0xe1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }
}
