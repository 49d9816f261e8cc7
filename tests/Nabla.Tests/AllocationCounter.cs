using Nabla.Numerics;

namespace Nabla.Tests;

/// <summary>
/// Counts what the calling thread and the workers of a job allocate: each thread is asked for its own figure, so nothing counts that
/// others do meanwhile. For tests that run alone: beside another's job all parts would be asked on one thread.
/// </summary>
internal sealed class AllocationCounter(int threads)
{
    private readonly long[] _bytes = new long[threads];
    private readonly int[] _threads = new int[threads];

    /// <summary>Bytes that these threads have allocated since they started. To ask allocates nothing.</summary>
    public long Total()
    {
        Count job = new(_bytes, _threads);
        WorkerTeam.Run(ref job, threads);
        long total = 0;
        for (int part = 0; part < threads; part++)
        {
            total += _bytes[part];
            if (part > 0 && _threads[part] == _threads[0])
            {
                throw new InvalidOperationException("The worker team is busy with another's job; a test that counts allocations has to run alone.");
            }
        }
        return total;
    }

    /// <summary>Asserts that no step of a training allocates, the first of each epoch aside.</summary>
    /// <param name="trainer">Trains up to three times: a worker that the machine held up takes its memory when it first gets a part of a layer.</param>
    /// <param name="data">What it trains on.</param>
    /// <param name="options">How: of several epochs.</param>
    public static void AssertNothingPerStep(Trainer trainer, DataSet data, TrainingOptions options)
    {
        long most = -1;
        for (int i = 0; i < 3 && most != 0; i++)
        {
            most = MostOfAStep(trainer, data, options);
        }
        Assert.Equal(0, most);
    }

    private static long MostOfAStep(Trainer trainer, DataSet data, TrainingOptions options)
    {
        AllocationCounter counter = new(options.Threads);
        // Starts the workers.
        counter.Total();
        long last = -1, most = 0;
        int steps = 0;
        void Look(StepResult step)
        {
            long now = counter.Total();
            // The first step of each epoch comes after the validation of the one before.
            most = step.Step == 1 ? most : Math.Max(most, now - last);
            steps++;
            last = counter.Total();
        }
        trainer.StepCompleted += Look;
        trainer.Fit(data, options);
        trainer.StepCompleted -= Look;
        Assert.True(steps > options.Epochs);
        return most;
    }

    private readonly struct Count(long[] bytes, int[] threads) : IJob
    {
        public void Run(int part, int parts)
        {
            bytes[part] = GC.GetAllocatedBytesForCurrentThread();
            threads[part] = Environment.CurrentManagedThreadId;
        }
    }
}
