using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>Turns, scales, slants and moves an image about its centre, each by a uniform random amount. What comes in from outside is background.</summary>
public sealed record AffineAugmentation : GeometricAugmentation
{
    // Beyond, nothing of a digit is left to be recognised.
    private const double MaxShear = 60;

    /// <summary>Most degrees by which an image is turned, either way, from 0 to 180. Default: 10.</summary>
    [JsonRequired]
    public double Rotation
    {
        get;
        init => field = OptionCheck.Between(0, 180, value, nameof(Rotation));
    } = 10;

    /// <summary>Least factor by which an image grows, from 0.1 to 10. Default: 0.85.</summary>
    [JsonRequired]
    public double MinScale
    {
        get;
        init => field = OptionCheck.Between(0.1, 10, value, nameof(MinScale));
    } = 0.85;

    /// <summary>Greatest factor by which an image grows, from 0.1 to 10; the range is between both, whichever is greater. Default: 1.15.</summary>
    [JsonRequired]
    public double MaxScale
    {
        get;
        init => field = OptionCheck.Between(0.1, 10, value, nameof(MaxScale));
    } = 1.15;

    /// <summary>Whether height and width get a factor each. Default: yes.</summary>
    [JsonRequired]
    public bool ScaleAxesSeparately { get; init; } = true;

    /// <summary>Most degrees by which an image is slanted, either way, as italics are; from 0 to 60. Default: 10.</summary>
    [JsonRequired]
    public double Shear
    {
        get;
        init => field = OptionCheck.Between(0, MaxShear, value, nameof(Shear));
    } = 10;

    /// <summary>Most pixels by which an image is moved in each direction, either way, fractions too; from 0 to 1,000. Default: 2.</summary>
    [JsonRequired]
    public double Shift
    {
        get;
        init => field = OptionCheck.Between(0, 1000, value, nameof(Shift));
    } = 2;

    internal override void Compose(ref ImageMap map, ref Philox random)
    {
        const float DegreesPerTurn = 360;
        float rotation = random.NextUniform((float)-Rotation, (float)Rotation), shear = random.NextUniform((float)-Shear, (float)Shear);
        float scaleX = random.NextUniform((float)MinScale, (float)MaxScale), scaleY = random.NextUniform((float)MinScale, (float)MaxScale);
        float shiftX = random.NextUniform((float)-Shift, (float)Shift), shiftY = random.NextUniform((float)-Shift, (float)Shift);
        (float shearSine, float shearCosine) = Elementary.SineAndCosine(shear / DegreesPerTurn);
        Compose(ref map, rotation / DegreesPerTurn, scaleX, ScaleAxesSeparately ? scaleY : scaleX, shearSine / shearCosine, shiftX, shiftY);
    }

    /// <summary>The inverse of: scale, then slant, then turn, then shift. So what is read for a pixel is M⁻¹ (p − centre − shift) + centre.</summary>
    /// <param name="map">What is composed with.</param>
    /// <param name="turns">The angle over 2π, clockwise since rows go down.</param>
    /// <param name="scaleX">Factor of the width.</param>
    /// <param name="scaleY">Factor of the height.</param>
    /// <param name="slope">Pixels to the side for each pixel down.</param>
    /// <param name="shiftX">Pixels to the right.</param>
    /// <param name="shiftY">Pixels down.</param>
    internal static void Compose(ref ImageMap map, float turns, float scaleX, float scaleY, float slope, float shiftX, float shiftY)
    {
        (float sine, float cosine) = Elementary.SineAndCosine(turns);
        map.Transform(
            (cosine + slope * sine) / scaleX, (sine - slope * cosine) / scaleX,
            -sine / scaleY, cosine / scaleY,
            shiftX, shiftY);
    }
}
