using System.IO.Compression;
using System.IO.Hashing;
using Nabla.IO;

namespace Nabla;

/// <summary>Reads one entry of a zip file, never more of it than the zip file's directory says, and checks it at the end.</summary>
internal sealed class ZipEntryReader : DataReader
{
    private readonly ZipArchiveEntry _entry;
    private readonly Stream _data;
    private readonly FileStream? _file;
    private Crc32 _check = new();
    private bool _isMapped;

    /// <param name="path">Path of the zip file.</param>
    /// <param name="entry">The entry; its length has been checked.</param>
    /// <param name="file">The zip file that the entry is read from, where it is to be mapped.</param>
    /// <exception cref="InvalidDataException">The entry is damaged or compressed in an unknown way.</exception>
    public ZipEntryReader(string path, ZipArchiveEntry entry, FileStream? file = null)
        : base($"{path}, {entry.FullName}")
    {
        _entry = entry;
        _file = file;
        _data = entry.Open();
    }

    /// <inheritdoc/>
    protected override long KnownRest => -1;

    /// <inheritdoc/>
    protected override long CompressedLength => _entry.CompressedLength;

    /// <inheritdoc/>
    public override void Dispose() => _data.Dispose();

    /// <inheritdoc/>
    protected override int ReadSome(Span<byte> buffer) => _isMapped ? 0 : _data.Read(buffer);

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte>? TryMap(int count)
    {
        if (_file is null || OperatingSystem.IsBrowser() || _entry.CompressedLength != _entry.Length || Offset + count != _entry.Length || _file.Position + count > _file.Length)
        {
            return null;
        }
        // Of an entry that is stored no byte is read ahead, so that the file stands where the entry goes on. Where that is not so the check sum differs, and the entry is read.
        MappedFile rest = new(_file, _file.Position, count);
        Crc32 check = _check.Clone();
        check.Append(rest.GetSpan());
        if (check.GetCurrentHashAsUInt32() != _entry.Crc32)
        {
            ((IDisposable)rest).Dispose();
            return null;
        }
        (_check, _isMapped) = (check, true);
        return rest.Memory;
    }

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
