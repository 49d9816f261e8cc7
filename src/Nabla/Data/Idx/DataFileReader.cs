using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Nabla;

/// <summary>
/// Reads a data file, plain or gzip-compressed (recognised by its first bytes), from beginning to end, exactly. All
/// offsets are those of the decompressed bytes, and all faults of the contents are <see cref="MalformedFileException"/>.
/// </summary>
/// <remarks>
/// <see cref="GZipStream"/> takes the end of a shortened file for the end of the data and skips what follows the data.
/// A gzip file ends with the length of its contents, so comparing that last number finds both. Files glued together
/// from several gzip members are refused by the same rule: no writer of data files makes them.
/// </remarks>
internal sealed class DataFileReader : IDisposable
{
    /// <summary>Memory taken before any data is seen; after that it grows only as far as data has come.</summary>
    private const int FirstChunk = 1 << 20;

    /// <summary>Header of 10 bytes, an empty deflate block of 2, checksum and length of 4 each.</summary>
    private const int SmallestGzip = 20;

    private readonly FileStream _file;
    private readonly Stream _data;
    private readonly IncrementalHash? _hash;
    private readonly byte[] _one = new byte[1];

    private DataFileReader(string path, FileStream file, bool isCompressed, bool hash)
    {
        FilePath = path;
        IsCompressed = isCompressed;
        _file = file;
        _data = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        _hash = hash ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    /// <summary>The path as it was given.</summary>
    public string FilePath { get; }

    /// <summary>Whether the file begins as gzip files do.</summary>
    public bool IsCompressed { get; }

    /// <summary>Decompressed bytes read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Opens a file and recognises its compression.</summary>
    /// <param name="path">The file; a name ending in .gz promises gzip.</param>
    /// <param name="hash">Whether <see cref="Sha256"/> will be asked for.</param>
    /// <exception cref="MalformedFileException">The name says gzip and the contents do not.</exception>
    /// <exception cref="IOException">There is no such file, or it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DataFileReader Open(string path, bool hash = false)
    {
        FileStream file = InputFile.Open(path);
        try
        {
            Span<byte> start = stackalloc byte[2];
            int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            bool isCompressed = read == 2 && start[0] == 0x1f && start[1] == 0x8b;
            if (!isCompressed && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                string found = read == 0 ? "nothing" : Convert.ToHexStringLower(start[..read]);
                throw new MalformedFileException(path,
                    $"is named .gz but is not gzip: it begins with {found}, expected 1f8b; download it again, or drop .gz from its name if it is not compressed.", 0);
            }
            file.Position = 0;
            return new DataFileReader(path, file, isCompressed, hash);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a 32-bit number, most significant byte first.</summary>
    /// <param name="what">What the number is, for the error.</param>
    public uint ReadUInt32(string what)
    {
        Span<byte> bytes = stackalloc byte[4];
        long start = Offset;
        int read = ReadUpTo(bytes);
        if (read < bytes.Length)
        {
            throw new MalformedFileException(FilePath, $"ends within {what}: found {read} bytes, expected 4; the file is cut short.", start);
        }
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes. Memory is taken as data comes, not as a header promises.</summary>
    /// <param name="count">Number of bytes, at most <see cref="Array.MaxLength"/>.</param>
    /// <param name="what">What the bytes are, for the error.</param>
    public byte[] ReadBytes(int count, string what)
    {
        long start = Offset;
        if (!IsCompressed && _file.Length - start < count)
        {
            throw CutShort(what, start, _file.Length - start, count);
        }
        byte[] bytes = new byte[IsCompressed ? Math.Min(count, FirstChunk) : count];
        int filled = 0;
        while (true)
        {
            filled += ReadUpTo(bytes.AsSpan(filled));
            if (filled < bytes.Length)
            {
                throw CutShort(what, start, filled, count);
            }
            if (filled == count)
            {
                return bytes;
            }
            Array.Resize(ref bytes, (int)Math.Min(count, 2L * filled));
        }
    }

    /// <summary>Makes sure that nothing follows: no byte of data, and in a gzip file nothing after the data's own end.</summary>
    public void ExpectEnd()
    {
        if (ReadUpTo(_one) != 0)
        {
            throw new MalformedFileException(FilePath, "goes on where its header says that it ends; the header is wrong or other bytes follow the data.", Offset - 1);
        }
        CheckCompressedEnd();
    }

    /// <summary>Reads on to the end, for the hash, but gives up a little after <paramref name="limit"/>.</summary>
    /// <param name="limit">Number of decompressed bytes that the file should have at most.</param>
    /// <returns>Whether the file ends within the limit.</returns>
    public bool SkipToEnd(long limit)
    {
        byte[] buffer = new byte[1 << 16];
        int read;
        do
        {
            read = ReadUpTo(buffer);
            if (Offset > limit)
            {
                return false;
            }
        }
        while (read == buffer.Length);
        CheckCompressedEnd();
        return true;
    }

    /// <summary>SHA-256 of the decompressed bytes read so far, in lower-case hexadecimal.</summary>
    public string Sha256() =>
        Convert.ToHexStringLower((_hash ?? throw new InvalidOperationException("The reader was opened without a hash.")).GetCurrentHash());

    /// <summary>Fills <paramref name="buffer"/> as far as there is data.</summary>
    /// <returns>Number of bytes read; fewer than asked for only at the end of the data.</returns>
    public int ReadUpTo(Span<byte> buffer)
    {
        int filled = 0;
        try
        {
            int read;
            while (filled < buffer.Length && (read = _data.Read(buffer[filled..])) > 0)
            {
                filled += read;
            }
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedFileException(FilePath,
                "the compressed data is damaged, expected intact gzip data; download or copy the file again.", Offset + filled, exception);
        }
        Offset += filled;
        _hash?.AppendData(buffer[..filled]);
        return filled;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash?.Dispose();
        _data.Dispose();
        _file.Dispose();
    }

    private void CheckCompressedEnd()
    {
        if (!IsCompressed)
        {
            return;
        }
        if (_file.Length < SmallestGzip)
        {
            throw new MalformedFileException(FilePath, $"found a gzip file of {_file.Length} bytes, expected at least {SmallestGzip}; the file is cut short.", Offset);
        }
        Span<byte> end = stackalloc byte[4];
        _file.Position = _file.Length - end.Length;
        _file.ReadExactly(end);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (length != (uint)Offset)
        {
            throw new MalformedFileException(FilePath,
                $"the gzip file ends with {length} as the length of its contents, expected {(uint)Offset}; it is cut short, or other bytes follow the compressed data.", Offset);
        }
    }

    private MalformedFileException CutShort(string what, long start, long found, long expected) =>
        new(FilePath, $"ends within {what}: found {found} bytes from byte {start} on, expected {expected}; the file is cut short or its header is wrong.", start + found);
}
