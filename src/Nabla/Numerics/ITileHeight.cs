namespace Nabla.Numerics;

/// <summary>Rows of a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/>, as a type so that the compiler knows the number.</summary>
internal interface ITileHeight
{
    /// <summary>1 to 12.</summary>
    static abstract int Count { get; }
}
