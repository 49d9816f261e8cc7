namespace Nabla.Numerics;

/// <summary>
/// One matrix product, split over threads by columns or rows of the result, and each share into tiles. From the outermost
/// loop to the innermost: blocks of columns and of the inner index, whose part of the right matrix stays in the
/// second-level cache; blocks of rows; panels as wide as a tile, whose part of the right matrix stays in the first-level
/// cache; tiles (K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008).
/// </summary>
internal unsafe struct MatrixJob : IJob, ILanesJob
{
    /// <summary>Greatest depth of a block of the inner index. A gradient that moves parameters at once must fit into one.</summary>
    public const int BlockDepth = 256;

    private const int BlockRows = 240;
    private const int BlockColumns = 1024;

    /// <summary>Floats of a block of the right matrix and one of the left, with the places of its columns, at most.</summary>
    public const int PackedFloats = BlockDepth * (BlockColumns + 2 * BlockRows);

    // A right matrix that fewer rows go over is read from where it is: copying it would cost more than it saves.
    public const int MinRowsToPackRight = 72;

    // Where threads share the right matrix, parts of it may still be in the other cores' caches: copying fetches them one
    // after the other, many at a time, while a tile would wait for each.
    private const int MinRowsToPackRightShared = 16;

    // The same for a block of the left matrix and the columns that go over it: where it is transposed already, and so copied
    // by vectors, or else transposed in small squares.
    private const int MinColumnsToPackLeftTransposed = 128;
    private const int MinColumnsToPackLeft = 256;

    // The same where it has zeros enough.
    private const int MinColumnsToLeaveBlanksOut = 64;

    public float* Left;
    public nint LeftRow;
    public nint LeftStep;
    public float* Right;

    /// <summary>Floats from one row of the right matrix to the next, or, where it is transposed, from one column to the next.</summary>
    public nint RightRow;

    /// <summary>Whether the right matrix stands column after column.</summary>
    public bool RightIsTransposed;

    public float* Result;
    public int Rows;
    public int Inner;
    public int Columns;

    /// <summary>What the sums begin with: a bias, the result itself, or null for zeros.</summary>
    public float* Start;

    /// <summary>Floats from one row of <see cref="Start"/> to the next; 0 for a bias.</summary>
    public nint StartRow;

    /// <summary>See <see cref="GradientUse.DescentRate"/>.</summary>
    public float DescentRate;

    /// <summary>What is done to the sums in the end.</summary>
    public Activation Activation;

    /// <summary>How it is computed; <see cref="MatrixProduct"/> chooses.</summary>
    public ProductAlgorithm Algorithm;

    public readonly void Run(int part, int parts) => LanesJob.Run(this, part, parts);

