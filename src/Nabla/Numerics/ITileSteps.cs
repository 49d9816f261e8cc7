namespace Nabla.Numerics;

/// <summary>Whether a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/> goes over the whole inner index, as a type so that the compiler knows it.</summary>
internal interface ITileSteps
{
    /// <summary>Whether only the steps at the indices in <see cref="TileOperands.Steps"/> are there.</summary>
    static abstract bool Chosen { get; }
}
