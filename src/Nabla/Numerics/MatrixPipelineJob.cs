namespace Nabla.Numerics;

/// <summary>
/// A matrix product split over threads by the inner index, for the forward pass of a training: each thread multiplies its
/// own features with their weights (<see cref="FeatureShares"/>). The sums of a part of the result go from thread to
/// thread; while the second adds its products to one part, the first is at the next. So each sum is still one chain in
/// the order of the inner index, with the same bits for any number of threads.
/// </summary>
internal unsafe struct MatrixPipelineJob : IJob, ILanesJob
{
    // Handed on at a time. Fewer would be finished sooner, but each costs a wait.
    private const int TilesAtOnce = 2;

    // Panels that are packed at a time.
    private const int PanelsAtOnce = 4;

    public MatrixJob Product;

    /// <summary>One for each thread.</summary>
    public PipelineStage* Stages;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        try
        {
            Compute<T>(part, parts);
        }
        finally
        {
            Stages[part].ReportEnd();
        }
    }

    private readonly void Compute<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        bool isLast = part == parts - 1;
        int first = FeatureShares.Begin(Product.Inner, part, parts), depth = FeatureShares.Begin(Product.Inner, part + 1, parts) - first;
        bool packsRight = Product.Rows >= MatrixJob.LeastRowsToPackRight;
        int width = (packsRight ? PanelsAtOnce : 1) * 2 * T.Count;
        int tiles = Tiles.Count<T>(Product.Rows);
        float* sums = null;
        if (!isLast)
        {
            sums = Stages[part].Sums = MatrixPacking.Turned(Product.Rows * ((Product.Columns + width - 1) / width * width));
        }
        TileOperands operands = new()
        {
            Left = Product.Left + first,
            LeftRow = Product.LeftRow,
            LeftGroup = 3 * Product.LeftRow,
            LeftStep = 1,
            RunLength = depth,
            Runs = 1,
            StartRow = part == 0 ? 0 : width,
            ResultRow = isLast ? Product.Columns : width,
        };
        PackedLeft left = MatrixJob.PackLeft<T>(operands, Product.Rows, Product.Columns);
        int chunk = 0;
        for (int column = 0; column < Product.Columns; column += width)
        {
            int columns = Math.Min(width, Product.Columns - column);
            MatrixPanels panels = MatrixPanels.Of<T>(Product.Right + first * Product.RightRow + column, Product.RightRow, depth, columns, packsRight);
            nint at = (nint)column * Product.Rows;
            operands.Result = isLast ? Product.Result + column : sums + at;
            operands.Start = Product.Start is null ? null : Product.Start + column;
            for (int tile = 0; tile < tiles; tile += TilesAtOnce)
            {
                if (part > 0)
                {
                    Stages[part - 1].WaitFor(++chunk);
                    operands.Start = Stages[part - 1].Sums + at;
                }
                panels.Compute<T>(operands, Product.Rows, left, tile, Math.Min(tile + TilesAtOnce, tiles));
                if (!isLast)
                {
                    Stages[part].Report();
                }
            }
        }
        if (isLast)
        {
            Product.Activate(0, Product.Rows, 0, Product.Columns);
        }
    }
}
