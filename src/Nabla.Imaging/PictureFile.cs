using Nabla.IO;
using SkiaSharp;

namespace Nabla;

/// <summary>Pictures of any kind that people have, from files: JPEG, PNG, WebP, BMP, GIF (its first picture) and PGM.</summary>
public static class PictureFile
{
    /// <summary>Greatest number of pixels of a picture that is read: 64 Mi, more than cameras of telephones make.</summary>
    public const int MaxPixels = 64 << 20;

    /// <summary>Greatest height and width of a picture that is read, in pixels: 65,535.</summary>
    public const int MaxSide = 65_535;

    /// <summary>Greatest height and width that <see cref="WritePng"/> writes, in pixels: 16,384.</summary>
    public const int MaxWrittenSide = 16_384;

    /// <summary>Greatest length of a file that is read: 256 MiB.</summary>
    private const int MaxLength = 256 << 20;

    /// <summary>The kinds of files, for errors.</summary>
    internal const string Known = "a JPEG, PNG, WebP, BMP, GIF or PGM picture";

    /// <summary>
    /// Reads a picture, whose kind is recognised by content, never by name. A photograph is turned as its EXIF orientation says. Levels are those in the file: colour profiles and gamma are
    /// passed over.
    /// </summary>
    /// <param name="path">The file, at most 256 MiB.</param>
    /// <returns>At most <see cref="MaxPixels"/> pixels.</returns>
    /// <exception cref="MalformedFileException">The file is no picture of these kinds, is damaged or cut short, or too large.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Picture Read(string path)
    {
        using FileStream file = InputFile.Open(path);
        if (file.Length > MaxLength)
        {
            throw new MalformedFileException(path, $"has {file.Length} bytes, expected at most {MaxLength} for a picture; save it smaller.");
        }
        byte[] contents = new byte[file.Length];
        file.ReadExactly(contents);
        return Read(contents, path);
    }

    /// <summary>Reads a picture from the bytes of its file, as <see cref="Read(string)"/> does.</summary>
    /// <param name="contents">The whole file.</param>
    /// <param name="name">What errors call it.</param>
    /// <returns>At most <see cref="MaxPixels"/> pixels.</returns>
    /// <exception cref="MalformedFileException">It is no picture of these kinds, is damaged or cut short, or has too many pixels.</exception>
    public static Picture Read(byte[] contents, string name)
    {
        if (contents.AsSpan().StartsWith(PngFile.Signature))
        {
            PngFile png = new(name, contents);
            CheckSize(name, png.Width, png.Height);
            return Decode(name, png.KeepPixelChunks());
        }
        if (IsPgm(contents))
        {
            PgmFile pgm = new(name, contents);
            CheckSize(name, pgm.Width, pgm.Height);
            return Picture.FromGrey(pgm.ReadGrey(), pgm.Width, pgm.Height);
        }
        if (IsOfSkia(contents))
        {
            return Decode(name, contents);
        }
        throw new MalformedFileException(name, contents.Length == 0
            ? $"is empty, expected {Known}."
            : $"is no picture of a known kind, expected {Known}; save it as one of these.");
    }

    /// <summary>Writes grey levels as they are into a PNG file of 8 bits a pixel.</summary>
    /// <param name="path">The file to make or replace, all at once.</param>
    /// <param name="pixels">[height, width], row by row, 0 for black to 255 for white.</param>
    /// <param name="width">1 to <see cref="MaxWrittenSide"/> pixels.</param>
    /// <param name="height">1 to <see cref="MaxWrittenSide"/> pixels.</param>
    /// <exception cref="ArgumentException">The size is out of its range, or is not that of the pixels.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void WritePng(string path, ReadOnlySpan<byte> pixels, int width, int height)
    {
        if (width is < 1 or > MaxWrittenSide || height is < 1 or > MaxWrittenSide || pixels.Length != width * height)
        {
            throw new ArgumentException($"{pixels.Length} pixels do not make an image of {width}×{height}; expected width × height, each 1 to {MaxWrittenSide}.", nameof(pixels));
        }
        using SKImage image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), pixels, width);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    /// <summary>Whether what follows a picture is nothing, or the end of a line, with which programs end a file that they take for text.</summary>
    internal static bool IsEnd(ReadOnlySpan<byte> rest) => rest is [] or [(byte)'\n'] or [(byte)'\r', (byte)'\n'];

    private static bool IsPgm(ReadOnlySpan<byte> start) => start is [(byte)'P', (byte)'2' or (byte)'5', (byte)' ' or (byte)'#' or (>= 9 and <= 13), ..];

    /// <summary>Whether Skia is asked: it knows more kinds, which nobody asked for.</summary>
    private static bool IsOfSkia(ReadOnlySpan<byte> start) =>
        start is [0xff, 0xd8, 0xff, ..] or [(byte)'B', (byte)'M', ..]
        || start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8)
        || (start.StartsWith("RIFF"u8) && start.Length >= 12 && start[8..12].SequenceEqual("WEBP"u8));

    private static Picture Decode(string path, byte[] contents)
    {
        using SKData data = SKData.CreateCopy(contents);
        using SKCodec codec = SKCodec.Create(data) ?? throw Damaged(path, "its header cannot be read");
        CheckSize(path, codec.Info.Width, codec.Info.Height);
        // No colour space: the levels are to be those in the file.
        SKImageInfo info = new(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        SKCodecResult result = codec.GetPixels(info, out byte[] pixels);
        if (result != SKCodecResult.Success)
        {
            throw Damaged(path, result == SKCodecResult.IncompleteInput ? $"it ends before the last of its {info.Width}×{info.Height} pixels" : $"its {info.Width}×{info.Height} pixels cannot be decoded");
        }
        return Turn(new Picture(pixels, info.Width, info.Height), codec.EncodedOrigin);
    }

    private static void CheckSize(string path, long width, long height)
    {
        if (width is < 1 or > MaxSide || height is < 1 or > MaxSide || width * height > MaxPixels)
        {
            throw new MalformedFileException(path, $"is a picture of {width}×{height} pixels, expected at most {MaxPixels} in all and {MaxSide} a side; make it smaller.");
        }
    }

    private static MalformedFileException Damaged(string path, string found) => new(path, $"is damaged: {found}; save or copy it again.");

    /// <summary>The picture upright: EXIF says which corner of it the file begins with.</summary>
    private static Picture Turn(Picture picture, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default)
        {
            return picture;
        }
        // Those from 5 on have rows and columns exchanged.
        bool isTransposed = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        bool fromRight = origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        bool fromBottom = origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom;
        (int width, int height) = isTransposed ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        byte[] pixels = new byte[picture.Pixels.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int fromX, int fromY) = isTransposed ? (y, x) : (x, y);
                fromX = fromRight ? picture.Width - 1 - fromX : fromX;
                fromY = fromBottom ? picture.Height - 1 - fromY : fromY;
                picture.Pixels.Slice((fromY * picture.Width + fromX) * Picture.Channels, Picture.Channels).CopyTo(pixels.AsSpan((y * width + x) * Picture.Channels));
            }
        }
        return new Picture(pixels, width, height);
    }
}
