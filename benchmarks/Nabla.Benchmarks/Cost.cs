namespace Nabla.Benchmarks;

/// <summary>The least that one run of a workload takes, whoever does it.</summary>
/// <param name="Flops">Multiplications and additions of its matrix products, each counted as one.</param>
/// <param name="MemoryBytes">Numbers too many for any cache, as 32-bit floats, that must come from memory or go there.</param>
/// <param name="CacheBytes">Numbers that fit the second-level cache but not the first, read or written.</param>
internal readonly record struct Cost(double Flops, double MemoryBytes = 0, double CacheBytes = 0);
