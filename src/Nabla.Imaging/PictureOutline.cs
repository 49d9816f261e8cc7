namespace Nabla;

/// <summary>What has to be known of a picture of a folder before it is clear what all of them become, and its levels as long as there is room.</summary>
internal sealed class PictureOutline
{
    private byte[]? _levels;
    private Picture? _picture;

    private PictureOutline(Picture picture)
    {
        (Height, Width, IsGrey) = (picture.Height, picture.Width, picture.IsGrey);
        ReadOnlySpan<byte> pixels = picture.Pixels;
        long light = 0, weight = 0;
        for (int i = 0; i < pixels.Length; i += Picture.Channels)
        {
            int alpha = pixels[i + 3];
            IsTransparent |= alpha < byte.MaxValue / 2;
            light += Picture.Luma(pixels[i], pixels[i + 1], pixels[i + 2]) * alpha;
            weight += alpha;
        }
        HasLightInk = weight > 0 && 2 * light > byte.MaxValue * weight;
        if (IsTransparent)
        {
            _picture = picture;
        }
        else
        {
            _levels = IsGrey ? picture.ToGrey() : picture.ToRgb();
        }
    }

    public int Height { get; }

    public int Width { get; }

    public bool IsGrey { get; }

    /// <summary>Whether parts of it show what is behind.</summary>
    public bool IsTransparent { get; }

    /// <summary>Whether what can be seen of it is light.</summary>
    public bool HasLightInk { get; }

    /// <summary>Bytes that are kept.</summary>
    public long Length => _picture?.Pixels.Length ?? _levels?.Length ?? 0;

    public static PictureOutline Of(Picture picture) => new(picture);

    /// <summary>Lets go of the levels.</summary>
    public void Drop() => (_levels, _picture) = (null, null);

    /// <summary>[height, width, channels], row by row.</summary>
    /// <param name="channels">1 or 3.</param>
    /// <param name="onBlack">Whether transparency is laid on black instead of white.</param>
    /// <param name="read">Reads the picture again.</param>
    public byte[] LevelsOf(int channels, bool onBlack, Func<Picture> read)
    {
        if (_levels is null && _picture is null)
        {
            _picture = read();
        }
        if (_picture is { } picture)
        {
            picture = onBlack && IsTransparent ? OnBlack(picture) : picture;
            return channels == 1 ? picture.ToGrey() : picture.ToRgb();
        }
        return (channels, IsGrey) switch
        {
            (1, true) or (3, false) => _levels!,
            (1, false) => Grey(_levels!),
            _ => [.. _levels!.SelectMany(level => (byte[])[level, level, level])],
        };
    }

    private static byte[] Grey(byte[] colours)
    {
        byte[] levels = new byte[colours.Length / 3];
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = Picture.Luma(colours[3 * i], colours[3 * i + 1], colours[3 * i + 2]);
        }
        return levels;
    }

    private static Picture OnBlack(Picture picture)
    {
        byte[] pixels = picture.Pixels.ToArray();
        for (int i = 0; i < pixels.Length; i += Picture.Channels)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                pixels[i + channel] = (byte)((pixels[i + channel] * pixels[i + 3] + byte.MaxValue / 2) / byte.MaxValue);
            }
            pixels[i + 3] = byte.MaxValue;
        }
        return new Picture(pixels, picture.Width, picture.Height);
    }
}
