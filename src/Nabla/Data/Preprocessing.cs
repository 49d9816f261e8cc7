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
}
