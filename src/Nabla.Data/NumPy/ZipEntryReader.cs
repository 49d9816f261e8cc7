using System.IO.Compression;
using System.IO.Hashing;

namespace Nabla;

/// <summary>Reads one entry of a zip file, never more of it than the zip file's directory says, and checks it at the end.</summary>
internal sealed class ZipEntryReader : DataReader
{
    private readonly ZipArchiveEntry _entry;
    private readonly Stream _data;
    private readonly Crc32 _check = new();

    /// <param name="path">Path of the zip file.</param>
    /// <param name="entry">The entry; its length has been checked.</param>
    /// <exception cref="InvalidDataException">The entry is damaged or compressed in an unknown way.</exception>
    public ZipEntryReader(string path, ZipArchiveEntry entry)
        : base($"{path}, {entry.FullName}")
    {
        _entry = entry;
        _data = entry.Open();
    }

    /// <inheritdoc/>
    protected override long KnownRest => -1;

    /// <inheritdoc/>
    protected override long CompressedLength => _entry.CompressedLength;

    /// <inheritdoc/>
    public override void Dispose() => _data.Dispose();

    /// <inheritdoc/>
    protected override int ReadSome(Span<byte> buffer) => _data.Read(buffer);

    /// <inheritdoc/>
    protected override void AfterRead(ReadOnlySpan<byte> bytes) => _check.Append(bytes);

    /// <inheritdoc/>
    protected override void CheckEnd()
    {
        if (Offset != _entry.Length)
        {
            throw new MalformedFileException(FilePath, $"has {Offset} bytes, expected {_entry.Length} as the zip file says; it is damaged.", Offset);
        }
        uint check = _check.GetCurrentHashAsUInt32();
        if (check != _entry.Crc32)
        {
            throw new MalformedFileException(FilePath, $"has the check sum {check:x8}, expected {_entry.Crc32:x8} as the zip file says; it is damaged.", Offset);
        }
    }
}
