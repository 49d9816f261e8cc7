using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Samples of 32-bit floating-point numbers.</summary>
/// <param name="values">[samples, sample size], row by row; not copied.</param>
/// <param name="sampleShape">Shape of one sample.</param>
public sealed class FloatFeatures(float[] values, Shape sampleShape) : Features(sampleShape, values.Length)
{
    /// <summary>All samples, [samples, sample size].</summary>
    public ReadOnlySpan<float> Values => values;

    /// <summary>The numbers of one sample.</summary>
    public ReadOnlySpan<float> this[int row] => values.AsSpan(row * SampleShape.Size, SampleShape.Size);

    /// <inheritdoc/>
    public override Features Take(ReadOnlySpan<int> rows)
    {
        float[] taken = new float[checked(rows.Length * SampleShape.Size)];
        for (int i = 0; i < rows.Length; i++)
        {
            this[rows[i]].CopyTo(taken.AsSpan(i * SampleShape.Size));
        }
        return new FloatFeatures(taken, SampleShape) { Schema = Schema };
    }

    internal override bool AreBytes => false;

    internal override void CopyPart(int row, int first, float byteDivisor, float floatDivisor, Span<float> destination) =>
        Convert(this[row].Slice(first, destination.Length), floatDivisor, destination);

    /// <summary>Divides floats: the same number as a byte, divided by the same, has the same bits.</summary>
    internal static void Convert(ReadOnlySpan<float> values, float divisor, Span<float> destination)
    {
        values.CopyTo(destination);
        if (divisor != 1)
        {
            Kernel kernel = new(destination, divisor);
            ElementWise.Run(ref kernel, values.Length, threads: 1);
        }
    }

    private readonly ref struct Kernel(Span<float> values, float divisor) : IElementKernel
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            (T.Load(ref _values, index) / T.Broadcast(divisor)).Store(ref _values, index);
    }
}
