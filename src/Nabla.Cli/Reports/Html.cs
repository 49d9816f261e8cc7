using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Nabla.Cli.Display;

namespace Nabla.Cli.Reports;

/// <summary>
/// Markup, HTML or SVG, written as an interpolated string: <c>Html.Of($"&lt;td&gt;{name}&lt;/td&gt;")</c>. What stands in the braces is escaped unless it is markup
/// itself, so that no name from a model or a file becomes part of the page; numbers are written as in every culture alike.
/// </summary>
internal readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing.</summary>
    public static Html Empty => default;

    public static Html Of(Interpolation text) => new(text.ToMarkup());

    /// <summary>Pieces one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece._markup)));

    /// <summary>Text as one line, escaped.</summary>
    public static Html Text(string text) => new(WebUtility.HtmlEncode(PlainText.Of(text)));

    /// <summary>Text of several lines, escaped.</summary>
    public static Html Lines(string text) => new(string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => Text(line)._markup)));

    /// <summary>Markup that the program itself has, such as its style sheet.</summary>
    public static Html Trusted(string markup) => new(markup);

    /// <summary>Text is markup once it is escaped.</summary>
    public static implicit operator Html(string text) => Text(text);

    public override string ToString() => _markup ?? "";

    /// <summary>What the compiler turns <c>$"…"</c> into.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Interpolation
    {
        private readonly StringBuilder _markup;

        public Interpolation(int literalLength, int formattedCount) => _markup = new StringBuilder(literalLength + 16 * formattedCount);

        public void AppendLiteral(string literal) => _markup.Append(literal);

        public void AppendFormatted(Html markup) => _markup.Append(markup.ToString());

        public void AppendFormatted(IEnumerable<Html> pieces) => _markup.Append(Join(pieces).ToString());

        public void AppendFormatted(string? text) => _markup.Append(Text(text ?? "").ToString());

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

        public string ToMarkup() => _markup.ToString();
    }
}
