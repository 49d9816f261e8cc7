namespace Nabla.Numerics;

/// <summary>All heights of a tile.</summary>
internal static class TileHeights
{
    public readonly struct Of1 : ITileHeight
    {
        public static int Count => 1;
    }

    public readonly struct Of2 : ITileHeight
    {
        public static int Count => 2;
    }

    public readonly struct Of3 : ITileHeight
    {
        public static int Count => 3;
    }

    public readonly struct Of4 : ITileHeight
    {
        public static int Count => 4;
    }

    public readonly struct Of5 : ITileHeight
    {
        public static int Count => 5;
    }

    public readonly struct Of6 : ITileHeight
    {
        public static int Count => 6;
    }

    public readonly struct Of7 : ITileHeight
    {
        public static int Count => 7;
    }

    public readonly struct Of8 : ITileHeight
    {
        public static int Count => 8;
    }

    public readonly struct Of9 : ITileHeight
    {
        public static int Count => 9;
    }

    public readonly struct Of10 : ITileHeight
    {
        public static int Count => 10;
    }

    public readonly struct Of11 : ITileHeight
    {
        public static int Count => 11;
    }

    public readonly struct Of12 : ITileHeight
    {
        public static int Count => 12;
    }
}

/// <summary>Rows of a <see cref="MatrixTile{T, TRows, TWidth, TSteps}"/>, as a type so that the compiler knows the number.</summary>
internal interface ITileHeight
{
    /// <summary>1 to 12.</summary>
    static abstract int Count { get; }
}
