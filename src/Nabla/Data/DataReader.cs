using System.Buffers.Binary;

namespace Nabla;

/// <summary>
/// Reads data from beginning to end, exactly. All offsets are those of the decompressed bytes, and all faults of the
/// contents are <see cref="MalformedFileException"/>.
/// </summary>
internal abstract class DataReader : IDisposable
{
    /// <summary>Memory taken before any data is seen; after that it grows only as far as data has come.</summary>
    private const int FirstChunk = 1 << 20;

    // What is compressed may claim a thousand times its size. Real data is rarely below a tenth, and never below this share
    // where it is large.
    private const int GreatestExpansion = 64;
    private const long AlwaysUnpacked = 256L << 20;

    private readonly byte[] _one = new byte[1];

    /// <param name="name">How errors name what is read.</param>
    private protected DataReader(string name) => FilePath = name;

    /// <summary>How errors name what is read: the path as it was given, and what is in it.</summary>
    public string FilePath { get; }

    /// <summary>Decompressed bytes read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that are still there without doubt, or −1 where only reading can tell.</summary>
    protected abstract long KnownRest { get; }

    /// <summary>Bytes of the compressed data, or −1 where it is not compressed.</summary>
    protected abstract long CompressedLength { get; }

    /// <summary>How many bytes compressed data may have once it is unpacked: 256 MiB, or 64 times its length where that is more.</summary>
    public static long MaxUnpacked(long compressedLength) => Math.Max(AlwaysUnpacked, GreatestExpansion * compressedLength);

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
    public byte[] ReadBytes(int count, string what) => ReadBytes([], count, what);

    /// <summary>The same where the first of the bytes have been read already.</summary>
    /// <param name="head">At most <paramref name="count"/> bytes that were read last.</param>
    /// <param name="count">Number of bytes with those.</param>
    /// <param name="what">What the bytes are, for the error.</param>
    public byte[] ReadBytes(ReadOnlySpan<byte> head, int count, string what)
    {
        long start = Offset - head.Length;
        long rest = KnownRest;
        if (rest >= 0 && rest < count - head.Length)
        {
            throw CutShort(what, start, head.Length + rest, count);
        }
        ThrowIfTooMuch(start + count);
        byte[] bytes = new byte[rest < 0 ? Math.Min(count, Math.Max(FirstChunk, head.Length)) : count];
        head.CopyTo(bytes);
        int filled = head.Length;
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
            // By large steps: the old array and the new one are there together.
            Array.Resize(ref bytes, (int)Math.Min(count, 8L * filled));
        }
    }

    /// <summary>Reads exactly <paramref name="count"/> bytes as memory that is not to be changed: that of the file, where it is mapped.</summary>
    /// <param name="count">Number of bytes, at most <see cref="Array.MaxLength"/>.</param>
    /// <param name="what">What the bytes are, for the error.</param>
    public ReadOnlyMemory<byte> ReadMemory(int count, string what)
    {
        if (count == 0 || (KnownRest is >= 0 and long rest && rest < count) || TryMap(count) is not { } mapped)
        {
            return ReadBytes(count, what);
        }
        Offset += count;
        return mapped;
    }

    /// <summary>Makes sure that nothing follows but the end of a line, which editors and copying put there: no byte of data, and in a gzip file nothing after the data's own end.</summary>
    public void ExpectEnd()
    {
        if (ReadUpTo(_one) != 0 && !(_one[0] == '\r' ? ReadUpTo(_one) != 0 && _one[0] == '\n' && ReadUpTo(_one) == 0 : _one[0] == '\n' && ReadUpTo(_one) == 0))
        {
            throw new MalformedFileException(FilePath, "goes on where its header says that it ends; the header is wrong or other bytes follow the data.", Offset - 1);
        }
        CheckEnd();
    }

    /// <summary>Fills <paramref name="buffer"/> as far as there is data.</summary>
    /// <returns>Number of bytes read; fewer than asked for only at the end of the data.</returns>
    public int ReadUpTo(Span<byte> buffer)
    {
        int filled = 0;
        try
        {
            int read;
            while (filled < buffer.Length && (read = ReadSome(buffer[filled..])) > 0)
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
        ThrowIfTooMuch(Offset);
        AfterRead(buffer[..filled]);
        return filled;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Reads one byte or more; 0 means the end. Damage may be an <see cref="InvalidDataException"/>.</summary>
    protected abstract int ReadSome(Span<byte> buffer);

    /// <summary>Maps the next bytes of the file, sees them as <see cref="AfterRead"/> does, and goes on behind them.</summary>
    /// <param name="count">Number of bytes, above 0.</param>
    /// <returns>Null where they are to be read.</returns>
    protected virtual ReadOnlyMemory<byte>? TryMap(int count) => null;

    /// <summary>Sees all bytes as they are read.</summary>
    protected virtual void AfterRead(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>Checks what can only be checked once all data is read.</summary>
    protected abstract void CheckEnd();

    private void ThrowIfTooMuch(long bytes)
    {
        if (CompressedLength >= 0 && bytes > MaxUnpacked(CompressedLength))
        {
            throw new MalformedFileException(FilePath,
                $"would unpack {CompressedLength} bytes to at least {bytes}, expected at most {MaxUnpacked(CompressedLength)}; if that is right, unpack the file first.", Offset);
        }
    }

    private MalformedFileException CutShort(string what, long start, long found, long expected) =>
        new(FilePath, $"ends within {what}: found {found} bytes from byte {start} on, expected {expected}; the file is cut short or its header is wrong.", start + found);
}
