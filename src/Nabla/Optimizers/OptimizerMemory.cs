using System.Runtime.CompilerServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>What velocities and moments need beside their formulas.</summary>
internal static class OptimizerMemory
{
    /// <summary>
    /// Zero in place of numbers below 10⁻³⁰. The memory of a weight whose gradient has become zero, such as that of a
    /// pixel that is hardly ever inked, shrinks by a factor per step until it is subnormal, and there rounding holds it
    /// for ever; processors compute on subnormals some hundred times slower. Numbers that small move no weight.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FlushTiny<T>(T value)
        where T : struct, ILanes<T> => T.WherePositive(T.Broadcast(1e-30f) - T.Abs(value), T.Broadcast(0), value);
}
