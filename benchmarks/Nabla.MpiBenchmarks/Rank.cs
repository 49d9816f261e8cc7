using System.Diagnostics;
using System.Globalization;

namespace Nabla.MpiBenchmarks;

/// <summary>One of the processes that are measured; the first prints what it has measured.</summary>
internal static class Rank
{
    /// <param name="seconds">How long a measurement takes.</param>
    /// <param name="step">The step of a training that is measured; null for messages.</param>
    /// <param name="threads">Threads of a process.</param>
    public static void Run(double seconds, TrainingStep? step, int threads)
    {
        using MpiCommunicator communicator = MpiCommunicator.Start();
        if (step is not null)
        {
            double time = step.Measure(communicator, threads, seconds);
            if (communicator.Rank == 0)
            {
                Console.WriteLine(time.ToString("R", CultureInfo.InvariantCulture));
            }
            return;
        }
        int size = communicator.Size, rank = communicator.Rank;
        int[] small = [.. Enumerable.Repeat(Measurement.SmallBytes, size)];
        byte[] own = new byte[Measurement.SmallBytes], all = new byte[Measurement.SmallBytes * size];
        double latency = Time(communicator, seconds, () => communicator.AllGather(own, all, small), out _);

        int[] parts = [.. Enumerable.Range(0, size).Select(i => (int)((long)Measurement.Parameters * (i + 1) / size - (long)Measurement.Parameters * i / size) * sizeof(float))];
        int[] mine = [.. Enumerable.Repeat(parts[rank], size)];
        byte[] gradient = new byte[parts.Sum()], received = new byte[mine.Sum()];
        double exchange = Time(communicator, seconds, () =>
        {
            communicator.AllToAll(gradient, parts, received, mine);
            communicator.AllGather(received.AsSpan(0, parts[rank]), gradient, parts);
        }, out double processors);
        if (rank == 0)
        {
            Console.WriteLine(new Measurement(communicator.Description, latency, exchange, processors).ToLine());
        }
    }

    /// <summary>The mean seconds of an action that all take at once, and how many processors all together keep busy by it.</summary>
    private static double Time(MpiCommunicator communicator, double seconds, Action action, out double processors)
    {
        const int WarmUp = 20, Block = 10;
        Repeat(WarmUp);
        byte[] more = [1];
        int blocks = 0;
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        do
        {
            Repeat(Block);
            blocks++;
            more[0] = (byte)(Stopwatch.GetElapsedTime(start).TotalSeconds < seconds ? 1 : 0);
            communicator.Broadcast(more, 0);
        }
        while (more[0] == 1);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        byte[] each = new byte[sizeof(double) * communicator.Size];
        communicator.AllGather(BitConverter.GetBytes((Environment.CpuUsage.TotalTime - busy).TotalSeconds), each, [.. Enumerable.Repeat(sizeof(double), communicator.Size)]);
        processors = Enumerable.Range(0, communicator.Size).Sum(i => BitConverter.ToDouble(each, i * sizeof(double))) / elapsed;
        return elapsed / (blocks * Block);

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++)
            {
                action();
            }
        }
    }
}
