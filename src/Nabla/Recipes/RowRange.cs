using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Some consecutive samples of a data set's training or test part.</summary>
public sealed record RowRange
{
    /// <summary>Which part: train or test.</summary>
    [JsonRequired]
    public required DataPart Part
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Part), value, "There is no such part.");
    }

    /// <summary>The first sample, from 0. Default: 0.</summary>
    [JsonRequired]
    public int Start
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Start), value, $"{nameof(Start)} must be at least 0.");
    }

    /// <summary>How many samples, at least 1; null for all that follow. Default: null.</summary>
    public int? Count
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Count), value, $"{nameof(Count)} must be at least 1.");
    }

    /// <summary>The samples.</summary>
    /// <exception cref="ArgumentException">The part has fewer samples than that.</exception>
    internal DataSet Of(TrainAndTest data)
    {
        DataSet part = Part == DataPart.Train ? data.Train : data.Test;
        long end = Start + (long)(Count ?? 1);
        if (end > part.Count)
        {
            throw new ArgumentException($"The recipe wants the samples {Start} to {end - 1} of the {Part.ToString().ToLowerInvariant()} part, but {data.Source} has {part.Count} there.");
        }
        int count = Count ?? part.Count - Start;
        return count == part.Count ? part : part.View([.. Enumerable.Range(Start, count)]);
    }

    /// <summary>Whether a sample may be in both.</summary>
    internal bool Overlaps(RowRange other) => Part == other.Part && Start < other.End && other.Start < End;

    private long End => Count is int count ? (long)Start + count : long.MaxValue;
}

/// <summary>The two parts that every data set comes in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataPart>))]
public enum DataPart
{
    /// <summary>Samples to learn from.</summary>
    Train,

    /// <summary>Samples that no choice may depend on.</summary>
    Test,
}
