namespace Nabla;

/// <summary>The inputs of a data set, one row per sample, in the type that the file has.</summary>
public abstract class Features
{
    private protected Features(Shape sampleShape, long valueCount)
    {
        if (valueCount % sampleShape.Size != 0)
        {
            throw new ArgumentException($"{valueCount} values are not made of whole samples of {sampleShape} = {sampleShape.Size}.");
        }
        SampleShape = sampleShape;
        Count = (int)(valueCount / sampleShape.Size);
    }

    /// <summary>Shape of one sample, such as 28×28.</summary>
    public Shape SampleShape { get; }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>The columns of the table that the samples are from; null where they are from none.</summary>
    /// <exception cref="ArgumentException">The columns have another number of values than a sample.</exception>
    public TableSchema? Schema
    {
        get;
        init
        {
            value?.ThrowUnlessFits(SampleShape);
            field = value;
        }
    }

    /// <summary>Writes sample <paramref name="row"/> as <see cref="SampleShape"/>.Size numbers that a network can read.</summary>
    /// <param name="row">Index of the sample, from 0.</param>
    /// <param name="byteDivisor">What bytes are divided by; float features are copied as they are.</param>
    /// <param name="destination">At least <see cref="SampleShape"/>.Size numbers.</param>
    public void CopyRow(int row, float byteDivisor, Span<float> destination) =>
        CopyPart(row, 0, byteDivisor, floatDivisor: 1, destination[..SampleShape.Size]);

    /// <summary>A copy of the samples at the given indices, in that order.</summary>
    public abstract Features Take(ReadOnlySpan<int> rows);

    /// <summary>The samples at the given indices, in that order, where they are.</summary>
    internal virtual Features View(ReadOnlySpan<int> rows) => new FeatureView(this, rows.ToArray());

    /// <summary>A copy of these samples followed by others of the same type and shape.</summary>
    /// <exception cref="ArgumentException">They are of another type or shape.</exception>
    public Features Append(Features other) => (this, other) switch
    {
        (FeatureView first, _) => first.Copy().Append(other),
        (_, FeatureView second) => Append(second.Copy()),
        (ByteFeatures first, ByteFeatures second) when SampleShape.Equals(other.SampleShape) => new ByteFeatures([.. first.Values, .. second.Values], SampleShape) { Schema = Schema ?? other.Schema },
        (FloatFeatures first, FloatFeatures second) when SampleShape.Equals(other.SampleShape) => new FloatFeatures([.. first.Values, .. second.Values], SampleShape) { Schema = Schema ?? other.Schema },
        _ => throw new ArgumentException($"Samples of {other.SampleShape} ({other.GetType().Name}) cannot follow samples of {SampleShape} ({GetType().Name})."),
    };

    /// <summary>Writes the values of sample <paramref name="row"/> from <paramref name="first"/> on, as many as there is room for.</summary>
    internal abstract void CopyPart(int row, int first, float byteDivisor, float floatDivisor, Span<float> destination);

    /// <summary>Whether the samples are bytes.</summary>
    internal abstract bool AreBytes { get; }

    /// <summary>
    /// Says that <see cref="CopyPart"/> will soon be asked for <paramref name="count"/> values of a sample. Only for bytes
    /// something is done: a sample of floats is long enough for the processor to find out by itself.
    /// </summary>
    internal virtual void Prefetch(int row, int first, int count)
    {
    }
}
