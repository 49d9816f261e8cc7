using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>How initial values are drawn, so that programs which draw them in another order can be followed number by number.</summary>
public sealed record Initialization
{
    /// <summary>Which parameter comes when. Default: layer by layer, weights before biases.</summary>
    [JsonRequired]
    public ParameterOrder Order
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Order), value, "There is no such order.");
    } = ParameterOrder.LayerByLayer;

    /// <summary>
    /// Whether weights are drawn as tables [outputs, inputs], as programs that compute W·x have them, instead of
    /// [inputs, outputs]. Default: no.
    /// </summary>
    [JsonRequired]
    public bool OutputsFirst { get; init; }
}

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
