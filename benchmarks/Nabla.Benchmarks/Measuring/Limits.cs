namespace Nabla.Benchmarks.Measuring;

/// <summary>What the machine could do with a number of threads: the best of all measurements so far, since others disturb only to the worse.</summary>
internal sealed class Limits(int threads)
{
    public int Threads => threads;

    /// <summary>Floating-point operations per second.</summary>
    public double Flops { get; private set; }

    /// <summary>Bytes per second from and to memory.</summary>
    public double MemoryBandwidth { get; private set; }

    /// <summary>Bytes per second from and to the second-level cache.</summary>
    public double CacheBandwidth { get; private set; }

    public void Measure()
    {
        Flops = Math.Max(Flops, FusedMultiplyAddPeak.Measure(threads));
        MemoryBandwidth = Math.Max(MemoryBandwidth, CopyBandwidth.OfMemory(threads));
        CacheBandwidth = Math.Max(CacheBandwidth, CopyBandwidth.OfCache(threads));
    }

    /// <summary>Most runs per second, and what bounds them.</summary>
    public (double Runs, string Bound) For(Cost cost)
    {
        (double Seconds, string Bound)[] bounds =
        [
            (cost.Flops / Flops, "arithmetic"), (cost.MemoryBytes / MemoryBandwidth, "memory"), (cost.CacheBytes / CacheBandwidth, "L2"),
        ];
        (double seconds, string bound) = bounds.MaxBy(part => part.Seconds);
        return (1 / seconds, bound);
    }
}
