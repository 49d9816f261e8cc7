using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Numerics;

/// <summary>
/// Copies blocks of the left matrix in the order in which tiles read them. Columns of a tile that are nothing but zeros can
/// be left out: they add nothing to the sums. Of the images of handwritten digits that is half: a pixel without ink in a
/// dozen images, or an image without ink in a dozen pixels.
/// </summary>
internal static unsafe class LeftPacking
{
    // Of the first row of a block; with fewer zeros, hardly a column of a whole tile is blank.
    private const double MinZeros = 0.25;

    // A product's blocks have fewer, a pipeline's as many as go through a network at a time. There is something for each tile on the stack.
    private const int MaxRows = 1024;

    [ThreadStatic]
    private static float[]? _numbers;

    [ThreadStatic]
    private static int[]? _steps;

    /// <summary>Whether so many of these numbers are zeros that it pays to leave blank columns out.</summary>
    public static bool HasBlanks(float* numbers, int count) => new ReadOnlySpan<float>(numbers, count).Count(0f) >= MinZeros * count;

    /// <summary>Copies a block, or of each tile only the columns that are not blank.</summary>
    public static PackedLeft Pack<T>(in TileOperands block, int rows, bool withoutBlanks)
        where T : struct, ILanes<T>
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        int tiles = Tiles.Count<T>(rows), depth = block.RunLength;
        float* numbers = ThreadMemory.Of(ref _numbers, (long)rows * depth);
        int* counts = withoutBlanks ? ThreadMemory.Of(ref _steps, tiles * (depth + 1L)) : null;
        PackedLeft packed = new() { Numbers = numbers, Depth = depth, Counts = counts, Steps = withoutBlanks ? counts + tiles : null };
        if (block.LeftRow == 1)
        {
            PackTransposed(block, rows, tiles, packed);
            return packed;
        }
        for (int tile = 0; tile < tiles; tile++)
        {
            int first = Tiles.Begin(rows, tile, tiles);
            int height = Tiles.Begin(rows, tile + 1, tiles) - first;
            float* from = block.Left + first * block.LeftRow, to = numbers + (nint)first * depth;
            if (withoutBlanks)
            {
                counts[tile] = TransposeWithoutBlanks(from, block.LeftRow, to, packed.Steps + (nint)tile * depth, height, depth);
            }
            else
            {
                Transposition.Transpose(from, block.LeftRow, to, height, height, depth);
            }
        }
        return packed;
    }

    /// <summary>Packs a block whose columns lie in memory as rows, and along these, since they lie in one page.</summary>
    private static void PackTransposed(in TileOperands block, int rows, int tiles, PackedLeft packed)
    {
        int* firsts = stackalloc int[tiles + 1], counts = stackalloc int[tiles];
        for (int i = 0; i <= tiles; i++)
        {
            firsts[i] = Tiles.Begin(rows, i, tiles);
        }
        new Span<int>(counts, tiles).Clear();
        for (int k = 0; k < packed.Depth; k++)
        {
            float* from = block.Left + k * block.LeftStep;
            for (int i = 0; i < tiles; i++)
            {
                int first = firsts[i], height = firsts[i + 1] - first;
                bool isBlank = CopyFew(from + first, packed.Numbers + (nint)first * packed.Depth + counts[i] * height, height);
                if (packed.Steps is null)
                {
                    counts[i]++;
                    continue;
                }
                // A blank column is overwritten by the next.
                packed.Steps[(nint)i * packed.Depth + counts[i]] = k;
                counts[i] += isBlank ? 0 : 1;
            }
        }
        if (packed.Counts is not null)
        {
            new Span<int>(counts, tiles).CopyTo(new Span<int>(packed.Counts, tiles));
        }
    }

    /// <summary>Copies the columns of a tile that are not blank, and their indices; returns how many there are.</summary>
    private static int TransposeWithoutBlanks(float* from, nint fromRow, float* to, int* steps, int height, int depth)
    {
        int count = 0, k = 0;
        if (height >= Transposition.Square && Transposition.HasSquares)
        {
            for (; k + Transposition.Square <= depth; k += Transposition.Square)
            {
                count = TransposeFour(from + k, fromRow, to, steps, height, k, count);
            }
        }
        for (; k < depth; k++)
        {
            bool isBlank = true;
            for (int row = 0; row < height; row++)
            {
                to[count * height + row] = from[row * fromRow + k];
                isBlank &= to[count * height + row] == 0;
            }
            steps[count] = k;
            count += isBlank ? 0 : 1;
        }
        return count;
    }

    /// <summary>The same of four columns of 4 to 12 rows, as three squares that may overlap; returns how many columns there are by now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TransposeFour(float* from, nint fromRow, float* to, int* steps, int height, int k, int count)
    {
        int second = Math.Min(Transposition.Square, height - Transposition.Square), third = height - Transposition.Square;
        float* from1 = from + second * fromRow, from2 = from + third * fromRow;
        Vector128<float> a0 = Vector128.Load(from), b0 = Vector128.Load(from + fromRow), c0 = Vector128.Load(from + 2 * fromRow), d0 = Vector128.Load(from + 3 * fromRow);
        Vector128<float> a1 = Vector128.Load(from1), b1 = Vector128.Load(from1 + fromRow), c1 = Vector128.Load(from1 + 2 * fromRow), d1 = Vector128.Load(from1 + 3 * fromRow);
        Vector128<float> a2 = Vector128.Load(from2), b2 = Vector128.Load(from2 + fromRow), c2 = Vector128.Load(from2 + 2 * fromRow), d2 = Vector128.Load(from2 + 3 * fromRow);
        if (IsBlank(a0 | b0 | c0 | d0 | a1 | b1 | c1 | d1 | a2 | b2 | c2 | d2))
        {
            return count;
        }
        var columns0 = Transposition.Transpose(a0, b0, c0, d0);
        var columns1 = Transposition.Transpose(a1, b1, c1, d1);
        var columns2 = Transposition.Transpose(a2, b2, c2, d2);
        count = Put(columns0.First, columns1.First, columns2.First, k, count);
        count = Put(columns0.Second, columns1.Second, columns2.Second, k + 1, count);
        count = Put(columns0.Third, columns1.Third, columns2.Third, k + 2, count);
        return Put(columns0.Fourth, columns1.Fourth, columns2.Fourth, k + 3, count);

        // A blank column is overwritten by the next.
        int Put(Vector128<float> part0, Vector128<float> part1, Vector128<float> part2, int step, int place)
        {
            float* column = to + place * height;
            part0.Store(column);
            part1.Store(column + second);
            part2.Store(column + third);
            steps[place] = step;
            return place + (IsBlank(part0 | part1 | part2) ? 0 : 1);
        }
    }

    /// <summary>Whether numbers whose bits were gathered are nothing but zeros, of either sign: a bit of any other number stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBlank(Vector128<float> bits) => Vector128.EqualsAll(bits, Vector128<float>.Zero);

    /// <summary>Copies 1 to 12 numbers, two vectors of which may overlap, and says whether all are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CopyFew(float* from, float* to, int count)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Lanes16 mask = Lanes16.FirstLanes(count);
            Lanes16 numbers = Lanes16.LoadWhere(mask, from);
            numbers.StoreWhere(mask, to);
            return numbers.IsZero;
        }
        if (count >= Vector256<float>.Count)
        {
            Vector256<float> first = Vector256.Load(from);
            first.Store(to);
            bool isBlank = Vector256.EqualsAll(first, Vector256<float>.Zero);
            if (count >= 12)
            {
                Vector128<float> last = Vector128.Load(from + 8);
                last.Store(to + 8);
                return isBlank & Vector128.EqualsAll(last, Vector128<float>.Zero);
            }
            Vector256<float> end = Vector256.Load(from + count - Vector256<float>.Count);
            end.Store(to + count - Vector256<float>.Count);
            return isBlank & Vector256.EqualsAll(end, Vector256<float>.Zero);
        }
        if (count >= Vector128<float>.Count)
        {
            Vector128<float> first = Vector128.Load(from), last = Vector128.Load(from + count - Vector128<float>.Count);
            first.Store(to);
            last.Store(to + count - Vector128<float>.Count);
            return Vector128.EqualsAll(first, Vector128<float>.Zero) & Vector128.EqualsAll(last, Vector128<float>.Zero);
        }
        bool areZeros = true;
        for (int i = 0; i < count; i++)
        {
            to[i] = from[i];
            areZeros &= from[i] == 0;
        }
        return areZeros;
    }
}

/// <summary>A block of the left matrix, copied tile after tile; see <see cref="LeftPacking"/>. The default is one that was not.</summary>
internal readonly unsafe struct PackedLeft
{
    /// <summary>The numbers, <see cref="Depth"/> times the height of a tile for each, and in each column after column; null where the matrix is read where it is.</summary>
    public float* Numbers { get; init; }

    /// <summary>Columns of the block.</summary>
    public int Depth { get; init; }

    /// <summary>For each tile room for <see cref="Depth"/> indices of the columns that were copied; null where all were.</summary>
    public int* Steps { get; init; }

    /// <summary>How many columns of each tile were copied; null where all were.</summary>
    public int* Counts { get; init; }
}
