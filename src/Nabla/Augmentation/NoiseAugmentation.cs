using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Adds Gaussian noise to each value, of a random standard deviation up to <see cref="Deviation"/>, and holds it from 0 to 1.</summary>
public sealed record NoiseAugmentation : Augmentation
{
    /// <summary>Greatest standard deviation, from 0 to 10; full ink is 1. Default: 0.1.</summary>
    [JsonRequired]
    public double Deviation
    {
        get;
        init => field = OptionCheck.Between(0, 10, value, nameof(Deviation));
    } = 0.1;

    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random)
    {
        float deviation = random.NextUniform(0, (float)Deviation);
        random.FillNormal(destination);
        ImageFilters.AddNoise(image, destination, deviation);
    }
}
