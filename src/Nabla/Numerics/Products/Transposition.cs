using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Numerics;

/// <summary>Transposes matrices.</summary>
internal static unsafe class Transposition
{
    /// <summary>Rows and columns of a square that is transposed in registers.</summary>
    public const int Square = 4;

    /// <summary>Whether the processor transposes squares.</summary>
    public static bool HasSquares => Sse.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>result [columns, rows] = the transpose of matrix [rows, columns].</summary>
    public static void Transpose(ReadOnlySpan<float> matrix, Span<float> result, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(matrix.Length, (long)rows * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, (long)rows * columns);
        fixed (float* from = matrix, to = result)
        {
            Transpose(from, columns, to, rows, rows, columns);
        }
    }

    /// <summary>The same of a part of a matrix into a part of another.</summary>
    /// <param name="from">The first number.</param>
    /// <param name="fromRow">Floats from one row to the next.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="toRow">Floats from one row of the result to the next.</param>
    /// <param name="rows">Rows to be transposed.</param>
    /// <param name="columns">Columns to be transposed.</param>
    public static void Transpose(float* from, nint fromRow, float* to, nint toRow, int rows, int columns)
    {
        int evenRows = HasSquares ? rows - rows % Square : 0, evenColumns = HasSquares ? columns - columns % Square : 0;
        // Down the columns, so that the results are written as they lie in memory.
        for (int column = 0; column < evenColumns; column += Square)
        {
            for (int row = 0; row < evenRows; row += Square)
            {
                TransposeSquare(from + row * fromRow + column, fromRow, to + column * toRow + row, toRow);
            }
        }
        CopyRange(from, fromRow, to, toRow, evenRows, rows, 0, evenColumns);
        CopyRange(from, fromRow, to, toRow, 0, rows, evenColumns, columns);
    }

    private static void CopyRange(float* from, nint fromRow, float* to, nint toRow, int firstRow, int endRow, int firstColumn, int endColumn)
    {
        for (nint column = firstColumn; column < endColumn; column++)
        {
            for (nint row = firstRow; row < endRow; row++)
            {
                to[column * toRow + row] = from[row * fromRow + column];
            }
        }
    }

    /// <summary>Transposes 4 rows of 4 numbers into columns: first pairs of rows are interleaved, then pairs of the results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> First, Vector128<float> Second, Vector128<float> Third, Vector128<float> Fourth) Transpose(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> ac0 = Low(a, c), ac2 = High(a, c), bd0 = Low(b, d), bd2 = High(b, d);
        return (Low(ac0, bd0), High(ac0, bd0), Low(ac2, bd2), High(ac2, bd2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeSquare(float* from, nint fromRow, float* to, nint toRow)
    {
        var columns = Transpose(Vector128.Load(from), Vector128.Load(from + fromRow), Vector128.Load(from + 2 * fromRow), Vector128.Load(from + 3 * fromRow));
        columns.First.Store(to);
        columns.Second.Store(to + toRow);
        columns.Third.Store(to + 2 * toRow);
        columns.Fourth.Store(to + 3 * toRow);
    }

    /// <summary>a₀ b₀ a₁ b₁</summary>
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    /// <summary>a₂ b₂ a₃ b₃</summary>
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
