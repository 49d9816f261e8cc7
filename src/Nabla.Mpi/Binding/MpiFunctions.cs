using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Mpi.Binding;

/// <summary>The functions of MPI that Nabla calls, on all processes (<c>MPI_COMM_WORLD</c>) and with bytes. Those that return an int return MPI's code, 0 if all is well.</summary>
/// <remarks>
/// What moves data only starts to: <see cref="Test"/> goes on with it and says whether it is done, so that the caller decides how to wait, and what else to look at meanwhile.
/// One operation at a time is under way.
/// </remarks>
internal abstract unsafe class MpiFunctions
{
    /// <summary>Calls come from one thread at a time.</summary>
    public abstract int ThreadSerialized { get; }

    public abstract int Initialize(int wantedThreads, out int providedThreads);

    /// <summary>Errors are returned, not the end of the process.</summary>
    public abstract int ReturnErrors();

    public abstract int GetRank(out int rank);

    public abstract int GetSize(out int size);

    public abstract int StartBroadcast(byte* data, int length, int root);

    /// <summary>Where <paramref name="own"/> is null, what this process gives stands in its place already.</summary>
    public abstract int StartAllGather(byte* own, int ownLength, byte* all, int* lengths, int* offsets);

    public abstract int StartAllToAll(byte* sent, int* sentLengths, int* sentOffsets, byte* received, int* receivedLengths, int* receivedOffsets);

    public abstract int StartBarrier();

    public abstract int Test(out bool done);

    public abstract string ErrorText(int code);

    public abstract void Abort(int exitCode);

    public abstract void End();

    /// <summary>The functions of a library with some interface.</summary>
    public static MpiFunctions Of(nint library, MpiInterface kind) => kind switch
    {
        MpiInterface.Mpich => new MpiFunctions<int>(library, world: 0x44000000, bytes: 0x4c00010d, returnErrors: 0x54000001, inPlace: -1, threadSerialized: 2),
        MpiInterface.OpenMpi => new MpiFunctions<nint>(
            library, NativeLibrary.GetExport(library, "ompi_mpi_comm_world"), NativeLibrary.GetExport(library, "ompi_mpi_byte"),
            NativeLibrary.GetExport(library, "ompi_mpi_errors_return"), inPlace: 1, threadSerialized: 2),
        _ => new MpiFunctions<nint>(library, world: 0x101, bytes: 0x247, returnErrors: 0x142, inPlace: 1, threadSerialized: 2048),
    };
}

