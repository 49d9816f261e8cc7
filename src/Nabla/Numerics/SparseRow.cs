using System.Numerics;
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
