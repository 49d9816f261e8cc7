using System.IO.MemoryMappedFiles;
using Nabla.Mpi.Binding;

namespace Nabla.Mpi;

/// <summary>
/// Memory that the processes of one host share as long as they live: whether one has told the user already why all end, so that it is said once, and for each process whether it has said goodbye, and
/// a lock that it holds until it ends.
/// </summary>
internal sealed unsafe class HostBoard
{
    // Announced; then for each process its lock and its goodbye, in lines of the cache of their own.
    private const int Head = 64, Goodbye = 64, Left = 65, Entry = 128;

    // Never let go: threads hold locks in it as long as the process lives.
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    private HostBoard(MemoryMappedFile file)
    {
        _view = file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);
    }

    /// <summary>A file for a board, in memory where the system has a folder for that.</summary>
    public static string NewPath() => Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"nabla-{Guid.NewGuid():N}");

    /// <summary>Makes the file.</summary>
    public static void Create(string path, int size)
    {
        using (FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.SetLength(Head + size * Entry);
        }
        HostBoard board = Open(path);
        for (int rank = 0; rank < size; rank++)
        {
            LibC.TryMakeRobustMutex(board.Lock(rank));
        }
    }

    /// <summary>Opens the file, which may be deleted then.</summary>
    public static HostBoard Open(string path)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new HostBoard(MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false));
    }

    /// <summary>For the first who asks: true.</summary>
    public bool TryAnnounce() => Interlocked.CompareExchange(ref *(int*)_bytes, 1, 0) == 0;

    /// <summary>A process will end, and nobody needs to wonder.</summary>
    public void SayGoodbye(int rank) => Volatile.Write(ref _bytes[Head + rank * Entry + Goodbye], 1);

    public bool HasSaidGoodbye(int rank) => Volatile.Read(ref _bytes[Head + rank * Entry + Goodbye]) != 0;

    /// <summary>A process is about to end, and waits for the others to come as far.</summary>
    public void Leave(int rank) => Volatile.Write(ref _bytes[Head + rank * Entry + Left], 1);

    public bool HasLeft(int rank) => Volatile.Read(ref _bytes[Head + rank * Entry + Left]) != 0;

    /// <summary>What a thread of the process locks for as long as it lives.</summary>
    public void* Lock(int rank) => _bytes + Head + rank * Entry;
}
