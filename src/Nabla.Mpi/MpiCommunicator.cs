using System.Diagnostics.CodeAnalysis;
using System.Text;
using Nabla.Mpi;
using Nabla.Mpi.Binding;

namespace Nabla;

/// <summary>
/// The processes that an MPI launcher has started (<c>mpiexec -n 4 PROGRAM</c>, <c>srun</c>), each on its own data, as one training. It finds the machine's MPI library itself: MPICH and those that
/// are like it, Open MPI, or one with the interface of MPI 5; the environment variable NABLA_MPI_LIBRARY names another.
/// </summary>
/// <remarks>
/// A process that fails ends them all: by an exception that nobody catches, by an exit code other than 0, or by <see cref="Abort"/>, which is to be called where an exception is caught. One that is killed is
/// seen by the others of its host, which name it on standard error and end all, too. <see cref="Dispose"/> is the end of a process that has done its part, and the last thing that it should do: it waits for the others, so a process that
/// has failed must not come to it.
/// </remarks>
public sealed class MpiCommunicator : ICommunicator, IDisposable
{
    // Milliseconds, where it takes a few.
    private const int LongestEnd = 3000;

    // One for a process: MPI is started once.
    private static int s_started;

    private readonly Lock _calls = new();
    private readonly MpiFunctions _mpi;
    private readonly Peer[] _peers;
    private readonly HostBoard? _board;
    private readonly ProcessWatch? _watch;
    private readonly int[] _sentOffsets, _receivedOffsets;
    private bool _disposed;

