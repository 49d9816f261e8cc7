using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Numerics;

/// <summary>
/// The innermost kernel: one tile of a matrix product, up to 12 rows by two vectors, whose sums stay in registers from
/// the first product to the last. Each sum is one chain of fused multiply-adds in the order of the inner index, so its
/// bits do not depend on the height and width of the tile.
/// </summary>
/// <remarks>
/// A tile of 12 by 2 vectors makes 24 multiply-adds of 14 loads, which keeps two multiply-add units busy in spite of
/// their latency of 4, and leaves 8 of the 32 vector registers of AVX-512 and ARM64 for the operands. K. Goto and
/// R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008, tell why a tile should be that large.
/// </remarks>
/// <typeparam name="T">Vector of floats.</typeparam>
/// <typeparam name="TRows">Height of the tile; the code of the rows beyond it is never compiled.</typeparam>
/// <typeparam name="TWidth">Width of the tile.</typeparam>
/// <typeparam name="TSteps">Whether steps were left out.</typeparam>
internal static unsafe class MatrixTile<T, TRows, TWidth, TSteps>
    where T : struct, ILanes<T>
    where TRows : struct, ITileHeight
    where TWidth : struct, ITileWidth
    where TSteps : struct, ITileSteps
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Compute(in TileOperands operands)
    {
        // Of a masked vector only the lanes that belong to the result are loaded and stored.
        T mask = T.FirstLanes(operands.Columns - (TWidth.Two ? T.Count : 0));
        T sum0L = default, sum0R = default, sum1L = default, sum1R = default, sum2L = default, sum2R = default,
            sum3L = default, sum3R = default, sum4L = default, sum4R = default, sum5L = default, sum5R = default,
            sum6L = default, sum6R = default, sum7L = default, sum7R = default, sum8L = default, sum8R = default,
            sum9L = default, sum9R = default, sum10L = default, sum10R = default, sum11L = default, sum11R = default;
        if (operands.Start is not null)
        {
            float* start = operands.Start;
            nint stride = operands.StartRow;
            if (TRows.Count > 0) { Load(start + 0 * stride, mask, ref sum0L, ref sum0R); }
            if (TRows.Count > 1) { Load(start + 1 * stride, mask, ref sum1L, ref sum1R); }
            if (TRows.Count > 2) { Load(start + 2 * stride, mask, ref sum2L, ref sum2R); }
            if (TRows.Count > 3) { Load(start + 3 * stride, mask, ref sum3L, ref sum3R); }
            if (TRows.Count > 4) { Load(start + 4 * stride, mask, ref sum4L, ref sum4R); }
            if (TRows.Count > 5) { Load(start + 5 * stride, mask, ref sum5L, ref sum5R); }
            if (TRows.Count > 6) { Load(start + 6 * stride, mask, ref sum6L, ref sum6R); }
            if (TRows.Count > 7) { Load(start + 7 * stride, mask, ref sum7L, ref sum7R); }
            if (TRows.Count > 8) { Load(start + 8 * stride, mask, ref sum8L, ref sum8R); }
            if (TRows.Count > 9) { Load(start + 9 * stride, mask, ref sum9L, ref sum9R); }
            if (TRows.Count > 10) { Load(start + 10 * stride, mask, ref sum10L, ref sum10R); }
            if (TRows.Count > 11) { Load(start + 11 * stride, mask, ref sum11L, ref sum11R); }
        }

        PrefetchNext(operands.Result, operands.ResultRow);

        float* right = operands.Right, firstRight = right;
        int* steps = operands.Steps;
        nint rightRow = operands.RightRow, row = operands.LeftRow, twoRows = 2 * row, group = operands.LeftGroup, step = operands.LeftStep;
        for (int run = 0; run < operands.Runs; run++)
        {
            // Every third row has a pointer of its own and the two after it an offset: 16 registers do for 12 rows.
            float* left0 = operands.Left + run * operands.LeftRun, left3 = left0 + group, left6 = left3 + group, left9 = left6 + group;
            for (int k = operands.RunLength; k > 0; k--)
            {
                if (TSteps.Chosen)
                {
                    right = firstRight + *steps++ * rightRow;
                }
                T rightL = T.Load(in *right, 0);
                T rightR = TWidth.Two ? T.Load(in *right, T.Count) : default;
                if (TRows.Count > 0) { T.AddProduct(ref sum0L, rightL, left0); if (TWidth.Two) { T.AddProduct(ref sum0R, rightR, left0); } }
                if (TRows.Count > 1) { T.AddProduct(ref sum1L, rightL, left0 + row); if (TWidth.Two) { T.AddProduct(ref sum1R, rightR, left0 + row); } }
                if (TRows.Count > 2) { T.AddProduct(ref sum2L, rightL, left0 + twoRows); if (TWidth.Two) { T.AddProduct(ref sum2R, rightR, left0 + twoRows); } }
                if (TRows.Count > 3) { T.AddProduct(ref sum3L, rightL, left3); if (TWidth.Two) { T.AddProduct(ref sum3R, rightR, left3); } }
                if (TRows.Count > 4) { T.AddProduct(ref sum4L, rightL, left3 + row); if (TWidth.Two) { T.AddProduct(ref sum4R, rightR, left3 + row); } }
                if (TRows.Count > 5) { T.AddProduct(ref sum5L, rightL, left3 + twoRows); if (TWidth.Two) { T.AddProduct(ref sum5R, rightR, left3 + twoRows); } }
                if (TRows.Count > 6) { T.AddProduct(ref sum6L, rightL, left6); if (TWidth.Two) { T.AddProduct(ref sum6R, rightR, left6); } }
                if (TRows.Count > 7) { T.AddProduct(ref sum7L, rightL, left6 + row); if (TWidth.Two) { T.AddProduct(ref sum7R, rightR, left6 + row); } }
                if (TRows.Count > 8) { T.AddProduct(ref sum8L, rightL, left6 + twoRows); if (TWidth.Two) { T.AddProduct(ref sum8R, rightR, left6 + twoRows); } }
                if (TRows.Count > 9) { T.AddProduct(ref sum9L, rightL, left9); if (TWidth.Two) { T.AddProduct(ref sum9R, rightR, left9); } }
                if (TRows.Count > 10) { T.AddProduct(ref sum10L, rightL, left9 + row); if (TWidth.Two) { T.AddProduct(ref sum10R, rightR, left9 + row); } }
                if (TRows.Count > 11) { T.AddProduct(ref sum11L, rightL, left9 + twoRows); if (TWidth.Two) { T.AddProduct(ref sum11R, rightR, left9 + twoRows); } }
                if (!TSteps.Chosen)
                {
                    right += rightRow;
                }
                left0 += step;
                left3 += step;
                left6 += step;
                left9 += step;
            }
        }

        float* result = operands.Result;
        nint resultRow = operands.ResultRow;
        T rate = T.Broadcast(-operands.DescentRate);
        bool descend = operands.DescentRate != 0;
        if (TRows.Count > 0) { Store(result + 0 * resultRow, mask, sum0L, sum0R, descend, rate); }
        if (TRows.Count > 1) { Store(result + 1 * resultRow, mask, sum1L, sum1R, descend, rate); }
        if (TRows.Count > 2) { Store(result + 2 * resultRow, mask, sum2L, sum2R, descend, rate); }
        if (TRows.Count > 3) { Store(result + 3 * resultRow, mask, sum3L, sum3R, descend, rate); }
        if (TRows.Count > 4) { Store(result + 4 * resultRow, mask, sum4L, sum4R, descend, rate); }
        if (TRows.Count > 5) { Store(result + 5 * resultRow, mask, sum5L, sum5R, descend, rate); }
        if (TRows.Count > 6) { Store(result + 6 * resultRow, mask, sum6L, sum6R, descend, rate); }
        if (TRows.Count > 7) { Store(result + 7 * resultRow, mask, sum7L, sum7R, descend, rate); }
        if (TRows.Count > 8) { Store(result + 8 * resultRow, mask, sum8L, sum8R, descend, rate); }
        if (TRows.Count > 9) { Store(result + 9 * resultRow, mask, sum9L, sum9R, descend, rate); }
        if (TRows.Count > 10) { Store(result + 10 * resultRow, mask, sum10L, sum10R, descend, rate); }
        if (TRows.Count > 11) { Store(result + 11 * resultRow, mask, sum11L, sum11R, descend, rate); }
    }

    /// <summary>Has the processor fetch what the tile below this one begins with, while this one is computed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchNext(float* result, nint resultRow)
    {
        if (Sse.IsSupported)
        {
            float* next = result + TRows.Count * resultRow;
            for (int row = 0; row < TRows.Count; row++, next += resultRow)
            {
                Sse.Prefetch0(next);
                if (TWidth.Two)
                {
                    Sse.Prefetch0(next + T.Count);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(float* source, T mask, ref T left, ref T right)
    {
        if (TWidth.Two)
        {
            left = T.Load(in *source, 0);
            right = TWidth.Masked ? T.LoadWhere(mask, source + T.Count) : T.Load(in *source, T.Count);
        }
        else
        {
            left = TWidth.Masked ? T.LoadWhere(mask, source) : T.Load(in *source, 0);
        }
    }

    /// <summary>Stores the sums, or where they are a gradient moves the parameters at that place against it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* destination, T mask, T sumL, T sumR, bool descend, T rate)
    {
        if (descend)
        {
            T beforeL = default, beforeR = default;
            Load(destination, mask, ref beforeL, ref beforeR);
            sumL = T.FusedMultiplyAdd(rate, sumL, beforeL);
            sumR = T.FusedMultiplyAdd(rate, sumR, beforeR);
        }
        if (!TWidth.Two && TWidth.Masked)
        {
            sumL.StoreWhere(mask, destination);
        }
        else
        {
            sumL.Store(ref *destination, 0);
        }
        if (TWidth.Two && TWidth.Masked)
        {
            sumR.StoreWhere(mask, destination + T.Count);
        }
        else if (TWidth.Two)
        {
            sumR.Store(ref *destination, T.Count);
        }
    }
}
