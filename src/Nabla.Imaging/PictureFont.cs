using SkiaSharp;

namespace Nabla;

/// <summary>
/// The font of all pictures, DejaVu Sans, which comes with the library: pictures then look the same everywhere, also on
/// machines without fonts.
/// </summary>
internal static class PictureFont
{
    private static readonly Lazy<SKTypeface> Loaded = new(() =>
    {
        using Stream font = typeof(PictureFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(font);
    });

    public static SKTypeface Typeface => Loaded.Value;
}
