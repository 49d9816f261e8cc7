using System.Text;

namespace Nabla;

/// <summary>How the text of a table is written, told by how it begins: in which encoding, and what stands between cells.</summary>
internal static class TableDialect
{
    /// <summary>Stands for blanks, one or several, between cells.</summary>
    public const char Blanks = ' ';

    /// <summary>Room for the header line of large images.</summary>
    private const int PeekLength = 1 << 16;

    // What is nothing else in most tables before what may be a decimal comma.
    private static readonly char[] Separators = ['\t', ';', '|', ','];

    // So many lines tell what separates cells.
    private const int TellingLines = 20;

    /// <summary>What separates the cells of a file.</summary>
    public static char SeparatorOf(string path)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        byte[] start = new byte[PeekLength];
        return SeparatorOf(LinesOf(start.AsSpan(0, reader.ReadUpTo(start))));
    }

    /// <summary>Whether contents that begin so are a table of text.</summary>
    public static bool IsTable(ReadOnlySpan<byte> start)
    {
        string[] lines = LinesOf(start);
        if (lines is [] || lines[0].AsSpan().TrimStart(" \t") is ['<' or '{' or '[', ..]
            || Array.Exists(lines, line => line.AsSpan().ContainsAnyInRange('\0', '\u0008') || line.AsSpan().ContainsAnyInRange('\u000e', '\u001f') || line.Contains('\ufffd', StringComparison.Ordinal)))
        {
            return false;
        }
        return SeparatorOf(lines) != Blanks
            ? lines[0].AsSpan().ContainsAny(Separators)
            // Prose has blanks, too.
            : lines.Length >= 2 && lines.Take(TellingLines).All(line => CellsBetweenBlanks(line) == CellsBetweenBlanks(lines[0]));
    }

    /// <summary>The first line of text, as errors quote it; null where the contents are no text.</summary>
    public static string? TextOf(ReadOnlySpan<byte> start)
    {
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(start.Length)];
        ReadOnlySpan<char> text = characters.AsSpan(0, EncodingOf(start).GetDecoder().GetChars(start, characters, flush: false)).TrimStart('\ufeff');
        if (text.IsEmpty || text.ContainsAnyInRange('\0', '\u0008') || text.ContainsAnyInRange('\u000e', '\u001f') || text.Contains('\ufffd'))
        {
            return null;
        }
        int end = text.IndexOfAny('\r', '\n');
        return TableCell.Show(end < 0 ? text : text[..end]);
    }

    /// <summary>Whether it begins as Weka's ARFF files do.</summary>
    public static bool IsArff(ReadOnlySpan<byte> start) =>
        LinesOf(start).FirstOrDefault(line => !line.TrimStart().StartsWith('%')) is string line && line.TrimStart().StartsWith("@relation", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it begins as libsvm's files do: <c>1 3:0.5 7:1</c>.</summary>
    public static bool IsLibSvm(ReadOnlySpan<byte> start)
    {
        string[] lines = [.. LinesOf(start).Take(TellingLines)];
        return lines.Length > 0 && lines.Any(line => line.Contains(':', StringComparison.Ordinal)) && lines.All(line =>
        {
            string[] parts = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            return parts.Length > 0 && TableCell.TryParse(parts[0], false, out _)
                && parts.Skip(1).All(part => part.IndexOf(':', StringComparison.Ordinal) is > 0 and int at && part.AsSpan(0, at).IndexOfAnyExceptInRange('0', '9') < 0);
        });
    }

    /// <summary>UTF-16 where its byte order mark stands at the start, else UTF-8.</summary>
    public static Encoding EncodingOf(ReadOnlySpan<byte> start) => start switch
    {
        [0xff, 0xfe, ..] => Encoding.Unicode,
        [0xfe, 0xff, ..] => Encoding.BigEndianUnicode,
        _ => Encoding.UTF8,
    };

    /// <summary>What errors call several separators.</summary>
    public static string NamesOf(char separator) => separator switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '|' => "vertical bars",
        '\t' => "tabs",
        _ => "blanks",
    };

    /// <summary>The lines that are there as a whole, or the beginning of the first; without comments and blank ones.</summary>
    private static string[] LinesOf(ReadOnlySpan<byte> start)
    {
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(start.Length)];
        // A decoder keeps what is cut in the middle of a character to itself.
        int count = EncodingOf(start).GetDecoder().GetChars(start, characters, flush: false);
        string text = new(characters.AsSpan(0, count).TrimStart('\ufeff'));
        string[] lines = text.Split((char[])['\r', '\n'], TellingLines * 4);
        bool isCut = start.Length == PeekLength || lines.Length == TellingLines * 4;
        return
        [
            .. lines.Take(isCut && lines.Length > 1 ? lines.Length - 1 : lines.Length)
                .Where(line => !string.IsNullOrWhiteSpace(line) && !line.TrimStart().StartsWith(TableText.Comment, StringComparison.Ordinal)),
        ];
    }

    private static char SeparatorOf(string[] lines)
    {
        string[] telling = [.. lines.Take(TellingLines)];
        if (telling.Length == 0)
        {
            return ',';
        }
        foreach (char separator in Separators)
        {
            int count = Count(telling[0], separator);
            if (count > 0 && telling.All(line => Count(line, separator) == count))
            {
                return separator;
            }
        }
        int cells = CellsBetweenBlanks(telling[0]);
        if (cells > 1 && telling.All(line => CellsBetweenBlanks(line) == cells && !line.AsSpan().ContainsAny(Separators.AsSpan(1))))
        {
            return Blanks;
        }
        // Lines that do not agree are refused later, each by its number.
        char most = Separators.MaxBy(separator => Count(telling[0], separator));
        return Count(telling[0], most) > 0 ? most : cells > 1 ? Blanks : ',';
    }

    private static int Count(string line, char separator)
    {
        int count = 0;
        bool isQuoted = false;
        foreach (char character in line)
        {
            isQuoted ^= character == '"';
            count += !isQuoted && character == separator ? 1 : 0;
        }
        return count;
    }

    private static int CellsBetweenBlanks(string line)
    {
        int count = 0;
        bool isQuoted = false, isInCell = false;
        foreach (char character in line)
        {
            isQuoted ^= character == '"';
            bool isBlank = character is ' ' or '\t' && !isQuoted;
            count += !isBlank && !isInCell ? 1 : 0;
            isInCell = !isBlank;
        }
        return count;
    }
}
