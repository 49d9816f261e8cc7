using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>Goes over the rows of one panel in tiles of equal height, as high as the registers allow.</summary>
internal static unsafe class Tiles
{
    /// <param name="panel">Where the panel's first tile is.</param>
    /// <param name="rows">Rows in all.</param>
    /// <param name="leftIsPacked">Whether the left matrix stands tile after tile (<see cref="MatrixPacking.PackLeft"/>).</param>
    public static void Compute<T>(TileOperands panel, int rows, bool leftIsPacked = false)
        where T : struct, ILanes<T>
    {
        int count = Count<T>(rows);
        TileOperands tile = panel;
        for (int i = 0; i < count; i++)
        {
            int first = rows * i / count;
            int height = rows * (i + 1) / count - first;
            if (leftIsPacked)
            {
                tile.Left = panel.Left + (nint)first * panel.RunLength;
                tile.LeftStep = height;
            }
            else
            {
                tile.Left = panel.Left + first * panel.LeftRow;
            }
            tile.Start = panel.Start is null ? null : panel.Start + first * panel.StartRow;
            tile.Result = panel.Result + first * panel.ResultRow;
            if (panel.Columns == 2 * T.Count)
            {
                Compute<T, TileWidths.Two>(tile, height);
            }
            else if (panel.Columns > T.Count)
            {
                Compute<T, TileWidths.TwoMasked>(tile, height);
            }
            else
            {
                Compute<T, TileWidths.OneMasked>(tile, height);
            }
        }
    }

    /// <summary>Number of tiles that cover so many rows.</summary>
    public static int Count<T>(int rows)
        where T : struct, ILanes<T> => (rows + GreatestHeight<T>() - 1) / GreatestHeight<T>();

    /// <summary>AVX2 has 16 registers; AVX-512 and ARM64 have 32.</summary>
    public static int GreatestHeight<T>()
        where T : struct, ILanes<T> => typeof(T) == typeof(Lanes8) ? 6 : 12;

    private static void Compute<T, TWidth>(in TileOperands tile, int height)
        where T : struct, ILanes<T>
        where TWidth : struct, ITileWidth
    {
        switch (height)
        {
            case 1: MatrixTile<T, TileHeights.Of1, TWidth>.Compute(tile); break;
            case 2: MatrixTile<T, TileHeights.Of2, TWidth>.Compute(tile); break;
            case 3: MatrixTile<T, TileHeights.Of3, TWidth>.Compute(tile); break;
            case 4: MatrixTile<T, TileHeights.Of4, TWidth>.Compute(tile); break;
            case 5: MatrixTile<T, TileHeights.Of5, TWidth>.Compute(tile); break;
            case 6: MatrixTile<T, TileHeights.Of6, TWidth>.Compute(tile); break;
            case 7: MatrixTile<T, TileHeights.Of7, TWidth>.Compute(tile); break;
            case 8: MatrixTile<T, TileHeights.Of8, TWidth>.Compute(tile); break;
            case 9: MatrixTile<T, TileHeights.Of9, TWidth>.Compute(tile); break;
            case 10: MatrixTile<T, TileHeights.Of10, TWidth>.Compute(tile); break;
            case 11: MatrixTile<T, TileHeights.Of11, TWidth>.Compute(tile); break;
            case 12: MatrixTile<T, TileHeights.Of12, TWidth>.Compute(tile); break;
            default: throw new SwitchExpressionException(height);
        }
    }
}
