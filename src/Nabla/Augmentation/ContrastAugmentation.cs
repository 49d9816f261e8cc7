using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Makes ink paler or darker: a random gain, held at 0 and 1, and then a bend of the range between, as a gamma correction makes. Background stays background.</summary>
public sealed record ContrastAugmentation : Augmentation
{
    /// <summary>Least gain, from 0 to 10. Default: 0.7.</summary>
    [JsonRequired]
    public double MinGain
    {
        get;
        init => field = OptionCheck.Between(0, 10, value, nameof(MinGain));
    } = 0.7;

    /// <summary>Greatest gain, from 0 to 10; the range is between both, whichever is greater. Default: 1.3.</summary>
    [JsonRequired]
    public double MaxGain
    {
        get;
        init => field = OptionCheck.Between(0, 10, value, nameof(MaxGain));
    } = 1.3;

    /// <summary>By how much a grey of ½ becomes darker or paler at most, from 0 to 0.45. Default: 0.15.</summary>
    [JsonRequired]
    public double Bend
    {
        get;
        init => field = OptionCheck.Between(0, 0.45, value, nameof(Bend));
    } = 0.15;

    /// <inheritdoc/>
    protected internal override void Change(ReadOnlySpan<float> image, int height, int width, int channels, Span<float> destination, ref Philox random)
    {
        float gain = random.NextUniform((float)MinGain, (float)MaxGain), bias = 0.5f + random.NextUniform((float)-Bend, (float)Bend);
        ImageFilters.Contrast(image, destination, gain, bias);
    }
}
