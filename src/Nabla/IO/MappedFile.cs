using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.Versioning;

namespace Nabla.IO;

/// <summary>A part of a file as memory that can be read: the system brings in what is touched, and all processes of a computer that map the file share it.</summary>
[UnsupportedOSPlatform("browser")]
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    /// <summary>Maps a part of a file; the file may be closed then.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Its length, above 0; it must not end after the file.</param>
    /// <exception cref="IOException">The system does not map it.</exception>
    /// <exception cref="UnauthorizedAccessException">It ends after the file.</exception>
    public MappedFile(FileStream file, long offset, int length)
    {
        using MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(file, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = mapping.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read);
        // Nobody knows when the last span of it is gone, and one that outlives its memory ends the process: unless disposed of, it stays mapped, which costs addresses and no memory.
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        _length = length;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_start, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        return new MemoryHandle(_start + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Ends the mapping, when nobody has a span of it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
    }
}
