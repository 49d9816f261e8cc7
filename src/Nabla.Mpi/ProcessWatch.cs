using System.Text;
using Nabla.Mpi.Binding;

namespace Nabla.Mpi;

/// <summary>
/// Sees when another process of this host ends without having said goodbye, says so to the user, and ends all: the others would wait for it for ever. Launchers end the rest, too, but
/// not all of them do, and what they print does not say which process was first.
/// </summary>
internal sealed class ProcessWatch
{
    private const int PollMilliseconds = 100;
    // Whoever was first to see it ends all; if that one was ended itself before it could, another does.
    private const int GraceMilliseconds = 1000;

    private readonly HostBoard _board;
    private readonly int[] _ranks, _processIds, _descriptors;
    private readonly byte[][] _news;
    private readonly Action _endAll;
    private volatile bool _stopped;

    /// <summary>Watches some ranks, which the user knows by what <paramref name="describe"/> says of them; <paramref name="endAll"/> ends all processes, this one included.</summary>
    public ProcessWatch(HostBoard board, int[] ranks, Peer[] peers, Func<int, string> describe, Action endAll)
    {
        (_board, _ranks, _endAll) = (board, ranks, endAll);
        _processIds = [.. ranks.Select(rank => peers[rank].ProcessId)];
        _descriptors = [.. _processIds.Select(LibC.OpenProcess)];
        // Made now: once a process has died, its launcher ends this one within a millisecond.
        _news = [.. ranks.Select(rank => Encoding.UTF8.GetBytes($"nabla: {describe(rank)} has died; the others stop.\n"))];
        new Thread(Watch) { IsBackground = true, Name = "MPI watch" }.Start();
    }

    public void Stop() => _stopped = true;

    private void Watch()
    {
        // Where the system cannot tell of the end of a process, it is asked again and again.
        bool asks = Array.Exists(_descriptors, descriptor => descriptor < 0);
        bool[] ended = new bool[_ranks.Length];
        LibC.Poll(_descriptors, ended, 0);
        while (!_stopped)
        {
            LibC.Poll(_descriptors, ended, asks ? PollMilliseconds : -1);
            for (int i = 0; i < ended.Length; i++)
            {
                bool gone = ended[i] || (_descriptors[i] < 0 && !LibC.Exists(_processIds[i]));
                if (!gone)
                {
                    continue;
                }
                if (_board.HasSaidGoodbye(_ranks[i]))
                {
                    // It is done, and looked at no more.
                    _descriptors[i] = -1;
                    continue;
                }
                bool first = _board.TryAnnounce();
                if (first)
                {
                    LibC.WriteError(_news[i]);
                }
                else
                {
                    Thread.Sleep(GraceMilliseconds);
                }
                _endAll();
            }
        }
    }
}
