using ScottPlot;
using SkiaSharp;

namespace Nabla.Cli.Plotting;

/// <summary>Gives ScottPlot the embedded font, whatever font it asks for.</summary>
internal sealed class PictureFontResolver : IFontResolver
{
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => PictureFont.Typeface;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => PictureFont.Typeface;
}
