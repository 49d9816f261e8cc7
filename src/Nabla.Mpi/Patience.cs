using System.Diagnostics;
using Nabla.Mpi.Binding;

namespace Nabla.Mpi;

/// <summary>
/// How to wait for other processes, which MPI libraries do at full speed: at work for a moment, since most answers come at once; then the processor is offered to others; then asleep, longer and longer.
/// So processes that wait leave the processors to those that they wait for, also where there are more of them than processors.
/// </summary>
internal readonly struct Patience
{
    private const double SpinMicroseconds = 10, YieldMicroseconds = 200, ShortestSleep = 20, LongestSleep = 1000;
    // How much longer than needed a process waits at most, as a part of the wait: sleeping costs no more than this.
    private const double Delay = 0.125;

    private readonly long _start;

    private Patience(long start) => _start = start;

    public static Patience Start() => new(Stopwatch.GetTimestamp());

    public void Wait()
    {
        double waited = Stopwatch.GetElapsedTime(_start).TotalMicroseconds;
        if (waited < SpinMicroseconds)
        {
            Thread.SpinWait(1);
        }
        else if (waited < YieldMicroseconds)
        {
            Thread.Yield();
        }
        else
        {
            LibC.Sleep((uint)Math.Clamp(waited * Delay, ShortestSleep, LongestSleep));
        }
    }
}
