using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>Runs a kernel over all elements: widest vectors first, single floats for the remainder.</summary>
internal static class ElementWise
{
    // Below this many elements a thread, handing work over costs more than it saves.
    private const int MinPerThread = 16 * 1024;

    /// <summary>Applies <paramref name="kernel"/> to the elements 0 to <paramref name="length"/> − 1, split over threads.</summary>
    public static void Run<TKernel>(ref TKernel kernel, int length, int threads)
        where TKernel : struct, IElementKernel, allows ref struct
    {
        Job<TKernel> job = new(ref kernel, length);
        WorkerTeam.Run(ref job, Threads(length, threads));
    }

    /// <summary>Over how many threads it is worth while to split a pass over so many elements.</summary>
    public static int Threads(int length, int most) => Math.Clamp(length / MinPerThread, 1, most);

    /// <summary>Applies <paramref name="kernel"/> to some of the elements, on this thread.</summary>
    /// <remarks>
    /// Not to be inlined: how much the compiler inlines into a method is limited by that method's own size. From a small one, such as what a worker thread starts with,
    /// the limit was reached before the kernel's innermost loop, where each operation on a vector then became a call: six times slower.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void RunRange<TKernel>(ref TKernel kernel, nint start, nint end)
        where TKernel : struct, IElementKernel, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated)
        {
            start = RunWidth<TKernel, Lanes16>(ref kernel, start, end);
        }
        if (Vector256.IsHardwareAccelerated)
        {
            start = RunWidth<TKernel, Lanes8>(ref kernel, start, end);
        }
        if (Vector128.IsHardwareAccelerated)
        {
            start = WasmLanes.IsSupported ? RunWidth<TKernel, WasmLanes>(ref kernel, start, end) : RunWidth<TKernel, Lanes4>(ref kernel, start, end);
        }
        RunWidth<TKernel, Lanes1>(ref kernel, start, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint RunWidth<TKernel, TLanes>(ref TKernel kernel, nint start, nint end)
        where TKernel : struct, IElementKernel, allows ref struct
        where TLanes : struct, ILanes<TLanes>
    {
        for (; start <= end - TLanes.Count; start += TLanes.Count)
        {
            kernel.Apply<TLanes>(start);
        }
        return start;
    }

    // A pointer, because a field cannot refer to a ref struct; the kernel is on the stack of Run's caller, which waits.
    private readonly unsafe ref struct Job<TKernel>(ref TKernel kernel, int length) : IJob
        where TKernel : struct, IElementKernel, allows ref struct
    {
        private readonly void* _kernel = Unsafe.AsPointer(ref kernel);

        public void Run(int part, int parts)
        {
            ref TKernel kernel = ref Unsafe.AsRef<TKernel>(_kernel);
            RunRange(ref kernel, (nint)((long)length * part / parts), (nint)((long)length * (part + 1) / parts));
        }
    }
}

/// <summary>What is done to the elements at one place of one or more arrays; see <see cref="ElementWise.Run"/>.</summary>
/// <remarks>To be inlined: where .NET interprets, a call for each vector takes longer than what it does.</remarks>
internal interface IElementKernel
{
    /// <summary>Computes the elements <paramref name="index"/> to <paramref name="index"/> + <c>TLanes.Count</c> − 1.</summary>
    void Apply<TLanes>(nint index)
        where TLanes : struct, ILanes<TLanes>;
}
