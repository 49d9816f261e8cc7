namespace Nabla.Numerics;

/// <summary>All widths of a tile.</summary>
internal static class TileWidths
{
    /// <summary>Two whole vectors.</summary>
    public readonly struct Two : ITileWidth
    {
        static bool ITileWidth.Two => true;

        public static bool Masked => false;
    }

    /// <summary>One whole vector.</summary>
    public readonly struct One : ITileWidth
    {
        public static bool Two => false;

        public static bool Masked => false;
    }

    /// <summary>One whole vector and a part of one.</summary>
    public readonly struct TwoMasked : ITileWidth
    {
        static bool ITileWidth.Two => true;

        public static bool Masked => true;
    }

    /// <summary>A part of one vector.</summary>
    public readonly struct OneMasked : ITileWidth
    {
        public static bool Two => false;

        public static bool Masked => true;
    }
}

/// <summary>Vectors of a row of a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/>, as a type so that the compiler knows them.</summary>
internal interface ITileWidth
{
    /// <summary>Whether there are two vectors, not one.</summary>
    static abstract bool Two { get; }

    /// <summary>Whether some lanes of the last vector lie beyond the matrix.</summary>
    static abstract bool Masked { get; }
}
