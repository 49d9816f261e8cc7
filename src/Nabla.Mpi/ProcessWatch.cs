using System.Text;
using Nabla.Mpi.Binding;

namespace Nabla.Mpi;

/// <summary>
/// Sees when another process of this host ends without having said goodbye, says so to the user, and ends all: the others would wait for it for ever. Launchers end the rest, too, but
/// not all of them do, and what they print does not say which process was first.
/// </summary>
/// <remarks>
/// There are two ways to see it. MPICH's launcher ends the others a moment after the connection of the dead one has closed, which is before the system says that the process is gone.
/// But still before, the system gives away the locks that it held. So each process holds one, for which its neighbour waits. The other way, which sees all of the host, is there for
/// when the neighbour has died, too, and for systems that have no such locks.
/// </remarks>
internal sealed class ProcessWatch
{
    private const int PollMilliseconds = 100;
    // Whoever was first to see it ends all; if that one was ended itself before it could, another does.
    private const int GraceMilliseconds = 1000;

    private readonly HostBoard _board;
    private readonly int _rank;
    private readonly int[] _others, _processIds, _descriptors;
    private readonly byte[][] _news;
    private readonly Action _endAll;
    private volatile bool _stopped;

    /// <summary>Watches the others of a host, which the user knows by what <paramref name="describe"/> says of them; <paramref name="endAll"/> ends all processes, this one included.</summary>
    public ProcessWatch(HostBoard board, int rank, int[] others, Peer[] peers, Func<int, string> describe, Action endAll)
    {
        (_board, _rank, _others, _endAll) = (board, rank, others, endAll);
        _processIds = [.. others.Select(other => peers[other].ProcessId)];
        _descriptors = [.. _processIds.Select(LibC.OpenProcess)];
        // Made now: when a process has died there is less than a millisecond.
        _news = [.. others.Select(other => Encoding.UTF8.GetBytes($"nabla: {describe(other)} has died; the others stop.\n"))];
        using ManualResetEventSlim locked = new();
        Start(() =>
        {
            HoldLock();
            locked.Set();
            WatchAll();
        });
        locked.Wait();
    }

    /// <summary>Also waits for the lock of the next process, once all of this host have come as far as that they hold theirs.</summary>
    public void WatchNeighbour()
    {
        if (_others.Length > 0 && OperatingSystem.IsLinux())
        {
            int next = Math.Max(0, Array.FindIndex(_others, other => other > _rank));
            Start(() => WatchLock(next));
        }
    }

    public void Stop() => _stopped = true;

    private static void Start(Action watch) => new Thread(() => watch()) { IsBackground = true, Name = "MPI watch" }.Start();

    private unsafe void HoldLock()
    {
        if (OperatingSystem.IsLinux())
        {
            LibC.LockAfterDeath(_board.Lock(_rank));
        }
    }

    private unsafe void WatchLock(int index)
    {
        if (LibC.LockAfterDeath(_board.Lock(_others[index])))
        {
            Report(index);
        }
    }

    private void WatchAll()
    {
        // Where the system cannot tell of the end of a process, it is asked again and again.
        bool asks = Array.Exists(_descriptors, descriptor => descriptor < 0);
        bool[] ended = new bool[_others.Length];
        while (!_stopped)
        {
            LibC.Poll(_descriptors, ended, asks ? PollMilliseconds : -1);
            for (int i = 0; i < ended.Length; i++)
            {
                if (ended[i] || (_descriptors[i] < 0 && !LibC.Exists(_processIds[i])))
                {
                    Report(i);
                    // It is done, and looked at no more.
                    _descriptors[i] = -1;
                }
            }
        }
    }

    /// <summary>One of the others has ended.</summary>
    private void Report(int index)
    {
        if (_stopped || _board.HasSaidGoodbye(_others[index]))
        {
            return;
        }
        if (_board.TryAnnounce())
        {
            LibC.WriteError(_news[index]);
        }
        else
        {
            Thread.Sleep(GraceMilliseconds);
        }
        _endAll();
    }
}
