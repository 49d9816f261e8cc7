using System.Globalization;
using System.Text;

namespace Nabla.Cli.Display;

/// <summary>
/// Standard output and error for text. Names and descriptions in it may come from a model, a recipe or a file name of
/// somebody else's, so nothing in it is a command to the terminal: control characters are shown, not sent.
/// </summary>
internal static class PlainText
{
    /// <summary>Standard output.</summary>
    public static TextWriter Out { get; } = new PlainTextWriter(isError: false);

    /// <summary>Standard error.</summary>
    public static TextWriter Error { get; } = new PlainTextWriter(isError: true);

    /// <summary>One line of text that a terminal prints as it is: control characters, line ends and what turns the direction of text as their codes, <c>\u001b</c>.</summary>
    public static string Of(string text) => Of(text, keepsLines: false);

    private static string Of(ReadOnlySpan<char> text, bool keepsLines)
    {
        StringBuilder? plain = null;
        for (int i = 0; i < text.Length; i++)
        {
            bool isHarmless = (keepsLines && text[i] is '\n' or '\r') || IsHarmless(text[i]);
            if (!isHarmless)
            {
                plain ??= new StringBuilder().Append(text[..i]);
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
            else
            {
                plain?.Append(text[i]);
            }
        }
        return plain?.ToString() ?? text.ToString();
    }

    private static bool IsHarmless(char character) => char.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Writes text to another writer, and says which if that fails.</summary>
    internal sealed class PlainTextWriter(bool isError) : TextWriter(CultureInfo.InvariantCulture)
    {
        /// <summary>For displays that move the cursor, and make sure themselves of what they print.</summary>
        public TextWriter Inner => isError ? Console.Error : Console.Out;

        public override Encoding Encoding => Inner.Encoding;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void WriteLine(string? value) => Write(value + NewLine);

        public override void Write(ReadOnlySpan<char> buffer) => Inner.Write(Of(buffer, keepsLines: true));
    }

    /// <summary>Has whatever writes to the console say what failed, where that is closed or its disk full.</summary>
    public static void GuardConsole()
    {
        Console.SetOut(new GuardedWriter(Console.Out, "standard output"));
        Console.SetError(new GuardedWriter(Console.Error, "standard error"));
    }

    private sealed class GuardedWriter(TextWriter inner, string name) : TextWriter(CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => Write([value]);

        public override void Write(string? value) => Write(value.AsSpan());

        public override void WriteLine(string? value) => Write(value + NewLine);

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(ReadOnlySpan<char> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                string reason = exception is UnauthorizedAccessException ? "it is closed" : exception.Message.TrimEnd('.');
                throw new IOException($"{name} cannot be written ({reason}); write to another place, or make room.", exception);
            }
        }

        public override void Flush() => inner.Flush();
    }
}
