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

    internal override void CopyPart(int row, int first, float byteDivisor, Span<float> destination) =>
        this[row].Slice(first, destination.Length).CopyTo(destination);
}
