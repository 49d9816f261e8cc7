using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>In which order initial values are drawn; it matters for following another program's random numbers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ParameterOrder>))]
public enum ParameterOrder
{
    /// <summary>The first layer's weights, its biases, the second layer's weights …</summary>
    LayerByLayer,

    /// <summary>The weights of all layers, then the biases of all layers.</summary>
    WeightsFirst,

    /// <summary>The biases of all layers, then the weights of all layers.</summary>
    BiasesFirst,
}
