using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// Products with a single row, of which only the numbers that are not zero are used: four fifths of a handwritten digit
/// are blank, and the weights of blank pixels need not be fetched. A product with zero adds nothing, so the sums have the
/// same bits as with all numbers.
/// </summary>
internal static unsafe class SparseRow
{
    // As many sums as cover the latency of the multiply-adds.
    private const int VectorsAtOnce = 8;

    /// <summary>result [columns] = start [columns] + row [inner] · matrix [inner, columns]; start may be null for zeros.</summary>
    public static void Multiply<T>(float* row, float* matrix, float* start, float* result, int inner, int columns)
        where T : struct, ILanes<T>
    {
        int column = 0;
        while (column < columns)
        {
            int vectors = Math.Min((columns - column + T.Count - 1) / T.Count, VectorsAtOnce);
            int width = Math.Min(vectors * T.Count, columns - column);
            float* from = start is null ? null : start + column;
            switch (vectors)
            {
                case 1: SparseRowTile<T, TileHeights.Of1>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                case 2: SparseRowTile<T, TileHeights.Of2>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                case 3: SparseRowTile<T, TileHeights.Of3>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                case 4: SparseRowTile<T, TileHeights.Of4>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                case 5: SparseRowTile<T, TileHeights.Of5>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                case 6: SparseRowTile<T, TileHeights.Of6>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                case 7: SparseRowTile<T, TileHeights.Of7>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
                default: SparseRowTile<T, TileHeights.Of8>.Multiply(row, matrix + column, from, result + column, inner, columns, width); break;
            }
            column += width;
        }
    }

    /// <summary>
    /// The outer product of a row and another as a gradient [inner, columns]: it is added to result, or moves the
    /// parameters there; either leaves the rows of zeros as they are.
    /// </summary>
    public static void AddOuterProduct<T>(float* row, float* other, float* result, int inner, int columns, float descentRate)
        where T : struct, ILanes<T>
    {
        T rate = T.Broadcast(-descentRate);
        T mask = T.FirstLanes(columns % T.Count);
        int whole = columns - columns % T.Count;
        for (int block = 0; block < inner; block += sizeof(ulong) * 8)
        {
            for (ulong chosen = NonZero(row + block, inner - block); chosen != 0; chosen &= chosen - 1)
            {
                int k = block + BitOperations.TrailingZeroCount(chosen);
                T value = T.Broadcast(row[k]);
                float* to = result + (nint)k * columns;
                for (nint column = 0; column < whole; column += T.Count)
                {
                    Changed(value, T.Load(in *other, column), T.Load(in *to, column), rate, descentRate != 0).Store(ref *to, column);
                }
                if (whole < columns)
                {
                    Changed(value, T.LoadWhere(mask, other + whole), T.LoadWhere(mask, to + whole), rate, descentRate != 0).StoreWhere(mask, to + whole);
                }
            }
        }
    }

    /// <summary>A bit for each of up to 64 numbers that is not zero, the lowest for the first.</summary>
    public static ulong NonZero(float* numbers, int count)
    {
        const int Bits = sizeof(ulong) * 8;
        ulong chosen = 0;
        int at = 0;
        for (; at <= Math.Min(count, Bits) - Vector512<float>.Count; at += Vector512<float>.Count)
        {
            ulong zero = Vector512.Equals(Vector512.Load(numbers + at), Vector512<float>.Zero).ExtractMostSignificantBits();
            chosen |= (~zero & 0xffff) << at;
        }
        for (; at < Math.Min(count, Bits); at++)
        {
            chosen |= numbers[at] == 0 ? 0 : 1UL << at;
        }
        return chosen;
    }

    private static T Changed<T>(T value, T other, T before, T rate, bool descend)
        where T : struct, ILanes<T> =>
        descend ? T.FusedMultiplyAdd(rate, value * other, before) : T.FusedMultiplyAdd(value, other, before);
}

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