    private MpiCommunicator(MpiLibrary library, int rank, int size)
    {
        (_mpi, Description, Rank, Size) = (library.Functions, library.Description, rank, size);
        _sentOffsets = new int[size];
        _receivedOffsets = new int[size];
        _peers = Introduce();
        Hosts = [.. _peers.Select(peer => peer.Host)];
        int[] neighbours = [.. Enumerable.Range(0, size).Where(other => _peers[other].Place == _peers[rank].Place)];
        if (size > 1)
        {
            _board = OpenBoard(neighbours[0]);
            _watch = new ProcessWatch(_board, rank, [.. neighbours.Where(other => other != rank)], _peers, Describe, () => End(1));
            Meet();
            _watch.WatchNeighbour();
        }
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>The MPI library and its version, as in <c>MPICH 4.0.2</c>.</summary>
    public string Description { get; }

    /// <summary>The name of each process's computer.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>How many processes a launcher has started this one with, as far as the environment tells, before MPI is started; 1 where none has.</summary>
    public static int LaunchedProcesses => MpiLauncher.Current?.Size ?? 1;

    /// <summary>Starts MPI, once in the life of a process. A process that no launcher has started is the only one of its training.</summary>
    /// <exception cref="IOException">There is no MPI library that can be used, or it is not the launcher's.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public static MpiCommunicator Start()
    {
        MpiLauncher? launcher = MpiLauncher.Current;
        MpiLibrary library = MpiLibrary.Find(launcher);
        if (Interlocked.Exchange(ref s_started, 1) != 0)
        {
            throw new InvalidOperationException("MPI was started before in this process, and can be only once: keep the communicator.");
        }
        MpiFunctions mpi = library.Functions;
        Check(mpi, mpi.Initialize(mpi.ThreadSerialized, out int threads), "start");
        Check(mpi, mpi.ReturnErrors(), "start");
        Check(mpi, mpi.GetRank(out int rank), "start");
        Check(mpi, mpi.GetSize(out int size), "start");
        string? problem =
            threads < mpi.ThreadSerialized ? $"{library.Description} ({library.File}) can be called by one thread only; Nabla needs a library with MPI_THREAD_SERIALIZED."
            : size == 1 && launcher is { Size: > 1 } ? $"{launcher.Name} has started {launcher.Size} processes, but {library.Description} ({library.File}) sees only this one: {launcher.Advice}."
            : null;
        if (problem is not null)
        {
            mpi.End();
            throw new IOException(problem);
        }
        return new MpiCommunicator(library, rank, size);
    }

    /// <inheritdoc/>
    public unsafe void Broadcast(Span<byte> data, int root)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
        fixed (byte* bytes = data)
        {
            int code;
            lock (_calls)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                code = _mpi.StartBroadcast(bytes, data.Length, root);
            }
            Complete(code);
        }
    }

    /// <inheritdoc/>
    public unsafe void AllGather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        CheckLengths(lengths, all.Length, nameof(lengths), _receivedOffsets);
        if (own.Length != lengths[Rank])
        {
            throw new ArgumentException($"{nameof(own)} has {own.Length} bytes, but lengths[{Rank}] says {lengths[Rank]}.", nameof(own));
        }
        bool inPlace = false;
        if (own.Overlaps(all, out int offset))
        {
            inPlace = -offset == _receivedOffsets[Rank];
            if (!inPlace)
            {
                throw new ArgumentException($"{nameof(own)} lies in {nameof(all)}, but not where this process's part is.", nameof(own));
            }
        }
        fixed (byte* from = own, to = all)
        fixed (int* counts = lengths, offsets = _receivedOffsets)
        {
            // An empty span may have no address, which MPI would take for "in place".
            byte nothing;
            int code;
            lock (_calls)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                code = _mpi.StartAllGather(inPlace ? null : from == null ? &nothing : from, own.Length, to, counts, offsets);
            }
            Complete(code);
        }
    }

    /// <inheritdoc/>
    public unsafe void AllToAll(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
    {
        CheckLengths(sentLengths, sent.Length, nameof(sentLengths), _sentOffsets);
        CheckLengths(receivedLengths, received.Length, nameof(receivedLengths), _receivedOffsets);
        if (sentLengths[Rank] != receivedLengths[Rank])
        {
            throw new ArgumentException($"This process sends itself {sentLengths[Rank]} bytes, but receives {receivedLengths[Rank]}.", nameof(receivedLengths));
        }
        if (sent.Overlaps(received))
        {
            throw new ArgumentException("What is sent and what is received may not lie in the same memory.", nameof(received));
        }
        fixed (byte* from = sent, to = received)
        fixed (int* fromCounts = sentLengths, fromOffsets = _sentOffsets, toCounts = receivedLengths, toOffsets = _receivedOffsets)
        {
            int code;
            lock (_calls)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                code = _mpi.StartAllToAll(from, fromCounts, fromOffsets, to, toCounts, toOffsets);
            }
            Complete(code);
        }
    }

    /// <summary>Ends all processes, this one at once: for one that has failed and would leave the others waiting.</summary>
    /// <param name="reason">What the user reads on standard error, after which process it was, unless another process of this computer has said its own before; null where it has been said already.</param>
    /// <param name="exitCode">This process's exit code, and the launcher's with most of them.</param>
    [DoesNotReturn]
    public void Abort(string? reason, int exitCode = 1)
    {
        Announce(reason);
        End(exitCode);
    }

    /// <summary>Waits until all other processes are done, too, and ends MPI. At the end of a program that is called by itself.</summary>
    public void Dispose()
    {
        lock (_calls)
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
        }
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        try
        {
            Meet();
        }
        catch (IOException exception)
        {
            Abort(exception.Message);
        }
        // From here on nobody waits for this process.
        _watch?.Stop();
        _board?.SayGoodbye(Rank);
        // MPICH 4.0.2 over TCP may wait in it for ever (UCX 1.13), one process for the launcher and the others for that one.
        Thread end = new(_mpi.End) { IsBackground = true, Name = "MPI end" };
        end.Start();
        if (!end.Join(LongestEnd))
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => ExitWithoutEnd();
        }
    }

    /// <summary>
    /// Ends the process while MPI_Finalize waits for ever. All processes have come to it, so what was to be done is done; but a launcher ends the others once the first has gone, so they go at once. Not by
    /// way of native code's own clean-up, since a thread is still in it.
    /// </summary>
    private void ExitWithoutEnd()
    {
        _board?.Leave(Rank);
        int[] neighbours = [.. Enumerable.Range(0, Size).Where(other => _peers[other].Place == _peers[Rank].Place)];
        SpinWait.SpinUntil(() => Array.TrueForAll(neighbours, other => _board is null || _board.HasLeft(other)), LongestEnd);
        LibC.Exit(Environment.ExitCode);
    }

    private unsafe Peer[] Introduce()
    {
        byte[] own = Peer.Self().ToBytes();
        int[] lengths = new int[Size];
        Span<byte> all = new byte[Size * sizeof(int)];
        AllGather(BitConverter.GetBytes(own.Length), all, [.. Enumerable.Repeat(sizeof(int), Size)]);
        for (int i = 0; i < Size; i++)
        {
            lengths[i] = BitConverter.ToInt32(all[(i * sizeof(int))..]);
        }
        all = new byte[lengths.Sum()];
        AllGather(own, all, lengths);
        Peer[] peers = new Peer[Size];
        for (int i = 0; i < Size; i++)
        {
            peers[i] = Peer.FromBytes(all[..lengths[i]]);
            all = all[lengths[i]..];
        }
        return peers;
    }

    /// <summary>The board of this host, which the first of its processes makes; it has no name once all of them have opened it.</summary>
    private HostBoard OpenBoard(int maker)
    {
        string path = _peers[maker].Board;
        if (maker == Rank)
        {
            HostBoard.Create(path, Size);
        }
        Meet();
        HostBoard board = HostBoard.Open(path);
        Meet();
        if (maker == Rank)
        {
            File.Delete(path);
        }
        return board;
    }

    private void Meet()
    {
        int code;
        lock (_calls)
        {
            code = _mpi.StartBarrier();
        }
        Complete(code);
    }

    private string Describe(int rank) => $"rank {rank} of {Size} (pid {_peers[rank].ProcessId} on {_peers[rank].Host})";

    private void Announce(string? reason)
    {
        if ((_board is null || _board.TryAnnounce()) && reason is not null)
        {
            LibC.WriteError(Encoding.UTF8.GetBytes($"nabla: {Describe(Rank)} has failed{(Size > 1 ? " and ends the others" : "")}: {reason}\n"));
        }
    }

    [DoesNotReturn]
    private void End(int exitCode)
    {
        const int TimeForLauncher = 100, LongestCall = 2000;
        // MPICH's launcher passes on what was written before, unless the end comes too soon after it.
        Thread.Sleep(TimeForLauncher);
        // A call of another thread may be in a library that waits for ever for a process that is gone.
        if (_calls.TryEnter(LongestCall))
        {
            _mpi.Abort(exitCode);
        }
        LibC.Exit(exitCode);
        throw new InvalidOperationException("The process has ended.");
    }

    /// <summary>Waits for the operation under way, which was started with some code.</summary>
    private void Complete(int code)
    {
        Patience patience = Patience.Start();
        while (true)
        {
            bool done = false;
            if (code == 0)
            {
                lock (_calls)
                {
                    code = _mpi.Test(out done);
                }
            }
            if (code != 0)
            {
                // What MPI says of a process that is gone names none. The watch does, and ends this one, if it gets the time.
                Thread.Sleep(_watch is null ? 0 : 500);
                Check(_mpi, code, "go on");
            }
            if (done)
            {
                return;
            }
            patience.Wait();
        }
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs arguments) => Abort(arguments.ExceptionObject.ToString() ?? "");

    private void OnProcessExit(object? sender, EventArgs arguments)
    {
        if (Environment.ExitCode == 0)
        {
            Dispose();
        }
        else
        {
            Abort($"exit code {Environment.ExitCode}", Environment.ExitCode);
        }
    }

    private static void Check(MpiFunctions mpi, int code, string what)
    {
        if (code != 0)
        {
            throw new IOException($"MPI could not {what}: {mpi.ErrorText(code)}");
        }
    }

    private void CheckLengths(ReadOnlySpan<int> lengths, int total, string name, int[] offsets)
    {
        if (lengths.Length != Size)
        {
            throw new ArgumentException($"{name} has {lengths.Length} numbers, but there are {Size} processes.", name);
        }
        long sum = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 0)
            {
                throw new ArgumentException($"{name}[{i}] is {lengths[i]}; no length is negative.", name);
            }
            offsets[i] = (int)sum;
            sum += lengths[i];
            if (sum > total)
            {
                break;
            }
        }
        if (sum != total)
        {
            throw new ArgumentException($"{name} are {sum} bytes together, but the memory for them has {total}.", name);
        }
    }
}
