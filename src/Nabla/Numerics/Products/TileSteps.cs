namespace Nabla.Numerics;

/// <summary>All kinds of steps of a tile.</summary>
internal static class TileSteps
{
    /// <summary>The whole inner index.</summary>
    public readonly struct All : ITileSteps
    {
        public static bool Chosen => false;
    }

    /// <summary>Only some of it.</summary>
    public readonly struct Chosen : ITileSteps
    {
        static bool ITileSteps.Chosen => true;
    }
}

/// <summary>Whether a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/> goes over the whole inner index, as a type so that the compiler knows it.</summary>
internal interface ITileSteps
{
    /// <summary>Whether only the steps at the indices in <see cref="TileOperands.Steps"/> are there.</summary>
    static abstract bool Chosen { get; }
}
