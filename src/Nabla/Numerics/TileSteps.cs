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
