namespace Nabla;

/// <summary>
/// A picture as a decoder gives it: rows of pixels, each red, green, blue and alpha, a byte each; not premultiplied, in the picture's own colour space. Files become pictures with
/// <c>PictureFile</c> of Nabla.Imaging; in a browser, the canvas gives such bytes.
/// </summary>
public sealed class Picture
{
    /// <summary>Bytes of a pixel: red, green, blue, alpha.</summary>
    public const int Channels = 4;

    private readonly byte[] _pixels;

    /// <param name="pixels">[height, width, 4], row by row; not copied.</param>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <exception cref="ArgumentException">The pixels are not as many as the size says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width or height is below 1.</exception>
    public Picture(byte[] pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)width * height * Channels)
        {
            throw new ArgumentException($"{pixels.Length} bytes do not make a picture of {width}×{height}, expected {(long)width * height * Channels}: red, green, blue and alpha of each pixel.", nameof(pixels));
        }
        (_pixels, Width, Height) = (pixels, width, height);
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>[height, width, 4]: red, green, blue and alpha of each pixel, row by row.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Whether no pixel has a colour: red, green and blue are alike everywhere, but for what JPEG does to grey.</summary>
    public bool IsGrey
    {
        get
        {
            // JPEG keeps colours apart from grey and rounds each.
            const int Tolerance = 3;
            for (int i = 0; i < _pixels.Length; i += Channels)
            {
                int red = _pixels[i], green = _pixels[i + 1], blue = _pixels[i + 2];
                if (_pixels[i + 3] != 0 && (Math.Abs(red - green) > Tolerance || Math.Abs(green - blue) > Tolerance))
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>A picture of grey levels.</summary>
    /// <param name="levels">[height, width], row by row, 0 for black to 255 for white.</param>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <exception cref="ArgumentException">The levels are not as many as the size says.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The width or height is below 1.</exception>
    public static Picture FromGrey(ReadOnlySpan<byte> levels, int width, int height)
    {
        if (levels.Length != (long)width * height)
        {
            throw new ArgumentException($"{levels.Length} levels do not make a picture of {width}×{height}.", nameof(levels));
        }
        byte[] pixels = new byte[checked(levels.Length * Channels)];
        for (int i = 0; i < levels.Length; i++)
        {
            pixels.AsSpan(Channels * i, Channels - 1).Fill(levels[i]);
            pixels[Channels * i + 3] = 255;
        }
        return new Picture(pixels, width, height);
    }

    /// <summary>Red, green and blue as the grey that is as bright, by the weights of ITU-R BT.601.</summary>
    public static byte Luma(byte red, byte green, byte blue) => (byte)((299 * red + 587 * green + 114 * blue + 500) / 1000);

    /// <summary>Its grey levels, [height, width], 0 for black to 255 for white: colours by the weights of ITU-R BT.601, transparency laid on white.</summary>
    public byte[] ToGrey()
    {
        byte[] levels = new byte[_pixels.Length / Channels];
        for (int i = 0; i < levels.Length; i++)
        {
            ReadOnlySpan<byte> colour = _pixels.AsSpan(Channels * i, Channels);
            levels[i] = (byte)OnWhite(Luma(colour[0], colour[1], colour[2]), colour[3]);
        }
        return levels;
    }

    /// <summary>Its colours, [height, width, 3]: red, green and blue of each pixel, transparency laid on white.</summary>
    public byte[] ToRgb()
    {
        byte[] colours = new byte[_pixels.Length / Channels * 3];
        for (int i = 0, to = 0; i < _pixels.Length; i += Channels)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                colours[to++] = (byte)OnWhite(_pixels[i + channel], _pixels[i + 3]);
            }
        }
        return colours;
    }

    private static int OnWhite(int level, int alpha) => (level * alpha + 255 * (255 - alpha) + 127) / 255;
}

/// <summary>A part of a picture, in its pixels.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PictureBox(int Left, int Top, int Width, int Height);
