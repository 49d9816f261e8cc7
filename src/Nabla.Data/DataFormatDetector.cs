namespace Nabla;

/// <summary>The formats of data files, told apart by their contents.</summary>
internal enum DataFormat
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>One array in MNIST's own format.</summary>
    Idx,

    /// <summary>A table of text: rows of cells with commas or other separators between.</summary>
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
        "an IDX file (00000801 or 00000803), a table of text (CSV: cells with commas, semicolons, tabs, vertical bars or blanks between), a NumPy array (934e554d5059), an npz file (504b0304) or a pickle (80, or text beginning with '(' or 'c'), each plain or gzip";

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
        if (format is DataFormat.Csv or DataFormat.Unknown)
        {
            ThrowIfOtherTable(path, start);
        }
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
        _ when TableDialect.IsTable(start) => DataFormat.Csv,
        _ => DataFormat.Unknown,
    };

    private static MalformedFileException Unknown(string path, bool isCompressed, ReadOnlySpan<byte> start)
    {
        string found = start.IsEmpty ? "is empty" : $"begins with {TableDialect.TextOf(start) ?? Convert.ToHexStringLower(start[..Math.Min(start.Length, ShownLength)])}";
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
                // A global is a module and a name, a line each; a header of a table has separators.
                int length = start.IndexOf((byte)'\n');
                return length > 1 && !start[..length].ContainsAny(",;|"u8) && !start[..length].ContainsAnyExceptInRange((byte)'!', (byte)'~');
            default:
                return false;
        }
    }

    /// <summary>Tables of other programs, which look like ours.</summary>
    private static void ThrowIfOtherTable(string path, ReadOnlySpan<byte> start)
    {
        if (TableDialect.IsArff(start))
        {
            throw new MalformedFileException(path, "is an ARFF file of Weka, which is not read; save it as CSV there, or write the names of the attributes in one line in place of all lines that begin with @ or %.");
        }
        if (TableDialect.IsLibSvm(start))
        {
            throw new MalformedFileException(path, "is a libsvm file (label index:value …), which is not read; make a table of it, in Python: x, y = sklearn.datasets.load_svmlight_file(path); numpy.savez('data.npz', x_train=x.toarray(), y_train=y).");
        }
    }
}
