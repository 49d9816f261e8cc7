using SkiaSharp;

namespace Nabla;

/// <summary>
/// The font of everything that is drawn: DejaVu Sans, embedded, so that pictures look the same everywhere. Skia without
/// dependencies finds no font of the system, and would leave texts out without a word.
/// </summary>
public static class PictureFont
{
    /// <summary>The font, in its regular weight.</summary>
    public static SKTypeface Typeface { get; } = Load();

    private static SKTypeface Load()
    {
        using Stream font = typeof(PictureFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(font);
    }
}
