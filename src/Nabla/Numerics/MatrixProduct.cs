using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// The three matrix products of a dense layer. Every element of a result is one chain of fused multiply-adds over the
/// inner index, ascending, computed by one thread: so its bits depend on nothing but the numbers.
/// </summary>
internal static class MatrixProduct
{
    private const int TileRows = 4;

    // Below this many multiply-adds a thread, handing work over costs more than it saves.
    private const long LeastPerThread = 64 * 1024;

    /// <summary>result [rows, columns] = bias [columns] + left [rows, inner] · right [inner, columns]; no bias where it is empty.</summary>
    public static void Multiply(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, ReadOnlySpan<float> bias, Span<float> result,
        int rows, int inner, int columns, int threads)
    {
        Initialize(bias, result, rows, columns);
        Accumulate(left, rowStride: inner, innerStride: 1, right, result, rows, inner, columns, threads);
    }

    /// <summary>result [rows, columns] += leftᵀ · right, with left [inner, rows] and right [inner, columns].</summary>
    public static void AccumulateTransposed(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, int rows, int inner, int columns, int threads) =>
        Accumulate(left, rowStride: 1, innerStride: rows, right, result, rows, inner, columns, threads);

    /// <summary>
    /// result [rows, columns] = left [rows, inner] · rightᵀ, with right [columns, inner].
    /// <paramref name="scratch"/> takes the transpose of right: at least inner · columns numbers.
    /// </summary>
    public static void MultiplyTransposed(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, Span<float> scratch,
        int rows, int inner, int columns, int threads)
    {
        for (int i = 0; i < inner; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                scratch[i * columns + j] = right[j * inner + i];
            }
        }
        Multiply(left, scratch, [], result, rows, inner, columns, threads);
    }

    private static void Initialize(ReadOnlySpan<float> bias, Span<float> result, int rows, int columns)
    {
        if (bias.IsEmpty)
        {
            result[..(rows * columns)].Clear();
            return;
        }
        for (int row = 0; row < rows; row++)
        {
            bias.CopyTo(result.Slice(row * columns, columns));
        }
    }

    /// <summary>result += left · right, where left's element (row, k) stands at row · rowStride + k · innerStride.</summary>
    private static void Accumulate(
        ReadOnlySpan<float> left, int rowStride, int innerStride, ReadOnlySpan<float> right, Span<float> result,
        int rows, int inner, int columns, int threads)
    {
        // The loops below read through references without bounds checks: this is where the bounds are checked.
        ArgumentOutOfRangeException.ThrowIfLessThan(left.Length, (long)rows * inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(right.Length, (long)inner * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, (long)rows * columns);
        Debug.Assert(rowStride == 1 || innerStride == 1, "One of the strides runs along memory.");
        if (rows == 0 || inner == 0 || columns == 0)
        {
            return;
        }
        Job job = new(left, rowStride, innerStride, right, result, rows, inner, columns);
        long work = (long)rows * inner * columns;
        int parts = (int)Math.Clamp(Math.Min(work / LeastPerThread, rows / TileRows), 1, threads);
        WorkerTeam.Run(ref job, parts);
    }

    /// <summary>Splits the result's rows over the threads and walks them in tiles.</summary>
    private readonly ref struct Job(
        ReadOnlySpan<float> left, int rowStride, int innerStride, ReadOnlySpan<float> right, Span<float> result,
        int rows, int inner, int columns) : IJob
    {
        private readonly ref readonly float _left = ref MemoryMarshal.GetReference(left);
        private readonly ref readonly float _right = ref MemoryMarshal.GetReference(right);
        private readonly ref float _result = ref MemoryMarshal.GetReference(result);

        public void Run(int part, int parts)
        {
            int tiles = (rows + TileRows - 1) / TileRows;
            int end = Math.Min((int)((long)tiles * (part + 1) / parts) * TileRows, rows);
            for (int row = (int)((long)tiles * part / parts) * TileRows; row < end; row += TileRows)
            {
                nint column = 0;
                if (Vector512.IsHardwareAccelerated)
                {
                    column = Columns<Lanes16>(row, column);
                }
                if (Vector256.IsHardwareAccelerated)
                {
                    column = Columns<Lanes8>(row, column);
                }
                if (Vector128.IsHardwareAccelerated)
                {
                    column = Columns<Lanes4>(row, column);
                }
                Columns<Lanes1>(row, column);
            }
        }

        /// <summary>As many columns as fill vectors of this width, two vectors at a time, then one; returns the first column left over.</summary>
        private nint Columns<TLanes>(int row, nint column)
            where TLanes : struct, ILanes<TLanes>
        {
            // The last tile may have fewer rows: the missing ones repeat the last, and write the same numbers to the same place.
            int last = rows - 1;
            nint row1 = Math.Min(row + 1, last), row2 = Math.Min(row + 2, last), row3 = Math.Min(row + 3, last);
            ref float left0 = ref Unsafe.Add(ref Unsafe.AsRef(in _left), (nint)row * rowStride);
            ref float left1 = ref Unsafe.Add(ref Unsafe.AsRef(in _left), row1 * rowStride);
            ref float left2 = ref Unsafe.Add(ref Unsafe.AsRef(in _left), row2 * rowStride);
            ref float left3 = ref Unsafe.Add(ref Unsafe.AsRef(in _left), row3 * rowStride);
            ref float result0 = ref Unsafe.Add(ref _result, (nint)row * columns);
            ref float result1 = ref Unsafe.Add(ref _result, row1 * columns);
            ref float result2 = ref Unsafe.Add(ref _result, row2 * columns);
            ref float result3 = ref Unsafe.Add(ref _result, row3 * columns);
            ref float right = ref Unsafe.AsRef(in _right);
            nint width = TLanes.Count, step = innerStride, stride = columns;
            int depth = inner;

            for (; column <= stride - 2 * width; column += 2 * width)
            {
                TLanes sum00 = TLanes.Load(ref result0, column), sum01 = TLanes.Load(ref result0, column + width);
                TLanes sum10 = TLanes.Load(ref result1, column), sum11 = TLanes.Load(ref result1, column + width);
                TLanes sum20 = TLanes.Load(ref result2, column), sum21 = TLanes.Load(ref result2, column + width);
                TLanes sum30 = TLanes.Load(ref result3, column), sum31 = TLanes.Load(ref result3, column + width);
                nint at = 0;
                nint from = column;
                for (int k = 0; k < depth; k++, at += step, from += stride)
                {
                    TLanes right0 = TLanes.Load(ref right, from);
                    TLanes right1 = TLanes.Load(ref right, from + width);
                    TLanes value = TLanes.Broadcast(Unsafe.Add(ref left0, at));
                    sum00 = TLanes.FusedMultiplyAdd(value, right0, sum00);
                    sum01 = TLanes.FusedMultiplyAdd(value, right1, sum01);
                    value = TLanes.Broadcast(Unsafe.Add(ref left1, at));
                    sum10 = TLanes.FusedMultiplyAdd(value, right0, sum10);
                    sum11 = TLanes.FusedMultiplyAdd(value, right1, sum11);
                    value = TLanes.Broadcast(Unsafe.Add(ref left2, at));
                    sum20 = TLanes.FusedMultiplyAdd(value, right0, sum20);
                    sum21 = TLanes.FusedMultiplyAdd(value, right1, sum21);
                    value = TLanes.Broadcast(Unsafe.Add(ref left3, at));
                    sum30 = TLanes.FusedMultiplyAdd(value, right0, sum30);
                    sum31 = TLanes.FusedMultiplyAdd(value, right1, sum31);
                }
                sum00.Store(ref result0, column);
                sum01.Store(ref result0, column + width);
                sum10.Store(ref result1, column);
                sum11.Store(ref result1, column + width);
                sum20.Store(ref result2, column);
                sum21.Store(ref result2, column + width);
                sum30.Store(ref result3, column);
                sum31.Store(ref result3, column + width);
            }

            for (; column <= stride - width; column += width)
            {
                TLanes sum0 = TLanes.Load(ref result0, column), sum1 = TLanes.Load(ref result1, column);
                TLanes sum2 = TLanes.Load(ref result2, column), sum3 = TLanes.Load(ref result3, column);
                nint at = 0;
                nint from = column;
                for (int k = 0; k < depth; k++, at += step, from += stride)
                {
                    TLanes value = TLanes.Load(ref right, from);
                    sum0 = TLanes.FusedMultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref left0, at)), value, sum0);
                    sum1 = TLanes.FusedMultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref left1, at)), value, sum1);
                    sum2 = TLanes.FusedMultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref left2, at)), value, sum2);
                    sum3 = TLanes.FusedMultiplyAdd(TLanes.Broadcast(Unsafe.Add(ref left3, at)), value, sum3);
                }
                sum0.Store(ref result0, column);
                sum1.Store(ref result1, column);
                sum2.Store(ref result2, column);
                sum3.Store(ref result3, column);
            }
            return column;
        }
    }
}
