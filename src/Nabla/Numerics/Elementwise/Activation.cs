using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>The function a layer applies to each of its weighted sums.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>x itself. The last layer's choice when the loss works from logits.</summary>
    Identity,

    /// <summary>1 / (1 + e⁻ˣ), in (0, 1).</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent, in (−1, 1).</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    ReLU,
}

/// <summary>Guards against numbers that name no activation, such as those of a damaged model file.</summary>
internal static class ActivationCheck
{
    public static Activation Defined(Activation value, string name) => Enum.IsDefined(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "There is no such activation.");
}
