namespace Nabla.Numerics;

/// <summary>Vectors of a row of a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/>, as a type so that the compiler knows them.</summary>
internal interface ITileWidth
{
    /// <summary>Whether there are two vectors, not one.</summary>
    static abstract bool Two { get; }

    /// <summary>Whether some lanes of the last vector lie beyond the matrix.</summary>
    static abstract bool Masked { get; }
}
