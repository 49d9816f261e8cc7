namespace Nabla.Numerics;

/// <summary>
/// Copies parts of right matrices into memory that belongs to the thread, in the order in which tiles read them: without gaps,
/// so that they fill cache lines and pages, and filled up to whole vectors.
/// </summary>
internal static unsafe class MatrixPacking
{
    [ThreadStatic]
    private static float[]? _right;

    [ThreadStatic]
    private static float[]? _transposed;

    [ThreadStatic]
    private static float[]? _image;

    /// <summary>
    /// Copies a block of the right matrix panel after panel, each two vectors wide, with zeros beyond the last column.
    /// </summary>
    public static float* PackRight<T>(float* right, nint rightRow, int depth, int columns)
        where T : struct, ILanes<T>
    {
        int width = 2 * T.Count;
        int panels = Panels(columns, width);
        float* packed = ThreadMemory.Of(ref _right, PackedLength(depth, columns, width));
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

    /// <summary>The same of a matrix that is transposed: <paramref name="rightColumn"/> floats from one column to the next.</summary>
    public static float* PackRightTransposed<T>(float* right, nint rightColumn, int depth, int columns)
        where T : struct, ILanes<T>
    {
        int width = 2 * T.Count;
        int panels = Panels(columns, width);
        float* packed = ThreadMemory.Of(ref _right, PackedLength(depth, columns, width));
        for (int panel = 0; panel < panels; panel++)
        {
            int count = Math.Min(width, columns - panel * width);
            float* to = packed + (nint)panel * depth * width;
            if (count < width)
            {
                new Span<float>(to, checked(depth * width)).Clear();
            }
            Transposition.Transpose(right + panel * width * rightColumn, rightColumn, to, width, count, depth);
        }
        return packed;
    }

    /// <summary>Transposes a block of a matrix that is transposed: into [depth, columns], without panels.</summary>
    public static float* TransposeRight(float* right, nint rightColumn, int depth, int columns)
    {
        float* transposed = ThreadMemory.Of(ref _right, (long)depth * columns);
        Transposition.Transpose(right, rightColumn, transposed, columns, columns, depth);
        return transposed;
    }

    /// <summary>Floats of a block that is packed in panels of so many columns.</summary>
    public static long PackedLength(int depth, int columns, int width) => (long)depth * Panels(columns, width) * width;

    /// <summary>Memory of this thread for numbers that are transposed while they are computed with.</summary>
    public static float* Transposed(long length) => ThreadMemory.Of(ref _transposed, length);

    /// <summary>Memory of this thread for one image with zeros around it, all zeros when <paramref name="clear"/>.</summary>
    public static float* Image(long length, bool clear)
    {
        float* image = ThreadMemory.Of(ref _image, length);
        if (clear)
        {
            new Span<float>(image, (int)length).Clear();
        }
        return image;
    }

    private static int Panels(int columns, int width) => (int)(((long)columns + width - 1) / width);
}
