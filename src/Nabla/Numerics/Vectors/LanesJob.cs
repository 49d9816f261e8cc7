using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>Chooses the widest vectors that the processor has.</summary>
internal static class LanesJob
{
    public static void Run<TJob>(in TJob job, int part, int parts)
        where TJob : struct, ILanesJob
    {
        if (Vector512.IsHardwareAccelerated)
        {
            job.Run<Lanes16>(part, parts);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            job.Run<Lanes8>(part, parts);
        }
        else if (WasmLanes.IsSupported)
        {
            job.Run<WasmLanes>(part, parts);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            job.Run<Lanes4>(part, parts);
        }
        else
        {
            job.Run<Lanes1>(part, parts);
        }
    }
}

/// <summary>Work that is written for vectors of any width.</summary>
internal interface ILanesJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/>, counted from 0.</summary>
    void Run<T>(int part, int parts)
        where T : struct, ILanes<T>;
}
