using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>From what to what the values of samples go: for images from background, or black, to full ink, or white.</summary>
public sealed record ValueRange
{
    /// <param name="low">The lowest value, a finite number.</param>
    /// <param name="high">The highest value, a finite number above <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">They are no such numbers.</exception>
    [JsonConstructor]
    public ValueRange(float low, float high)
    {
        if (!float.IsFinite(low) || !float.IsFinite(high) || !(low < high) || !float.IsFinite(high - low))
        {
            throw new ArgumentException(FormattableString.Invariant($"Values from {low} to {high} are no range; expected two finite numbers, the first below the second."));
        }
        (Low, High) = (low, high);
    }

    /// <summary>The lowest value.</summary>
    [JsonRequired]
    public float Low { get; }

    /// <summary>The highest value.</summary>
    [JsonRequired]
    public float High { get; }
}
