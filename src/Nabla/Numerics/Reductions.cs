using System.Runtime.InteropServices;

namespace Nabla.Numerics;

/// <summary>Sums and greatest elements, in a fixed order whatever the processor.</summary>
internal static class Reductions
{
    /// <summary>sums [columns] += the sum of the rows of values [rows, columns], rows ascending.</summary>
    public static void AccumulateColumnSums(ReadOnlySpan<float> values, Span<float> sums, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            AddKernel add = new(values.Slice(row * columns, columns), sums);
            ElementWise.Run(ref add, columns, threads: 1);
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

    private readonly ref struct AddKernel(ReadOnlySpan<float> values, Span<float> sums) : IElementKernel
    {
        private readonly ref readonly float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref float _sums = ref MemoryMarshal.GetReference(sums);

        public void Apply<TLanes>(nint index)
            where TLanes : struct, ILanes<TLanes> =>
            (TLanes.Load(ref _sums, index) + TLanes.Load(in _values, index)).Store(ref _sums, index);
    }
}
