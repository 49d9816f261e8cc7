namespace Nabla.Numerics;

/// <summary>What is done to the elements at one place of one or more arrays; see <see cref="ElementWise.Run"/>.</summary>
internal interface IElementKernel
{
    /// <summary>Computes the elements <paramref name="index"/> to <paramref name="index"/> + <c>TLanes.Count</c> − 1.</summary>
    void Apply<TLanes>(nint index)
        where TLanes : struct, ILanes<TLanes>;
}