    /// <summary>
    /// Computes a thread's share: in a product of a backward pass, the part of the result that belongs to its features
    /// (<see cref="FeatureShares"/>), columns of the gradient of the inputs or rows of that of the weights; in a forward pass,
    /// rows.
    /// </summary>
    public readonly void Run<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        switch (Algorithm)
        {
            case ProductAlgorithm.OneRow:
                SparseRow.Multiply<T>(Left, Right, Start, Result, Inner, Columns);
                Activate(0, 1, 0, Columns);
                break;
            case ProductAlgorithm.OuterProduct:
                SparseRow.AddOuterProduct<T>(Left, Right, Result, Rows, Columns, DescentRate);
                break;
            case ProductAlgorithm.ThinResult:
                TransposedProduct.ComputeThinResult<T>(this, part, parts);
                break;
            case ProductAlgorithm.LargeRight:
                TransposedProduct.ComputeLargeRight<T>(this, part, parts);
                break;
            default:
                ComputeTiles<T>(part, parts);
                break;
        }
    }

    private readonly void ComputeTiles<T>(int part, int parts)
        where T : struct, ILanes<T>
    {
        if (RightIsTransposed && FeatureShares.Fit(Columns, parts))
        {
            Compute<T>(0, Rows, FeatureShares.Begin(Columns, part, parts), FeatureShares.Begin(Columns, part + 1, parts), isShared: false);
        }
        else
        {
            int first = LeftRow == 1 ? FeatureShares.Begin(Rows, part, parts) : (int)((long)Rows * part / parts);
            int end = LeftRow == 1 ? FeatureShares.Begin(Rows, part + 1, parts) : (int)((long)Rows * (part + 1) / parts);
            Compute<T>(first, end, 0, Columns, isShared: parts > 1);
            Activate(first, end, 0, Columns);
        }
    }

    private readonly void Compute<T>(int firstRow, int endRow, int firstColumn, int endColumn, bool isShared)
        where T : struct, ILanes<T>
    {
        int columnBlocks = Parts(endColumn - firstColumn, BlockColumns), rowBlocks = Parts(endRow - firstRow, BlockRows);
        int depthBlocks = Math.Max(Parts(Inner, BlockDepth), 1);
        bool packRight = endRow - firstRow >= (isShared ? MinRowsToPackRightShared : MinRowsToPackRight);
        for (int column = firstColumn; column < endColumn; column += BlockColumns)
        {
            int columns = Math.Min(BlockColumns, endColumn - column);
            for (int depthBlock = 0; depthBlock < depthBlocks; depthBlock++)
            {
                int inner = (int)((long)Inner * depthBlock / depthBlocks);
                int depth = (int)((long)Inner * (depthBlock + 1) / depthBlocks) - inner;
                MatrixPanels panels = RightIsTransposed
                    ? MatrixPanels.OfTransposed<T>(Right + column * RightRow + inner, RightRow, depth, columns)
                    : MatrixPanels.Of<T>(Right + inner * RightRow + column, RightRow, depth, columns, packRight);
                for (int rowBlock = 0; rowBlock < rowBlocks; rowBlock++)
                {
                    int row = firstRow + (int)((long)(endRow - firstRow) * rowBlock / rowBlocks);
                    int rows = firstRow + (int)((long)(endRow - firstRow) * (rowBlock + 1) / rowBlocks) - row;
                    TileOperands operands = new()
                    {
                        Left = Left + row * LeftRow + inner * LeftStep,
                        LeftRow = LeftRow,
                        LeftGroup = 3 * LeftRow,
                        LeftStep = LeftStep,
                        RunLength = depth,
                        Runs = 1,
                        Start = inner > 0 ? Result + (nint)row * Columns + column : Start is null ? null : Start + row * StartRow + column,
                        StartRow = inner > 0 ? Columns : StartRow,
                        Result = Result + (nint)row * Columns + column,
                        ResultRow = Columns,
                        DescentRate = DescentRate,
                    };
                    operands.SetLeftArea(Left, (Rows - 1) * LeftRow + (Inner - 1) * LeftStep + 1);
                    operands.SetResultArea(Result, (long)Rows * Columns);
                    panels.Compute<T>(operands, rows, PackLeft<T>(operands, rows, columns), 0, Tiles.Count<T>(rows));
                }
            }
        }
    }

    /// <summary>Copies a block of the left matrix if that pays, for so many columns of the right matrix.</summary>
    public static PackedLeft PackLeft<T>(in TileOperands block, int rows, int columns)
        where T : struct, ILanes<T>
    {
        if (RowProduct.IsFor<T>())
        {
            return default;
        }
        bool isTransposed = block.LeftRow == 1;
        bool hasBlanks = columns >= MinColumnsToLeaveBlanksOut && LeftPacking.HasBlanks(block.Left, isTransposed ? rows : block.RunLength);
        bool packs = hasBlanks || columns >= (isTransposed ? MinColumnsToPackLeftTransposed : MinColumnsToPackLeft);
        return packs ? LeftPacking.Pack<T>(block, rows, hasBlanks) : default;
    }

    private static int Parts(int length, int greatest) => (int)(((long)length + greatest - 1) / greatest);

    public readonly void Activate(int firstRow, int endRow, int firstColumn, int endColumn)
    {
        if (Activation == Activation.Identity)
        {
            return;
        }
        int width = endColumn - firstColumn;
        if (width == Columns)
        {
            ActivationKernels.Apply(Activation, new Span<float>(Result + (nint)firstRow * Columns, checked((endRow - firstRow) * Columns)), threads: 1);
            return;
        }
        for (int row = firstRow; row < endRow; row++)
        {
            ActivationKernels.Apply(Activation, new Span<float>(Result + (nint)row * Columns + firstColumn, width), threads: 1);
        }
    }
}
