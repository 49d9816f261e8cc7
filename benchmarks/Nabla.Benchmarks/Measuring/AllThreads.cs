using System.Diagnostics;

namespace Nabla.Benchmarks.Measuring;

/// <summary>Runs the same code on several threads at once.</summary>
internal static class AllThreads
{
    /// <summary>Seconds from the common start to the end of the last; the work gets the thread's number.</summary>
    public static double Run(int threads, Action<int> work)
    {
        using Barrier start = new(threads + 1);
        Thread[] team = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            work(number);
        }))];
        Array.ForEach(team, thread => thread.Start());
        start.SignalAndWait();
        long begin = Stopwatch.GetTimestamp();
        Array.ForEach(team, thread => thread.Join());
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
