using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>In which order training goes through the samples.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SampleOrder>))]
public enum SampleOrder
{
    /// <summary>A new random order each epoch; each sample once.</summary>
    Shuffled,

    /// <summary>As they stand in the data set, the same each epoch.</summary>
    AsGiven,

    /// <summary>Each batch drawn at random from all samples: some come several times, some never.</summary>
    WithReplacement,
}
