using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Samples of bytes, such as grey levels from 0 (background) to 255 (full ink).</summary>
public sealed class ByteFeatures : Features
{
    private readonly ReadOnlyMemory<byte> _values;

    // The same where it is one: a training asks for millions of rows, and memory has to find out each time what it is.
    private readonly byte[]? _array;

    /// <param name="values">[samples, sample size], row by row; not copied.</param>
    /// <param name="sampleShape">Shape of one sample.</param>
    public ByteFeatures(byte[] values, Shape sampleShape)
        : base(sampleShape, values.Length) => (_values, _array) = (values, values);

    /// <param name="values">[samples, sample size], row by row; not copied. It may be that of a file.</param>
    /// <param name="sampleShape">Shape of one sample.</param>
    internal ByteFeatures(ReadOnlyMemory<byte> values, Shape sampleShape)
        : base(sampleShape, values.Length)
    {
        _values = values;
        _array = MemoryMarshal.TryGetArray(values, out ArraySegment<byte> part) && part.Count == part.Array!.Length ? part.Array : null;
    }

    /// <summary>All samples, [samples, sample size].</summary>
    public ReadOnlySpan<byte> Values => _array is null ? _values.Span : _array;

    /// <summary>The bytes of one sample.</summary>
    public ReadOnlySpan<byte> this[int row] => Values.Slice(row * SampleShape.Size, SampleShape.Size);

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
