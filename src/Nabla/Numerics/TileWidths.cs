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

    /// <summary>One whole vector and a part of one, or all of it.</summary>
    public readonly struct TwoMasked : ITileWidth
    {
        static bool ITileWidth.Two => true;

        public static bool Masked => true;
    }

    /// <summary>A part of one vector, or all of it.</summary>
    public readonly struct OneMasked : ITileWidth
    {
        public static bool Two => false;

        public static bool Masked => true;
    }
}
