namespace Nabla.Numerics;

/// <summary>
/// Copies parts of matrices into memory that belongs to the thread, in the order in which tiles read them: without gaps,
/// so that they fill cache lines and pages, and filled up to whole vectors.
/// </summary>
internal static unsafe class MatrixPacking
{
    // Pinned, so that pointers into it stay good; made once for each thread that multiplies matrices.
    [ThreadStatic]
    private static float[]? _right;

    [ThreadStatic]
    private static float[]? _left;

    [ThreadStatic]
    private static float[]? _image;

    /// <summary>
    /// Copies a block of the right matrix panel after panel, each two vectors wide, with zeros beyond the last column.
    /// </summary>
    public static float* PackRight<T>(float* right, nint rightRow, int depth, int columns)
        where T : struct, ILanes<T>
    {
        int width = 2 * T.Count;
        int panels = (columns + width - 1) / width;
        float* packed = Memory(ref _right, depth * panels * width);
        T maskL = T.FirstLanes(columns - (panels - 1) * width), maskR = T.FirstLanes(columns - (panels - 1) * width - T.Count);
        for (nint k = 0; k < depth; k++)
        {
            // Along a row of the matrix, so that it is read as it lies in memory.
            float* from = right + k * rightRow;
            float* to = packed + k * width;
            for (int panel = 1; panel < panels; panel++, from += width, to += (nint)depth * width)
            {
                T.Load(in *from, 0).Store(ref *to, 0);
                T.Load(in *from, T.Count).Store(ref *to, T.Count);
            }
            if (panels > 0)
            {
                T.LoadWhere(maskL, from).Store(ref *to, 0);
                T.LoadWhere(maskR, from + T.Count).Store(ref *to, T.Count);
            }
        }
        return packed;
    }

    /// <summary>Copies a block of the left matrix tile after tile, and in each tile column after column.</summary>
    public static void PackLeft<T>(ref TileOperands block, int rows)
        where T : struct, ILanes<T>
    {
        float* packed = Memory(ref _left, rows * block.RunLength);
        int count = Tiles.Count<T>(rows);
        float* to = packed;
        for (int i = 0; i < count; i++)
        {
            int first = rows * i / count;
            int height = rows * (i + 1) / count - first;
            float* from = block.Left + first * block.LeftRow;
            for (int row = 0; row < height; row++)
            {
                float* value = from + row * block.LeftRow;
                for (nint k = 0; k < block.RunLength; k++)
                {
                    to[k * height + row] = value[k * block.LeftStep];
                }
            }
            to += height * block.RunLength;
        }
        block.Left = packed;
        block.LeftRow = 1;
        block.LeftGroup = 3;
    }

    /// <summary>Memory of this thread for one image with zeros around it, all zeros when <paramref name="clear"/>.</summary>
    public static float* Image(int length, bool clear)
    {
        float* image = Memory(ref _image, length);
        if (clear)
        {
            new Span<float>(image, length).Clear();
        }
        return image;
    }

    /// <summary>Memory of this thread, at the begin of a cache line.</summary>
    private static float* Memory(ref float[]? memory, int length)
    {
        const int Line = 16;
        if (memory is null || memory.Length < length + Line)
        {
            memory = GC.AllocateUninitializedArray<float>(Math.Max(length, MatrixJob.BlockDepth * 2 * Line) + Line, pinned: true);
        }
        fixed (float* first = memory)
        {
            return (float*)(((nint)first + Line * sizeof(float) - 1) & -(Line * sizeof(float)));
        }
    }
}
