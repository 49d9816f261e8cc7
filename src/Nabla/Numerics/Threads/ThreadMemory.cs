namespace Nabla.Numerics;

/// <summary>Memory for intermediate numbers that belongs to a thread: made once and used again.</summary>
internal static unsafe class ThreadMemory
{
    /// <summary>Most bytes in one piece. A network that would need more for a sample is refused when it is made.</summary>
    public const long MaxBytes = 1L << 30;

    // A cache line, so that whole vectors do not reach over two.
    private const int Alignment = 64;

    /// <summary>At least <paramref name="length"/> items at the begin of a cache line, in <paramref name="memory"/> or in larger memory that takes its place.</summary>
    /// <param name="memory">The thread's memory of this kind.</param>
    /// <param name="length">Items. Computed in 64 bits: a product that had wrapped would get too little, and be written beyond it.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are more than <see cref="MaxBytes"/>.</exception>
    public static T* Of<T>(ref T[]? memory, long length)
        where T : unmanaged
    {
        const int Least = 8192;
        int spare = Alignment / sizeof(T);
        if (memory is null || memory.Length < length + spare)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxBytes / sizeof(T));
            // Pinned, so that pointers into it stay good.
            memory = GC.AllocateUninitializedArray<T>((int)Math.Max(length, Least) + spare, pinned: true);
        }
        fixed (T* first = memory)
        {
            return (T*)(((nint)first + Alignment - 1) & -Alignment);
        }
    }
}

/// <summary>How much memory of each kind a thread needs for a pass, at most, in floats; whichever vectors the processor has.</summary>
/// <param name="Packed">Copies of parts of the operands of products.</param>
/// <param name="Image">An image with its padding.</param>
/// <param name="Transposed">Numbers that are transposed.</param>
internal readonly record struct ThreadFloats(long Packed, long Image, long Transposed)
{
    /// <summary>Of all kinds.</summary>
    public long Sum => Packed + Image + Transposed;

    /// <summary>What serves both, one after the other.</summary>
    public static ThreadFloats Max(ThreadFloats a, ThreadFloats b) =>
        new(Math.Max(a.Packed, b.Packed), Math.Max(a.Image, b.Image), Math.Max(a.Transposed, b.Transposed));
}
