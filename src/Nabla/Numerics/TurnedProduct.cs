namespace Nabla.Numerics;

/// <summary>
/// Products turned on their side, resultᵀ = rightᵀ · leftᵀ: the same sums in the same order, where what is turned before
/// and after is less than what would have to be turned otherwise.
/// </summary>
internal static unsafe class TurnedProduct
{
    // Of the result, turned at a time.
    private const int MostColumns = 1024;
    public const int MostRows = 240;

    // As many as the rows of a tile.
    public const int MostThinColumns = 12;

    // Below this the turning costs more than it saves.
    private const int LeastInner = 48;

    // Rows below this leave too much of the vectors empty.
    private const int LeastRows = 12;

    [ThreadStatic]
    private static float[]? _result;

    /// <summary>
    /// Whether the left matrix is transposed already, so that its rows fill vectors where the right matrix's few columns
    /// would leave most of their lanes empty: the gradient of the weights of a layer of ten units.
    /// </summary>
    public static bool FitsThinResult(in MatrixJob job) => job.LeftRow == 1 && job.Columns <= MostThinColumns && job.Inner >= LeastInner;

    /// <summary>
    /// Whether the right matrix is transposed, and larger than left matrix and result together: the gradient of the inputs
    /// of a layer with many weights and few samples. Its rows are then read as they are.
    /// </summary>
    public static bool FitsLargeRight(in MatrixJob job) =>
        job.RightIsTransposed && job.Rows >= LeastRows && job.Inner >= LeastInner
        && (long)job.Rows * (job.Inner + job.Columns) < (long)job.Inner * job.Columns;

    /// <summary>A thread's share of a thin result.</summary>
    public static void ComputeThinResult<T>(in MatrixJob job, int part, int parts)
        where T : struct, ILanes<T>
    {
        int end = FeatureShares.Begin(job.Rows, part + 1, parts);
        for (int row = FeatureShares.Begin(job.Rows, part, parts); row < end; row += MostColumns)
        {
            ComputeThinBlock<T>(job, row, Math.Min(MostColumns, end - row));
        }
    }

    /// <summary>A thread's share of a product with a large right matrix.</summary>
    public static void ComputeLargeRight<T>(in MatrixJob job, int part, int parts)
        where T : struct, ILanes<T>
    {
        float* left = MatrixPacking.Turned(job.Rows * ((long)job.Inner + MostRows));
        float* result = left + (nint)job.Rows * job.Inner;
        Transposition.Transpose(job.Left, job.LeftRow, left, job.Rows, job.Rows, job.Inner);
        int end = FeatureShares.Begin(job.Columns, part + 1, parts);
        for (int column = FeatureShares.Begin(job.Columns, part, parts); column < end; column += MostRows)
        {
            int columns = Math.Min(MostRows, end - column);
            TileOperands operands = new()
            {
                Left = job.Right + column * job.RightRow,
                LeftRow = job.RightRow,
                LeftGroup = 3 * job.RightRow,
                LeftStep = 1,
                Runs = 1,
                StartRow = job.Rows,
                Result = result,
                ResultRow = job.Rows,
            };
            operands.SetLeftArea(job.Right, (job.Columns - 1) * job.RightRow + job.Inner);
            operands.SetResultArea(result, (long)job.Rows * MostRows);
            Compute<T>(operands, left, job.Rows, job.Inner, job.Rows, columns);
            Transposition.Transpose(result, job.Rows, job.Result + column, job.Columns, columns, job.Rows);
        }
    }

    /// <summary>
    /// A thin result with threads that take different samples, where <see cref="ComputeThinResult"/> has them take different
    /// features: for samples that are in the cache of the thread that has made them.
    /// </summary>
    public static void RunThinResultBySamples(in MatrixJob job, int parts)
    {
        float* turned = ThreadMemory.Of(ref _result, (long)job.Rows * job.Columns);
        MatrixJob product = new()
        {
            Left = job.Right,
            LeftRow = 1,
            LeftStep = job.RightRow,
            Right = job.Left,
            RightRow = job.LeftStep,
            Result = turned,
            Rows = job.Columns,
            Inner = job.Inner,
            Columns = job.Rows,
            Start = job.Start is null ? null : turned,
            StartRow = job.Rows,
        };
        TurnBefore(job, job.Result, turned, job.Rows);
        MatrixPipelineJob.Run(product, parts);
        TurnAfter(job, turned, job.Result, job.Rows);
    }

    private static void ComputeThinBlock<T>(in MatrixJob job, int row, int rows)
        where T : struct, ILanes<T>
    {
        float* result = job.Result + (nint)row * job.Columns;
        float* turned = MatrixPacking.Turned((long)rows * job.Columns);
        TileOperands operands = new()
        {
            Left = job.Right,
            LeftRow = 1,
            LeftGroup = 3,
            LeftStep = job.RightRow,
            Runs = 1,
            Start = job.Start is null ? null : turned,
            StartRow = rows,
            Result = turned,
            ResultRow = rows,
        };
        operands.SetLeftArea(job.Right, (job.Inner - 1) * job.RightRow + job.Columns);
        operands.SetResultArea(turned, (long)rows * job.Columns);
        TurnBefore(job, result, turned, rows);
        Compute<T>(operands, job.Left + row, job.LeftStep, job.Inner, rows, job.Columns);
        TurnAfter(job, turned, result, rows);
    }

    /// <summary>What a thin result begins with.</summary>
    private static void TurnBefore(in MatrixJob job, float* result, float* turned, int rows)
    {
        if (job.Start is not null)
        {
            Transposition.Transpose(result, job.Columns, turned, rows, rows, job.Columns);
        }
    }

    /// <summary>Where a thin result goes.</summary>
    private static void TurnAfter(in MatrixJob job, float* turned, float* result, int rows)
    {
        if (job.DescentRate == 0)
        {
            Transposition.Transpose(turned, rows, result, job.Columns, job.Columns, rows);
            return;
        }
        for (int i = 0; i < rows; i++)
        {
            for (int column = 0; column < job.Columns; column++)
            {
                ref float parameter = ref result[(nint)i * job.Columns + column];
                parameter = float.FusedMultiplyAdd(-job.DescentRate, turned[(nint)column * rows + i], parameter);
            }
        }
    }

    /// <summary>A product [rows, columns], in blocks of the inner index.</summary>
    private static void Compute<T>(TileOperands operands, float* right, nint rightRow, int inner, int columns, int rows)
        where T : struct, ILanes<T>
    {
        float* left = operands.Left;
        int blocks = (int)(((long)inner + MatrixJob.BlockDepth - 1) / MatrixJob.BlockDepth);
        for (int block = 0; block < blocks; block++)
        {
            int first = (int)((long)inner * block / blocks);
            operands.RunLength = (int)((long)inner * (block + 1) / blocks) - first;
            operands.Left = left + first * operands.LeftStep;
            operands.Start = block > 0 ? operands.Result : operands.Start;
            MatrixPanels.Of<T>(right + first * rightRow, rightRow, operands.RunLength, columns, all: false).Compute<T>(operands, rows);
        }
    }
}
