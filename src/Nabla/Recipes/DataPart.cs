using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>The two parts that every data set comes in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataPart>))]
public enum DataPart
{
    /// <summary>Samples to learn from.</summary>
    Train,

    /// <summary>Samples that no choice may depend on.</summary>
    Test,
}
