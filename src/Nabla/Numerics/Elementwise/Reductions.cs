using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Numerics;

/// <summary>Sums and greatest elements, in a fixed order whatever the processor.</summary>
internal static class Reductions
{
    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int MinPerThread = 32 * 1024;

    /// <summary>The sums [columns] of the rows of values [rows, columns], rows ascending, as a gradient in <paramref name="result"/>.</summary>
    public static void SumColumns(ReadOnlySpan<float> values, Span<float> result, int rows, int columns, GradientUse use, int threads) =>
        SumColumns(values, columns, result, rows, columns, use, threads);

    /// <summary>The same of rows that are <paramref name="row"/> numbers apart.</summary>
    public static unsafe void SumColumns(ReadOnlySpan<float> values, int row, Span<float> result, int rows, int columns, GradientUse use, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row, columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, rows == 0 ? 0 : (long)(rows - 1) * row + columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, columns);
        fixed (float* from = values, to = result)
        {
            ColumnSumsJob job = new() { Values = from, Row = row, Result = to, Rows = rows, Columns = columns, Use = use };
            WorkerTeam.Run(ref job, (int)Math.Clamp((long)rows * columns / MinPerThread, 1, threads));
        }
    }

    /// <summary>
    /// Adds up rows in pairs, then the sums of the pairs in pairs, and so on: row i of all rows and row i + 1 for even i, what is now in row i and in row i + 2 for i a multiple of four … The rows here may be some
    /// of them, or sums already; each sum is in the place of the first of its rows.
    /// </summary>
    /// <param name="values">[rows here, row].</param>
    /// <param name="row">Floats from one row to the next.</param>
    /// <param name="columns">Floats of a row that are added.</param>
    /// <param name="starts">For each row here its number among all rows, ascending; of a sum, that of its first row.</param>
    /// <param name="end">The number of the row after those that are here, alone or in a sum.</param>
    /// <param name="count">How many rows there are in all.</param>
    /// <param name="threads">Threads to use.</param>
    public static void SumTree(Span<float> values, int row, int columns, ReadOnlySpan<int> starts, int end, int count, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row, columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, (long)(starts.Length - 1) * row + columns);
        SumTreeJob job = new(values, row, columns, starts, end, count);
        WorkerTeam.Run(ref job, (int)Math.Clamp((long)starts.Length * columns / MinPerThread, 1, threads));
    }

    private readonly ref struct SumTreeJob(Span<float> values, int row, int columns, ReadOnlySpan<int> starts, int end, int count) : IJob
    {
        // Of each row at a time, so that what is added is still in the cache when its sum is.
        private const int BlockFloats = 1024;

        private readonly Span<float> _values = values;
        private readonly ReadOnlySpan<int> _starts = starts;

        public void Run(int part, int parts)
        {
            long blocks = ((long)columns + BlockFloats - 1) / BlockFloats;
            for (long block = blocks * part / parts; block < blocks * (part + 1) / parts; block++)
            {
                int column = (int)(block * BlockFloats), length = Math.Min(BlockFloats, columns - column);
                for (int width = 1; width < count; width *= 2)
                {
                    for (int left = 0; left < _starts.Length; left++)
                    {
                        int start = _starts[left];
                        int right = start % (2 * width) == 0 && Math.Min(start + 2 * width, count) <= end ? _starts.BinarySearch(start + width) : -1;
                        if (right > left)
                        {
                            Span<float> sum = _values.Slice(left * row + column, length);
                            ElementWiseKernels.Add(sum, _values.Slice(right * row + column, length), sum, threads: 1);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Index of the greatest element, the first of equals; 0 where every element is NaN.</summary>
    public static int IndexOfMax(ReadOnlySpan<float> values)
    {
        if (values.Length <= Vector512<float>.Count && Vector512.IsHardwareAccelerated)
        {
            return IndexOfMaxOfFew(values);
        }
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best] || (float.IsNaN(values[best]) && !float.IsNaN(values[i])))
            {
                best = i;
            }
        }
        return best;
    }

    /// <summary>The same of a vector at most, without the branches that nobody can foresee.</summary>
    private static unsafe int IndexOfMaxOfFew(ReadOnlySpan<float> values)
    {
        fixed (float* from = values)
        {
            Vector512<float> all = Avx512F.MaskLoad(from, Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(values.Length)).AsSingle(), Vector512.Create(float.NaN));
            // Neither NaN nor what lies beyond the end is the greatest.
            Vector512<float> numbers = Vector512.ConditionalSelect(Vector512.Equals(all, all), all, Vector512.Create(float.NegativeInfinity));
            Vector256<float> half = Vector256.MaxNative(numbers.GetLower(), numbers.GetUpper());
            Vector128<float> quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
            quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
            quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2)));
            ulong places = Vector512.Equals(all, Vector512.Create(quarter.ToScalar())).ExtractMostSignificantBits();
            return places == 0 ? 0 : BitOperations.TrailingZeroCount(places);
        }
    }
}
