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

    private readonly struct Count(long[] bytes, int[] threads) : IJob
    {
        public void Run(int part, int parts)
        {
            bytes[part] = GC.GetAllocatedBytesForCurrentThread();
            threads[part] = Environment.CurrentManagedThreadId;
        }
    }
}