/// <inheritdoc/>
/// <typeparam name="THandle">What handles are: ints or pointers.</typeparam>
internal sealed unsafe class MpiFunctions<THandle> : MpiFunctions
    where THandle : unmanaged
{
    private const int MaxErrorLength = 1024;

    private readonly THandle _world, _bytes, _returnErrors;
    private readonly nint _inPlace;
    private readonly delegate* unmanaged<nint, nint, int, int*, int> _initThread;
    private readonly delegate* unmanaged<int> _finalize;
    private readonly delegate* unmanaged<THandle, int, int> _abort;
    private readonly delegate* unmanaged<THandle, THandle, int> _setErrorHandler;
    private readonly delegate* unmanaged<THandle, int*, int> _rank, _size;
    private readonly delegate* unmanaged<int, byte*, int*, int> _errorString;
    private readonly delegate* unmanaged<byte*, int, THandle, int, THandle, THandle*, int> _broadcast;
    private readonly delegate* unmanaged<byte*, int, THandle, byte*, int*, int*, THandle, THandle, THandle*, int> _allGather;
    private readonly delegate* unmanaged<byte*, int*, int*, THandle, byte*, int*, int*, THandle, THandle, THandle*, int> _allToAll;
    private readonly delegate* unmanaged<THandle, THandle*, int> _barrier;
    private readonly delegate* unmanaged<THandle*, int*, void*, int> _test;

    private THandle _request;

    public MpiFunctions(nint library, THandle world, THandle bytes, THandle returnErrors, nint inPlace, int threadSerialized)
    {
        (_world, _bytes, _returnErrors, _inPlace, ThreadSerialized) = (world, bytes, returnErrors, inPlace, threadSerialized);
        _initThread = (delegate* unmanaged<nint, nint, int, int*, int>)Find("MPI_Init_thread");
        _finalize = (delegate* unmanaged<int>)Find("MPI_Finalize");
        _abort = (delegate* unmanaged<THandle, int, int>)Find("MPI_Abort");
        _setErrorHandler = (delegate* unmanaged<THandle, THandle, int>)Find("MPI_Comm_set_errhandler");
        _rank = (delegate* unmanaged<THandle, int*, int>)Find("MPI_Comm_rank");
        _size = (delegate* unmanaged<THandle, int*, int>)Find("MPI_Comm_size");
        _errorString = (delegate* unmanaged<int, byte*, int*, int>)Find("MPI_Error_string");
        _broadcast = (delegate* unmanaged<byte*, int, THandle, int, THandle, THandle*, int>)Find("MPI_Ibcast");
        _allGather = (delegate* unmanaged<byte*, int, THandle, byte*, int*, int*, THandle, THandle, THandle*, int>)Find("MPI_Iallgatherv");
        _allToAll = (delegate* unmanaged<byte*, int*, int*, THandle, byte*, int*, int*, THandle, THandle, THandle*, int>)Find("MPI_Ialltoallv");
        _barrier = (delegate* unmanaged<THandle, THandle*, int>)Find("MPI_Ibarrier");
        _test = (delegate* unmanaged<THandle*, int*, void*, int>)Find("MPI_Test");

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }

    public override int ThreadSerialized { get; }

    public override int Initialize(int wantedThreads, out int providedThreads)
    {
        int provided = 0;
        int code = _initThread(0, 0, wantedThreads, &provided);
        providedThreads = provided;
        return code;
    }

    public override int ReturnErrors() => _setErrorHandler(_world, _returnErrors);

    public override int GetRank(out int rank)
    {
        int value = 0;
        int code = _rank(_world, &value);
        rank = value;
        return code;
    }

    public override int GetSize(out int size)
    {
        int value = 0;
        int code = _size(_world, &value);
        size = value;
        return code;
    }

    public override int StartBroadcast(byte* data, int length, int root)
    {
        fixed (THandle* request = &_request)
        {
            return _broadcast(data, length, _bytes, root, _world, request);
        }
    }

    public override int StartAllGather(byte* own, int ownLength, byte* all, int* lengths, int* offsets)
    {
        fixed (THandle* request = &_request)
        {
            return _allGather(own == null ? (byte*)_inPlace : own, ownLength, _bytes, all, lengths, offsets, _bytes, _world, request);
        }
    }

    public override int StartAllToAll(byte* sent, int* sentLengths, int* sentOffsets, byte* received, int* receivedLengths, int* receivedOffsets)
    {
        fixed (THandle* request = &_request)
        {
            return _allToAll(sent, sentLengths, sentOffsets, _bytes, received, receivedLengths, receivedOffsets, _bytes, _world, request);
        }
    }

    public override int StartBarrier()
    {
        fixed (THandle* request = &_request)
        {
            return _barrier(_world, request);
        }
    }

    public override int Test(out bool done)
    {
        // More than any status has, which is 32 bytes in the standard interface; so no constant for "no status" is needed.
        const int StatusLength = 64;
        byte* status = stackalloc byte[StatusLength];
        int flag = 0, code;
        fixed (THandle* request = &_request)
        {
            code = _test(request, &flag, status);
        }
        done = flag != 0;
        return code;
    }

    public override string ErrorText(int code)
    {
        byte* text = stackalloc byte[MaxErrorLength];
        int length = 0;
        return _errorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, length).Trim() : $"error {code}";
    }

    public override void Abort(int exitCode) => _ = _abort(_world, exitCode);

    public override void End() => _ = _finalize();
}
