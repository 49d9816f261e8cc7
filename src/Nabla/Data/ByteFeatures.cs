using Nabla.Numerics;

namespace Nabla;

/// <summary>Samples of bytes, such as grey levels from 0 (background) to 255 (full ink).</summary>
/// <param name="values">[samples, sample size], row by row; not copied.</param>
/// <param name="sampleShape">Shape of one sample.</param>
public sealed class ByteFeatures(byte[] values, Shape sampleShape) : Features(sampleShape, values.Length)
{
    /// <summary>All samples, [samples, sample size].</summary>
    public ReadOnlySpan<byte> Values => values;

    /// <summary>The bytes of one sample.</summary>
    public ReadOnlySpan<byte> this[int row] => values.AsSpan(row * SampleShape.Size, SampleShape.Size);

    /// <inheritdoc/>
    public override Features Take(ReadOnlySpan<int> rows)
    {
        byte[] taken = new byte[checked(rows.Length * SampleShape.Size)];
        for (int i = 0; i < rows.Length; i++)
        {
            this[rows[i]].CopyTo(taken.AsSpan(i * SampleShape.Size));
        }
        return new ByteFeatures(taken, SampleShape) { Schema = Schema };
    }

    internal override bool AreBytes => true;

    internal override void CopyPart(int row, int first, float byteDivisor, float floatDivisor, Span<float> destination) =>
        Convert(this[row].Slice(first, destination.Length), byteDivisor, destination);

    internal override void Prefetch(int row, int first, int count) => Prefetching.Fetch(this[row].Slice(first, count));

    /// <summary>Divides bytes, instead of multiplying by the reciprocal: the quotient is then the one NumPy computes.</summary>
    internal static void Convert(ReadOnlySpan<byte> bytes, float divisor, Span<float> destination) =>
        ByteConversion.Divide(bytes, divisor, destination);
}
