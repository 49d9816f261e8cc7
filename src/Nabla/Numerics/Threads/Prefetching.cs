using System.Runtime.Intrinsics.X86;

namespace Nabla.Numerics;

/// <summary>Asks the processor to fetch into its cache what will soon be read from a place that it cannot foresee.</summary>
internal static unsafe class Prefetching
{
    private const int Line = 64;

    /// <summary>Does nothing where .NET has no such instruction.</summary>
    public static void Fetch(ReadOnlySpan<byte> bytes)
    {
        if (Sse.IsSupported && !bytes.IsEmpty)
        {
            fixed (byte* from = bytes)
            {
                for (int i = 0; i < bytes.Length; i += Line)
                {
                    Sse.Prefetch0(from + i);
                }
                Sse.Prefetch0(from + bytes.Length - 1);
            }
        }
    }
}
