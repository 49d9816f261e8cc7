namespace Nabla.Numerics;

/// <summary>A block of the left matrix, copied tile after tile; see <see cref="LeftPacking"/>. The default is one that was not.</summary>
internal readonly unsafe struct PackedLeft
{
    /// <summary>The numbers, <see cref="Depth"/> times the height of a tile for each, and in each column after column; null where the matrix is read where it is.</summary>
    public float* Numbers { get; init; }

    /// <summary>Columns of the block.</summary>
    public int Depth { get; init; }

    /// <summary>For each tile room for <see cref="Depth"/> indices of the columns that were copied; null where all were.</summary>
    public int* Steps { get; init; }

    /// <summary>How many columns of each tile were copied; null where all were.</summary>
    public int* Counts { get; init; }
}
