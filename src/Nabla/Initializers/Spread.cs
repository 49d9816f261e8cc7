using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>The distribution of initial weights of a given variance.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Spread>))]
public enum Spread
{
    /// <summary>Normal, not truncated.</summary>
    Normal,

    /// <summary>Uniform in ±√(3 · variance).</summary>
    Uniform,
}
