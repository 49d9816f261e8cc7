namespace Nabla.Numerics;

/// <summary>
/// Transposed products, resultᵀ = rightᵀ · leftᵀ: the same sums in the same order, where what is transposed before
/// and after is less than what would have to be transposed otherwise.
/// </summary>
internal static unsafe class TransposedProduct
{
    // Of the result, transposed at a time.
    private const int MaxColumns = 1024;
    public const int MaxRows = 240;

    // As many as the rows of a tile.
    public const int MaxThinColumns = 12;

    // Below this transposing costs more than it saves.
    private const int MinInner = 48;

    // Rows below this leave too much of the vectors empty.
    private const int MinRows = 12;

    [ThreadStatic]
    private static float[]? _result;

    /// <summary>
    /// Whether the left matrix is transposed already, so that its rows fill vectors where the right matrix's few columns
    /// would leave most of their lanes empty: the gradient of the weights of a layer of ten units.
    /// </summary>
    public static bool FitsThinResult(in MatrixJob job) => job.LeftRow == 1 && job.Columns <= MaxThinColumns && job.Inner >= MinInner;

    /// <summary>
    /// Whether the right matrix is transposed, and larger than left matrix and result together: the gradient of the inputs
    /// of a layer with many weights and few samples. Its rows are then read as they are.
    /// </summary>
    public static bool FitsLargeRight(in MatrixJob job) =>
        job.RightIsTransposed && job.Rows >= MinRows && job.Inner >= MinInner
        && (long)job.Rows * (job.Inner + job.Columns) < (long)job.Inner * job.Columns;

    /// <summary>A thread's share of a thin result.</summary>
    public static void ComputeThinResult<T>(in MatrixJob job, int part, int parts)
        where T : struct, ILanes<T>
    {
        int end = FeatureShares.Begin(job.Rows, part + 1, parts);
        for (int row = FeatureShares.Begin(job.Rows, part, parts); row < end; row += MaxColumns)
        {
            ComputeThinBlock<T>(job, row, Math.Min(MaxColumns, end - row));
        }
    }

    /// <summary>A thread's share of a product with a large right matrix.</summary>
    public static void ComputeLargeRight<T>(in MatrixJob job, int part, int parts)
        where T : struct, ILanes<T>
    {
        float* left = MatrixPacking.Transposed(job.Rows * ((long)job.Inner + MaxRows));
        float* result = left + (nint)job.Rows * job.Inner;
        Transposition.Transpose(job.Left, job.LeftRow, left, job.Rows, job.Rows, job.Inner);
        int end = FeatureShares.Begin(job.Columns, part + 1, parts);
        for (int column = FeatureShares.Begin(job.Columns, part, parts); column < end; column += MaxRows)
        {
            int columns = Math.Min(MaxRows, end - column);
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
            operands.SetResultArea(result, (long)job.Rows * MaxRows);
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
        float* transposed = ThreadMemory.Of(ref _result, (long)job.Rows * job.Columns);
        MatrixJob product = new()
        {
            Left = job.Right,
            LeftRow = 1,
            LeftStep = job.RightRow,
            Right = job.Left,
            RightRow = job.LeftStep,
            Result = transposed,
            Rows = job.Columns,
            Inner = job.Inner,
            Columns = job.Rows,
            Start = job.Start is null ? null : transposed,
            StartRow = job.Rows,
        };
        TransposeBefore(job, job.Result, transposed, job.Rows);
        MatrixPipelineJob.Run(product, parts);
        TransposeAfter(job, transposed, job.Result, job.Rows);
    }

    private static void ComputeThinBlock<T>(in MatrixJob job, int row, int rows)
        where T : struct, ILanes<T>
    {
        float* result = job.Result + (nint)row * job.Columns;
        float* transposed = MatrixPacking.Transposed((long)rows * job.Columns);
        TileOperands operands = new()
        {
            Left = job.Right,
            LeftRow = 1,
            LeftGroup = 3,
            LeftStep = job.RightRow,
            Runs = 1,
            Start = job.Start is null ? null : transposed,
            StartRow = rows,
            Result = transposed,
            ResultRow = rows,
        };
        operands.SetLeftArea(job.Right, (job.Inner - 1) * job.RightRow + job.Columns);
        operands.SetResultArea(transposed, (long)rows * job.Columns);
        TransposeBefore(job, result, transposed, rows);
        Compute<T>(operands, job.Left + row, job.LeftStep, job.Inner, rows, job.Columns);
        TransposeAfter(job, transposed, result, rows);
    }

    /// <summary>What a thin result begins with.</summary>
    private static void TransposeBefore(in MatrixJob job, float* result, float* transposed, int rows)
    {
        if (job.Start is not null)
        {
            Transposition.Transpose(result, job.Columns, transposed, rows, rows, job.Columns);
        }
    }

    /// <summary>Where a thin result goes.</summary>
    private static void TransposeAfter(in MatrixJob job, float* transposed, float* result, int rows)
    {
        if (job.DescentRate == 0)
        {
            Transposition.Transpose(transposed, rows, result, job.Columns, job.Columns, rows);
            return;
        }
        for (int i = 0; i < rows; i++)
        {
            for (int column = 0; column < job.Columns; column++)
            {
                ref float parameter = ref result[(nint)i * job.Columns + column];
                parameter = float.FusedMultiplyAdd(-job.DescentRate, transposed[(nint)column * rows + i], parameter);
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
