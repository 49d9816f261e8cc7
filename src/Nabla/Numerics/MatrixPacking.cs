using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// Copies parts of matrices into memory that belongs to the thread, in the order in which tiles read them: without gaps,
/// so that they fill cache lines and pages, and filled up to whole vectors.
/// </summary>
internal static unsafe class MatrixPacking
{
    [ThreadStatic]
    private static float[]? _right;

    [ThreadStatic]
    private static float[]? _left;

    [ThreadStatic]
    private static float[]? _turned;

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
        float* packed = ThreadMemory.Of(ref _right, depth * panels * width);
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
        int panels = (columns + width - 1) / width;
        float* packed = ThreadMemory.Of(ref _right, depth * panels * width);
        for (int panel = 0; panel < panels; panel++)
        {
            int count = Math.Min(width, columns - panel * width);
            float* to = packed + (nint)panel * depth * width;
            if (count < width)
            {
                new Span<float>(to, depth * width).Clear();
            }
            Transposition.Transpose(right + panel * width * rightColumn, rightColumn, to, width, count, depth);
        }
        return packed;
    }

    /// <summary>Copies a block of the left matrix tile after tile, and in each tile column after column.</summary>
    public static void PackLeft<T>(ref TileOperands block, int rows)
        where T : struct, ILanes<T>
    {
        float* packed = ThreadMemory.Of(ref _left, rows * block.RunLength);
        int count = Tiles.Count<T>(rows);
        if (block.LeftRow == 1)
        {
            int* firsts = stackalloc int[count + 1];
            for (int i = 0; i <= count; i++)
            {
                firsts[i] = rows * i / count;
            }
            // Along what is a row in memory, which lies in one page.
            for (nint k = 0; k < block.RunLength; k++)
            {
                float* from = block.Left + k * block.LeftStep;
                for (int i = 0; i < count; i++)
                {
                    int first = firsts[i], height = firsts[i + 1] - first;
                    CopyFew(from + first, packed + (nint)first * block.RunLength + k * height, height);
                }
            }
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                int first = rows * i / count;
                int height = rows * (i + 1) / count - first;
                Transposition.Transpose(block.Left + first * block.LeftRow, block.LeftRow, packed + first * block.RunLength, height, height, block.RunLength);
            }
        }
        block.Left = packed;
        block.LeftRow = 1;
        block.LeftGroup = 3;
    }

    /// <summary>Copies 1 to 12 numbers; two vectors may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyFew(float* from, float* to, int count)
    {
        if (count >= Vector256<float>.Count)
        {
            Vector256.Load(from).Store(to);
            if (count >= 12)
            {
                Vector128.Load(from + 8).Store(to + 8);
            }
            else
            {
                Vector256.Load(from + count - Vector256<float>.Count).Store(to + count - Vector256<float>.Count);
            }
            return;
        }
        if (count >= Vector128<float>.Count)
        {
            Vector128<float> last = Vector128.Load(from + count - Vector128<float>.Count);
            Vector128.Load(from).Store(to);
            last.Store(to + count - Vector128<float>.Count);
            return;
        }
        for (int i = 0; i < count; i++)
        {
            to[i] = from[i];
        }
    }

    /// <summary>Memory of this thread for numbers that are turned on their side while they are computed with.</summary>
    public static float* Turned(int length) => ThreadMemory.Of(ref _turned, length);

    /// <summary>Memory of this thread for one image with zeros around it, all zeros when <paramref name="clear"/>.</summary>
    public static float* Image(int length, bool clear)
    {
        float* image = ThreadMemory.Of(ref _image, length);
        if (clear)
        {
            new Span<float>(image, length).Clear();
        }
        return image;
    }
}
