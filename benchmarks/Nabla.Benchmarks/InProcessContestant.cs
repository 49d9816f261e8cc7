using System.Diagnostics;

namespace Nabla.Benchmarks;

/// <summary>A contestant in this process, whose time is taken here.</summary>
internal abstract class InProcessContestant : IContestant
{
    public abstract double[] Check();

    public double Run(int count)
    {
        long start = Stopwatch.GetTimestamp();
        Repeat(count);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public virtual void Dispose()
    {
    }

    protected abstract void Repeat(int count);
}
