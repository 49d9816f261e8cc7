using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>Sums and greatest elements, in a fixed order whatever the processor.</summary>
internal static class Reductions
{
    /// <summary>The sums [columns] of the rows of values [rows, columns], rows ascending, as a gradient in <paramref name="result"/>.</summary>
    public static void SumColumns(ReadOnlySpan<float> values, Span<float> result, int rows, int columns, GradientUse use)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, (long)rows * columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, columns);
        SumKernel sum = new(values, result, rows, columns, use);
        ElementWise.Run(ref sum, columns, threads: 1);
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

    private readonly ref struct SumKernel(ReadOnlySpan<float> values, Span<float> result, int rows, int columns, GradientUse use) : IElementKernel
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _result = ref MemoryMarshal.GetReference(result);

        public void Apply<T>(nint index)
            where T : struct, ILanes<T>
        {
            T sum = use.Adds ? T.Load(ref _result, index) : T.Broadcast(0);
            nint end = (nint)rows * columns;
            for (nint at = index; at < end; at += columns)
            {
                sum += T.Load(in _values, at);
            }
            T result = use.DescentRate == 0 ? sum : T.FusedMultiplyAdd(T.Broadcast(-use.DescentRate), sum, T.Load(ref _result, index));
            result.Store(ref _result, index);
        }
    }
}
