namespace Nabla.Numerics;

/// <summary>Memory for intermediate numbers that belongs to a thread: made once and used again.</summary>
internal static unsafe class ThreadMemory
{
    // A cache line, so that whole vectors do not reach over two.
    private const int Alignment = 64;

    /// <summary>At least <paramref name="length"/> items at the begin of a cache line, in <paramref name="memory"/> or in larger memory that takes its place.</summary>
    public static T* Of<T>(ref T[]? memory, int length)
        where T : unmanaged
    {
        const int Least = 8192;
        int spare = Alignment / sizeof(T);
        if (memory is null || memory.Length < length + spare)
        {
            // Pinned, so that pointers into it stay good.
            memory = GC.AllocateUninitializedArray<T>(Math.Max(length, Least) + spare, pinned: true);
        }
        fixed (T* first = memory)
        {
            return (T*)(((nint)first + Alignment - 1) & -Alignment);
        }
    }
}
