using System.IO.MemoryMappedFiles;

namespace Nabla.Mpi;

/// <summary>
/// A few bytes that the processes of one host share: which of them have said goodbye, and whether one has told the user already why all end. So that is said once, whoever is first.
/// </summary>
internal sealed unsafe class HostBoard : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    private HostBoard(MemoryMappedFile file, int size)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, Length(size));
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>A file for a board, in memory where the system has a folder for that.</summary>
    public static string NewPath() => Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"nabla-{Guid.NewGuid():N}");

    /// <summary>Makes the file, all zeros.</summary>
    public static void Create(string path, int size)
    {
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.SetLength(Length(size));
    }

    /// <summary>Opens the file, which may be deleted then.</summary>
    public static HostBoard Open(string path, int size)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new HostBoard(MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false), size);
    }

    /// <summary>For the first who asks: true.</summary>
    public bool TryAnnounce() => Interlocked.CompareExchange(ref *(int*)_bytes, 1, 0) == 0;

    public bool IsAnnounced => Volatile.Read(ref *(int*)_bytes) != 0;

    /// <summary>A process will end, and nobody needs to wonder.</summary>
    public void SayGoodbye(int rank) => Volatile.Write(ref _bytes[sizeof(int) + rank], 1);

    public bool HasSaidGoodbye(int rank) => Volatile.Read(ref _bytes[sizeof(int) + rank]) != 0;

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static int Length(int size) => sizeof(int) + size;
}
