using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>What is done to features before a network sees them; kept in the network and in its model file.</summary>
public sealed record Preprocessing
{
    /// <summary>What bytes are divided by, above 0. Default: 255, which puts them into [0, 1]. Float features are taken as they are.</summary>
    [JsonRequired]
    public float ByteDivisor
    {
        get;
        init => field = value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ByteDivisor), value, "Bytes must be divided by a number above 0.");
    } = 255;

    /// <summary>What shifts and scales all features after that, or null for nothing.</summary>
    public Standardization? Standardization { get; init; }

    /// <exception cref="ArgumentException">The figures of the standardisation do not go into a sample without remainder.</exception>
    internal void ThrowUnlessFits(Shape sample)
    {
        if (Standardization is Standardization figures && sample.Size % figures.Mean.Count != 0)
        {
            throw new ArgumentException($"{figures.Mean.Count} means and deviations do not go into samples of {sample} = {sample.Size} values.");
        }
    }

    /// <summary>Writes the values of sample <paramref name="row"/> from <paramref name="first"/> on, as many as there is room for, as the network sees them.</summary>
    internal void CopyPart(Features features, int row, int first, Span<float> destination)
    {
        features.CopyPart(row, first, ByteDivisor, destination);
        Standardization?.Apply(destination, first);
    }

    /// <summary>Writes a sample of bytes as the network sees it.</summary>
    internal void Copy(ReadOnlySpan<byte> sample, Span<float> destination)
    {
        ByteFeatures.Convert(sample, ByteDivisor, destination);
        Standardization?.Apply(destination[..sample.Length]);
    }

    /// <summary>Writes a sample of floats as the network sees it.</summary>
    internal void Copy(ReadOnlySpan<float> sample, Span<float> destination)
    {
        sample.CopyTo(destination);
        Standardization?.Apply(destination[..sample.Length]);
    }
}
