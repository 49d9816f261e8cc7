using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>What the variance of initial weights is divided by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fan>))]
public enum Fan
{
    /// <summary>The inputs that feed one unit: keeps the size of activations from layer to layer.</summary>
    In,

    /// <summary>The mean of inputs and outputs: a compromise between activations and gradients.</summary>
    Average,
}
