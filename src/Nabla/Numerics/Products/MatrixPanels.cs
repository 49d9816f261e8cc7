namespace Nabla.Numerics;

/// <summary>A block of the right matrix in panels as wide as a tile: where it is, or packed.</summary>
internal readonly unsafe struct MatrixPanels
{
    private readonly float* _right;
    private readonly nint _rightRow;
    private readonly int _depth;
    private readonly int _columns;
    private readonly float* _packed;
    private readonly int _firstPacked;

    private MatrixPanels(float* right, nint rightRow, int depth, int columns, float* packed, int firstPacked)
    {
        _right = right;
        _rightRow = rightRow;
        _depth = depth;
        _columns = columns;
        _packed = packed;
        _firstPacked = firstPacked;
    }

    /// <summary>Packs all panels, or only the last one where whole vectors would reach beyond the matrix.</summary>
    /// <param name="right">The block's first number.</param>
    /// <param name="rightRow">Floats from one row to the next.</param>
    /// <param name="depth">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    /// <param name="all">Whether to pack what needs not be packed.</param>
    public static MatrixPanels Of<T>(float* right, nint rightRow, int depth, int columns, bool all)
        where T : struct, ILanes<T>
    {
        if (RowProduct.IsFor<T>())
        {
            return new MatrixPanels(right, rightRow, depth, columns, packed: null, firstPacked: columns);
        }
        int first = all ? 0 : columns % T.Count == 0 ? columns : columns - columns % (2 * T.Count);
        return new MatrixPanels(right, rightRow, depth, columns, MatrixPacking.PackRight<T>(right + first, rightRow, depth, columns - first), first);
    }

    /// <summary>Packs all panels of a matrix that is transposed.</summary>
    /// <param name="right">The block's first number.</param>
    /// <param name="rightColumn">Floats from one column to the next; those of a column follow each other.</param>
    /// <param name="depth">Rows of the block.</param>
    /// <param name="columns">Columns of the block.</param>
    public static MatrixPanels OfTransposed<T>(float* right, nint rightColumn, int depth, int columns)
        where T : struct, ILanes<T> => RowProduct.IsFor<T>()
        ? Of<T>(MatrixPacking.TransposeRight(right, rightColumn, depth, columns), columns, depth, columns, all: false)
        : new(right, 0, depth, columns, MatrixPacking.PackRightTransposed<T>(right, rightColumn, depth, columns), 0);

    /// <summary>All tiles of a block of rows.</summary>
    /// <param name="operands">Where the first panel's first tile is; but not the right matrix and the columns, which are of this block.</param>
    /// <param name="rows">Rows of the block.</param>
    public void Compute<T>(in TileOperands operands, int rows)
        where T : struct, ILanes<T> => Compute<T>(operands, rows, default, 0, Tiles.Count<T>(rows));

    /// <summary>Some tiles of a block of rows.</summary>
    /// <param name="operands">As above; the first tile is the block's, whether it is to be computed or not.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="left">The left matrix where it was packed.</param>
    /// <param name="firstTile">The first tile to be computed.</param>
    /// <param name="endTile">The first not to be computed any more.</param>
    public void Compute<T>(in TileOperands operands, int rows, in PackedLeft left, int firstTile, int endTile)
        where T : struct, ILanes<T>
    {
        if (RowProduct.IsFor<T>())
        {
            ComputeRows<T>(operands, rows, firstTile, endTile);
            return;
        }
        int width = 2 * T.Count;
        for (int column = 0; column < _columns; column += width)
        {
            TileOperands panel = operands;
            panel.Columns = Math.Min(width, _columns - column);
            panel.Start = operands.Start is null ? null : operands.Start + column;
            panel.Result = operands.Result + column;
            bool isPacked = column >= _firstPacked;
            panel.Right = isPacked ? _packed + (nint)(column - _firstPacked) * _depth : _right + column;
            panel.RightRow = isPacked ? width : _rightRow;
            panel.SetRightArea(isPacked ? _packed : _right, isPacked ? MatrixPacking.PackedLength(_depth, _columns - _firstPacked, width) : (_depth - 1) * _rightRow + _columns);
            Tiles.Compute<T>(panel, rows, left, firstTile, endTile);
        }
    }

    /// <summary>The rows of some tiles, with all columns.</summary>
    private void ComputeRows<T>(in TileOperands operands, int rows, int firstTile, int endTile)
        where T : struct, ILanes<T>
    {
        int tiles = Tiles.Count<T>(rows), first = Tiles.Begin(rows, firstTile, tiles);
        TileOperands block = operands;
        block.Left += first * operands.LeftRow;
        block.Start = operands.Start is null ? null : operands.Start + first * operands.StartRow;
        block.Result += first * operands.ResultRow;
        block.Right = _right;
        block.RightRow = _rightRow;
        block.Columns = _columns;
        RowProduct.Compute(block, Tiles.Begin(rows, endTile, tiles) - first);
    }
}
