using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>
/// A matrix product split over threads by the inner index, so that each reads only what is its own: in a forward pass its
/// features and their weights (<see cref="FeatureShares"/>), in a backward pass its samples. The sums of a part of the
/// result go from thread to thread; while the second adds its products to one part, the first is at the next. So each sum
/// is still one chain in the order of the inner index, with the same bits for any number of threads.
/// </summary>
internal unsafe struct MatrixPipelineJob : IJob, ILanesJob
{
    // Handed on at a time. Fewer would be finished sooner, but each costs a wait.
    private const int TilesAtOnce = 2;

    // Panels at a time, where they are packed or low.
    private const int PanelsAtOnce = 4;

    /// <summary>The same in columns, with the widest vectors.</summary>
    public const int MaxColumnsAtOnce = PanelsAtOnce * 32;

    private MatrixJob _product;
    private PipelineStage* _stages;

    /// <summary>Whether there is enough of the inner index for so many threads, and room on the stack for what these tell each other.</summary>
    public static bool Fits(int inner, int parts) => parts is > 1 and <= WorkerTeam.MaxThreads && FeatureShares.Fit(inner, parts);

    /// <summary>Runs a product with as many threads.</summary>
    public static void Run(in MatrixJob product, int parts)
    {
        PipelineStage* stages = stackalloc PipelineStage[parts];
        new Span<PipelineStage>(stages, parts).Clear();
        MatrixPipelineJob job = new() { _product = product, _stages = stages };
        WorkerTeam.Run(ref job, parts);
    }

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
            _stages[part].ReportEnd();
        }
    }

    private readonly void Compute<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        bool isLast = part == parts - 1;
        int first = FeatureShares.Begin(_product.Inner, part, parts), depth = FeatureShares.Begin(_product.Inner, part + 1, parts) - first;
        bool packsRight = _product.Rows >= MatrixJob.MinRowsToPackRight;
        int tiles = Tiles.Count<T>(_product.Rows);
        int width = (packsRight || tiles == 1 ? PanelsAtOnce : 1) * 2 * T.Count;
        long lengthOfSums = _product.Rows * (((long)_product.Columns + width - 1) / width * width);
        float* sums = null;
        if (!isLast)
        {
            sums = _stages[part].Sums = MatrixPacking.Transposed(lengthOfSums);
        }
        TileOperands operands = new()
        {
            Left = _product.Left + first * _product.LeftStep,
            LeftRow = _product.LeftRow,
            LeftGroup = 3 * _product.LeftRow,
            LeftStep = _product.LeftStep,
            RunLength = depth,
            Runs = 1,
            StartRow = part == 0 ? _product.StartRow : width,
            ResultRow = isLast ? _product.Columns : width,
        };
        operands.SetLeftArea(_product.Left, (_product.Rows - 1) * _product.LeftRow + (_product.Inner - 1) * _product.LeftStep + 1);
        operands.SetResultArea(isLast ? _product.Result : sums, isLast ? (long)_product.Rows * _product.Columns : lengthOfSums);
        PackedLeft left = MatrixJob.PackLeft<T>(operands, _product.Rows, _product.Columns);
        int chunk = 0;
        for (int column = 0; column < _product.Columns; column += width)
        {
            int columns = Math.Min(width, _product.Columns - column);
            MatrixPanels panels = MatrixPanels.Of<T>(_product.Right + first * _product.RightRow + column, _product.RightRow, depth, columns, packsRight);
            nint at = (nint)column * _product.Rows;
            operands.Result = isLast ? _product.Result + column : sums + at;
            operands.Start = _product.Start is null ? null : _product.Start + column;
            for (int tile = 0; tile < tiles; tile += TilesAtOnce)
            {
                if (part > 0)
                {
                    _stages[part - 1].WaitFor(++chunk);
                    operands.Start = _stages[part - 1].Sums + at;
                }
                panels.Compute<T>(operands, _product.Rows, left, tile, Math.Min(tile + TilesAtOnce, tiles));
                if (!isLast)
                {
                    _stages[part].Report();
                }
            }
        }
        if (isLast)
        {
            _product.Activate(0, _product.Rows, 0, _product.Columns);
        }
    }
}

/// <summary>
/// How far one thread of a <see cref="MatrixPipelineJob"/> has come, for the next one to see. Two cache lines of its own,
/// since processors fetch lines in pairs.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal unsafe struct PipelineStage
{
    // Other threads than ours may want the core.
    private const int LooksBetweenYields = 1000;

    /// <summary>The sums so far, chunk after chunk; written before the first is reported.</summary>
    public float* Sums;

    private int _done;

    /// <summary>Says that one more chunk is done.</summary>
    public void Report() => Volatile.Write(ref _done, _done + 1);

    /// <summary>Says that nobody needs to wait any longer: all is done, or failed.</summary>
    public void ReportEnd() => Volatile.Write(ref _done, int.MaxValue);

    /// <summary>Waits until so many chunks are done.</summary>
    public readonly void WaitFor(int chunks)
    {
        for (int looks = 1; Volatile.Read(in _done) < chunks; looks++)
        {
            Thread.SpinWait(1);
            if (looks % LooksBetweenYields == 0)
            {
                Thread.Yield();
            }
        }
    }
}
