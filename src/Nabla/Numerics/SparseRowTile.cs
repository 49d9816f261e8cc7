using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>The kernel of <see cref="SparseRow.Multiply"/>: up to 8 vectors of the result, whose sums stay in registers.</summary>
/// <typeparam name="T">Vector of floats.</typeparam>
/// <typeparam name="TVectors">Number of vectors; the code of those beyond it is never compiled.</typeparam>
internal static unsafe class SparseRowTile<T, TVectors>
    where T : struct, ILanes<T>
    where TVectors : struct, ITileHeight
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* row, float* matrix, float* start, float* result, int inner, nint matrixRow, int columns)
    {
        T mask = T.FirstLanes(columns - (TVectors.Count - 1) * T.Count);
        T sum0 = default, sum1 = default, sum2 = default, sum3 = default, sum4 = default, sum5 = default, sum6 = default, sum7 = default;
        if (start is not null)
        {
            if (TVectors.Count > 0) { sum0 = Load(start, 0, mask); }
            if (TVectors.Count > 1) { sum1 = Load(start, 1, mask); }
            if (TVectors.Count > 2) { sum2 = Load(start, 2, mask); }
            if (TVectors.Count > 3) { sum3 = Load(start, 3, mask); }
            if (TVectors.Count > 4) { sum4 = Load(start, 4, mask); }
            if (TVectors.Count > 5) { sum5 = Load(start, 5, mask); }
            if (TVectors.Count > 6) { sum6 = Load(start, 6, mask); }
            if (TVectors.Count > 7) { sum7 = Load(start, 7, mask); }
        }
        for (int block = 0; block < inner; block += sizeof(ulong) * 8)
        {
            for (ulong chosen = SparseRow.NonZero(row + block, inner - block); chosen != 0; chosen &= chosen - 1)
            {
                int k = block + BitOperations.TrailingZeroCount(chosen);
                float* from = matrix + k * matrixRow;
                if (TVectors.Count > 0) { T.AddProduct(ref sum0, Load(from, 0, mask), row + k); }
                if (TVectors.Count > 1) { T.AddProduct(ref sum1, Load(from, 1, mask), row + k); }
                if (TVectors.Count > 2) { T.AddProduct(ref sum2, Load(from, 2, mask), row + k); }
                if (TVectors.Count > 3) { T.AddProduct(ref sum3, Load(from, 3, mask), row + k); }
                if (TVectors.Count > 4) { T.AddProduct(ref sum4, Load(from, 4, mask), row + k); }
                if (TVectors.Count > 5) { T.AddProduct(ref sum5, Load(from, 5, mask), row + k); }
                if (TVectors.Count > 6) { T.AddProduct(ref sum6, Load(from, 6, mask), row + k); }
                if (TVectors.Count > 7) { T.AddProduct(ref sum7, Load(from, 7, mask), row + k); }
            }
        }
        if (TVectors.Count > 0) { Store(sum0, result, 0, mask); }
        if (TVectors.Count > 1) { Store(sum1, result, 1, mask); }
        if (TVectors.Count > 2) { Store(sum2, result, 2, mask); }
        if (TVectors.Count > 3) { Store(sum3, result, 3, mask); }
        if (TVectors.Count > 4) { Store(sum4, result, 4, mask); }
        if (TVectors.Count > 5) { Store(sum5, result, 5, mask); }
        if (TVectors.Count > 6) { Store(sum6, result, 6, mask); }
        if (TVectors.Count > 7) { Store(sum7, result, 7, mask); }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Load(float* from, int vector, T mask) =>
        vector == TVectors.Count - 1 ? T.LoadWhere(mask, from + vector * T.Count) : T.Load(in *from, vector * T.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T sum, float* to, int vector, T mask)
    {
        if (vector == TVectors.Count - 1)
        {
            sum.StoreWhere(mask, to + vector * T.Count);
        }
        else
        {
            sum.Store(ref *to, vector * T.Count);
        }
    }
}
