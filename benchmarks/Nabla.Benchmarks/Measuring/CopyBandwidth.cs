namespace Nabla.Benchmarks.Measuring;

/// <summary>How many bytes a second can be read and written: copies, in which each byte counts twice.</summary>
internal static class CopyBandwidth
{
    private const int LargeBytes = 128 << 20;
    // Source and destination together: beyond any first-level cache, within any second-level cache of today.
    private const int SmallBytes = 192 << 10;

    /// <summary>From and to memory.</summary>
    public static double OfMemory(int threads) => Measure(threads, LargeBytes / threads, repetitions: 2);

    /// <summary>From and to the second-level cache of each core.</summary>
    public static double OfCache(int threads) => Measure(threads, SmallBytes, repetitions: 20_000);

    private static double Measure(int threads, int bytes, int repetitions)
    {
        byte[][] from = [.. Enumerable.Range(0, threads).Select(_ => Filled(bytes))];
        byte[][] to = [.. Enumerable.Range(0, threads).Select(_ => Filled(bytes))];
        double seconds = AllThreads.Run(threads, number =>
        {
            for (int i = 0; i < repetitions; i++)
            {
                from[number].AsSpan().CopyTo(to[number]);
            }
        });
        return 2.0 * bytes * repetitions * threads / seconds;
    }

    private static byte[] Filled(int bytes)
    {
        byte[] buffer = new byte[bytes];
        buffer.AsSpan().Fill(1); // so that every page is there
        return buffer;
    }
}
