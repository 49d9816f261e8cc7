using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>Goes over the rows of one panel in tiles of equal height, as high as the registers allow.</summary>
internal static unsafe class Tiles
{
    /// <param name="panel">Where the panel's first tile is.</param>
    /// <param name="rows">Rows in all.</param>
    /// <param name="left">The left matrix where it was packed.</param>
    /// <param name="firstTile">The first tile to be computed.</param>
    /// <param name="endTile">The first not to be computed any more.</param>
    public static void Compute<T>(in TileOperands panel, int rows, in PackedLeft left, int firstTile, int endTile)
        where T : struct, ILanes<T>
    {
        int count = Count<T>(rows);
        TileOperands tile = panel;
        for (int i = firstTile, first = Begin(rows, i, count), end; i < endTile; i++, first = end)
        {
            end = Begin(rows, i + 1, count);
            int height = end - first;
            tile.Left = panel.Left + first * panel.LeftRow;
            tile.Start = panel.Start is null ? null : panel.Start + first * panel.StartRow;
            tile.Result = panel.Result + first * panel.ResultRow;
            if (left.Numbers is not null)
            {
                tile.Left = left.Numbers + (nint)first * left.Depth;
                tile.LeftRow = 1;
                tile.LeftGroup = 3;
                tile.LeftStep = height;
                tile.SetLeftArea(left.Numbers, (long)rows * left.Depth);
            }
            if (left.Steps is null)
            {
                Compute<T, TileSteps.All>(tile, height);
                continue;
            }
            tile.Steps = left.Steps + (nint)i * left.Depth;
            tile.RunLength = left.Counts[i];
            if (tile.RunLength > 0 || (tile.DescentRate == 0 && tile.Start != tile.Result))
            {
                Compute<T, TileSteps.Chosen>(tile, height);
            }
        }
    }

    private static void Compute<T, TSteps>(in TileOperands tile, int height)
        where T : struct, ILanes<T>
        where TSteps : struct, ITileSteps
    {
        tile.AssertWithin<T>(height);
        if (tile.Columns == 2 * T.Count)
        {
            Compute<T, TileWidths.Two, TSteps>(tile, height);
        }
        else if (tile.Columns > T.Count)
        {
            Compute<T, TileWidths.TwoMasked, TSteps>(tile, height);
        }
        // Some processors take twenty times as long to store some lanes as to store all.
        else if (tile.Columns == T.Count)
        {
            Compute<T, TileWidths.One, TSteps>(tile, height);
        }
        else
        {
            Compute<T, TileWidths.OneMasked, TSteps>(tile, height);
        }
    }

    /// <summary>Number of tiles that cover so many rows.</summary>
    public static int Count<T>(int rows)
        where T : struct, ILanes<T> => (int)(((long)rows + GreatestHeight<T>() - 1) / GreatestHeight<T>());

    /// <summary>The first row of a tile; for <paramref name="tiles"/>, the number of rows.</summary>
    public static int Begin(int rows, int tile, int tiles) => (int)((long)rows * tile / tiles);

    /// <summary>AVX2 has 16 registers; AVX-512 and ARM64 have 32.</summary>
    public static int GreatestHeight<T>()
        where T : struct, ILanes<T> => typeof(T) == typeof(Lanes8) ? 6 : 12;

    private static void Compute<T, TWidth, TSteps>(in TileOperands tile, int height)
        where T : struct, ILanes<T>
        where TWidth : struct, ITileWidth
        where TSteps : struct, ITileSteps
    {
        switch (height)
        {
            case 1: MatrixTile<T, TileHeights.Of1, TWidth, TSteps>.Compute(tile); break;
            case 2: MatrixTile<T, TileHeights.Of2, TWidth, TSteps>.Compute(tile); break;
            case 3: MatrixTile<T, TileHeights.Of3, TWidth, TSteps>.Compute(tile); break;
            case 4: MatrixTile<T, TileHeights.Of4, TWidth, TSteps>.Compute(tile); break;
            case 5: MatrixTile<T, TileHeights.Of5, TWidth, TSteps>.Compute(tile); break;
            case 6: MatrixTile<T, TileHeights.Of6, TWidth, TSteps>.Compute(tile); break;
            case 7: MatrixTile<T, TileHeights.Of7, TWidth, TSteps>.Compute(tile); break;
            case 8: MatrixTile<T, TileHeights.Of8, TWidth, TSteps>.Compute(tile); break;
            case 9: MatrixTile<T, TileHeights.Of9, TWidth, TSteps>.Compute(tile); break;
            case 10: MatrixTile<T, TileHeights.Of10, TWidth, TSteps>.Compute(tile); break;
            case 11: MatrixTile<T, TileHeights.Of11, TWidth, TSteps>.Compute(tile); break;
            case 12: MatrixTile<T, TileHeights.Of12, TWidth, TSteps>.Compute(tile); break;
            default: throw new SwitchExpressionException(height);
        }
    }
}
