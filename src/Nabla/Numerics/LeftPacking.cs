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
    private const double LeastZeros = 0.25;

    [ThreadStatic]
    private static float[]? _numbers;

    [ThreadStatic]
    private static int[]? _steps;

    /// <summary>Whether so many of these numbers are zeros that it pays to leave blank columns out.</summary>
    public static bool HasBlanks(float* numbers, int count) => new ReadOnlySpan<float>(numbers, count).Count(0f) >= LeastZeros * count;

    /// <summary>Copies a block, or of each tile only the columns that are not blank.</summary>
    public static PackedLeft Pack<T>(in TileOperands block, int rows, bool withoutBlanks)
        where T : struct, ILanes<T>
    {
        int tiles = Tiles.Count<T>(rows), depth = block.RunLength;
        float* numbers = ThreadMemory.Of(ref _numbers, rows * depth);
        int* counts = withoutBlanks ? ThreadMemory.Of(ref _steps, tiles * (depth + 1)) : null;
        PackedLeft packed = new() { Numbers = numbers, Depth = depth, Counts = counts, Steps = withoutBlanks ? counts + tiles : null };
        if (block.LeftRow == 1)
        {
            PackTransposed(block, rows, tiles, packed);
            return packed;
        }
        for (int tile = 0; tile < tiles; tile++)
        {
            int first = rows * tile / tiles;
            int height = rows * (tile + 1) / tiles - first;
            float* from = block.Left + first * block.LeftRow, to = numbers + (nint)first * depth;
            if (withoutBlanks)
            {
                counts[tile] = TurnWithoutBlanks(from, block.LeftRow, to, packed.Steps + (nint)tile * depth, height, depth);
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
            firsts[i] = rows * i / tiles;
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
    private static int TurnWithoutBlanks(float* from, nint fromRow, float* to, int* steps, int height, int depth)
    {
        const int AtOnce = 4;
        float* turned = stackalloc float[AtOnce * 12];
        int count = 0;
        for (int k = 0; k < depth; k += AtOnce)
        {
            int columns = Math.Min(AtOnce, depth - k);
            if (columns == AtOnce && IsBlank(from + k, fromRow, height))
            {
                continue;
            }
            Transposition.Transpose(from + k, fromRow, turned, height, height, columns);
            for (int i = 0; i < columns; i++)
            {
                bool isBlank = CopyFew(turned + i * height, to + count * height, height);
                steps[count] = k + i;
                count += isBlank ? 0 : 1;
            }
        }
        return count;
    }

    /// <summary>Whether four columns are nothing but zeros.</summary>
    private static bool IsBlank(float* numbers, nint row, int height)
    {
        Vector128<float> all = Vector128.Abs(Vector128.Load(numbers));
        for (int i = 1; i < height; i++)
        {
            // Bits are gathered: what is not zero stays so.
            all |= Vector128.Abs(Vector128.Load(numbers + i * row));
        }
        return Vector128.EqualsAll(all, Vector128<float>.Zero);
    }

    /// <summary>Copies 1 to 12 numbers, two vectors of which may overlap, and says whether all are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CopyFew(float* from, float* to, int count)
    {
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
