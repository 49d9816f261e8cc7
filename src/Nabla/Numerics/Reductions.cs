namespace Nabla.Numerics;

/// <summary>Sums and greatest elements, in a fixed order whatever the processor.</summary>
internal static class Reductions
{
    // Below this many numbers a thread, handing work over costs more than it saves.
    private const int LeastPerThread = 32 * 1024;

    /// <summary>The sums [columns] of the rows of values [rows, columns], rows ascending, as a gradient in <paramref name="result"/>.</summary>
    public static unsafe void SumColumns(ReadOnlySpan<float> values, Span<float> result, int rows, int columns, GradientUse use, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, (long)rows * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, columns);
        fixed (float* from = values, to = result)
        {
            ColumnSumsJob job = new() { Values = from, Result = to, Rows = rows, Columns = columns, Use = use };
            WorkerTeam.Run(ref job, (int)Math.Clamp((long)rows * columns / LeastPerThread, 1, threads));
        }
    }

    /// <summary>Index of the greatest element, the first of equals; 0 where every element is NaN.</summary>
    public static int IndexOfMax(ReadOnlySpan<float> values)
    {
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
}
