namespace Nabla;

/// <summary>The formats of data files, told apart by their contents.</summary>
internal enum DataFormat
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>One array in MNIST's own format.</summary>
    Idx,

    /// <summary>Rows of comma-separated numbers.</summary>
    Csv,

    /// <summary>One NumPy array.</summary>
    Npy,

    /// <summary>A zip file of NumPy arrays.</summary>
    Npz,

    /// <summary>A Python pickle.</summary>
    Pickle,
}

/// <summary>Recognises formats by the first bytes of the decompressed contents; names do not count.</summary>
internal static class DataFormatDetector
{
    /// <summary>All formats, for errors.</summary>
    public const string Known =
        "an IDX file (00000801 or 00000803), CSV (numbers and commas), a NumPy array (934e554d5059), an npz file (504b0304) or a pickle (80, or text beginning with '(' or 'c'), each plain or gzip";

    /// <summary>Room for the header line of large images.</summary>
    private const int PeekLength = 1 << 16;

    private const int ShownLength = 8;

    /// <summary>Looks into a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="isCompressed">Whether it is gzip.</param>
    /// <exception cref="MalformedFileException">The format is none of those known.</exception>
    public static DataFormat Detect(string path, out bool isCompressed)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        byte[] start = new byte[PeekLength];
        start = start[..reader.ReadUpTo(start)];
        isCompressed = reader.IsCompressed;
        DataFormat format = Detect(start);
        return format != DataFormat.Unknown ? format : throw Unknown(path, isCompressed, start);
    }

    /// <summary>The format of contents that begin so.</summary>
    public static DataFormat Detect(ReadOnlySpan<byte> start) => start switch
    {
        _ when IdxFile.IsOne(start) => DataFormat.Idx,
        [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => DataFormat.Npz,
        [0x80, ..] => DataFormat.Pickle,
        _ when start.StartsWith(NpyHeader.Magic) => DataFormat.Npy,
        _ when IsTextPickle(start) => DataFormat.Pickle,
        _ when IsCsv(start) => DataFormat.Csv,
        _ => DataFormat.Unknown,
    };

    private static MalformedFileException Unknown(string path, bool isCompressed, ReadOnlySpan<byte> start)
    {
        string found = start.IsEmpty ? "is empty" : $"begins with {Convert.ToHexStringLower(start[..Math.Min(start.Length, ShownLength)])}";
        return new MalformedFileException(path, $"{found}{(isCompressed ? " once decompressed" : "")}, which no known format does; expected {Known}.", 0);
    }

    /// <summary>Protocols 0 and 1 have no mark; a tuple, list, dictionary or global comes first.</summary>
    private static bool IsTextPickle(ReadOnlySpan<byte> start)
    {
        switch (start)
        {
            case [(byte)'(', ..] or [(byte)']', (byte)'q', ..] or [(byte)'}', (byte)'q', ..]:
                return true;
            case [(byte)'c', ..]:
                // A global is a module and a name, a line each; a header of CSV has commas.
                int length = start.IndexOf((byte)'\n');
                return length > 1 && !start[..length].Contains((byte)',') && !start[..length].ContainsAnyExceptInRange((byte)'!', (byte)'~');
            default:
                return false;
        }
    }

    /// <summary>Text whose first line has a comma.</summary>
    private static bool IsCsv(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("\ufeff"u8))
        {
            start = start["\ufeff"u8.Length..];
        }
        int length = start.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = length < 0 ? start : start[..length];
        if (!line.Contains((byte)',') || line.TrimStart(" \t"u8) is [(byte)'<' or (byte)'{' or (byte)'[' or (byte)'#', ..])
        {
            return false;
        }
        // Control characters other than tab and line ends are not in text.
        foreach (byte character in line)
        {
            if (character < ' ' && character is not ((byte)'\t' or (byte)'\r'))
            {
                return false;
            }
        }
        return true;
    }
}
