namespace Nabla.Numerics;

/// <summary>Work that is written for vectors of any width.</summary>
internal interface ILanesJob
{
    /// <summary>Does part <paramref name="part"/> of <paramref name="parts"/>, counted from 0.</summary>
    void Run<T>(int part, int parts)
        where T : struct, ILanes<T>;
}
