using System.Diagnostics;

namespace Nabla.Benchmarks.Measuring;

/// <summary>Runs the same code on several threads at once.</summary>
internal static class AllThreads
{
    /// <summary>Seconds from the begin of the first to the end of the last; the work gets the thread's number.</summary>
    public static double Run(int threads, Action<int> work)
    {
        // The threads look at the clock themselves: one that waits for them here may get no core before they are done.
        long[] begins = new long[threads], ends = new long[threads];
        using Barrier start = new(threads);
        Thread[] team = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            begins[number] = Stopwatch.GetTimestamp();
            work(number);
            ends[number] = Stopwatch.GetTimestamp();
        }))];
        Array.ForEach(team, thread => thread.Start());
        Array.ForEach(team, thread => thread.Join());
        return Stopwatch.GetElapsedTime(begins.Min(), ends.Max()).TotalSeconds;
    }
}
