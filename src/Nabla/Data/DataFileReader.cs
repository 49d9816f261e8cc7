using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Nabla.IO;

namespace Nabla;

/// <summary>Reads a data file, plain or gzip-compressed (recognised by its first bytes).</summary>
/// <remarks>
/// <see cref="GZipStream"/> takes the end of a shortened file for the end of the data and skips what follows the data.
/// A gzip file of one member ends with the length of its contents, so comparing that last number finds both; where it is another, the file is gone
/// through member by member (<see cref="GzipMembers"/>).
/// </remarks>
internal sealed class DataFileReader : DataReader
{
    /// <summary>Header of 10 bytes, an empty deflate block of 2, checksum and length of 4 each.</summary>
    private const int SmallestGzip = 20;

    private readonly FileStream _file;
    private readonly Stream _data;
    private readonly IncrementalHash? _hash;
    private readonly bool _map;

    private DataFileReader(string path, FileStream file, bool isCompressed, bool hash, bool map)
        : base(path)
    {
        IsCompressed = isCompressed;
        _map = map;
        _file = file;
        _data = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        _hash = hash ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    /// <summary>Whether the file begins as gzip files do.</summary>
    public bool IsCompressed { get; }

    /// <inheritdoc/>
    protected override long KnownRest => IsCompressed ? -1 : _file.Length - Offset;

    /// <inheritdoc/>
    protected override long CompressedLength => IsCompressed ? _file.Length : -1;

    /// <summary>Opens a file and recognises its compression.</summary>
    /// <param name="path">The file; a name ending in .gz promises gzip.</param>
    /// <param name="hash">Whether <see cref="Sha256"/> will be asked for.</param>
    /// <param name="map">Whether <see cref="DataReader.ReadMemory"/> maps a plain file instead of reading it.</param>
    /// <exception cref="MalformedFileException">The name says gzip and the contents do not.</exception>
    /// <exception cref="IOException">There is no such file, or it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DataFileReader Open(string path, bool hash = false, bool map = false)
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
            return new DataFileReader(path, file, isCompressed, hash, map);
        }
        catch
        {
            file.Dispose();
            throw;
        }
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
        CheckEnd();
        return true;
    }

    /// <summary>SHA-256 of the decompressed bytes read so far, in lower-case hexadecimal.</summary>
    public string Sha256() =>
        Convert.ToHexStringLower((_hash ?? throw new InvalidOperationException("The reader was opened without a hash.")).GetCurrentHash());

    /// <inheritdoc/>
    public override void Dispose()
    {
        _hash?.Dispose();
        _data.Dispose();
        _file.Dispose();
    }

    /// <inheritdoc/>
    protected override int ReadSome(Span<byte> buffer) => _data.Read(buffer);

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte>? TryMap(int count)
    {
        // A browser has no files but those in its memory.
        if (!_map || IsCompressed || OperatingSystem.IsBrowser())
        {
            return null;
        }
        ReadOnlyMemory<byte> mapped = new MappedFile(_file, Offset, count).Memory;
        _file.Position = Offset + count;
        AfterRead(mapped.Span);
        return mapped;
    }

    /// <inheritdoc/>
    protected override void AfterRead(ReadOnlySpan<byte> bytes) => _hash?.AppendData(bytes);

    /// <inheritdoc/>
    protected override void CheckEnd()
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
        if (length != (uint)Offset && GzipMembers.Measure(_file) != Offset)
        {
            throw new MalformedFileException(FilePath,
                $"the gzip file ends with {length} as the length of its contents, expected {(uint)Offset}; it is cut short, or other bytes follow the compressed data.", Offset);
        }
    }
}
