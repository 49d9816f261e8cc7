using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Bends an image: the points of a coarse grid over it are moved at random, and all between them smoothly with them. In the spirit of Simard, Steinkraus and Platt, "Best practices for
/// convolutional neural networks applied to visual document analysis", ICDAR 2003, without their convolution of a whole field.
/// </summary>
public sealed record ElasticAugmentation : GeometricAugmentation
{
    /// <summary>Points of the grid in each direction, from corner to corner, from 2 to 16: more make smaller bends. Default: 4.</summary>
    [JsonRequired]
    public int Grid
    {
        get;
        init => field = value is >= 2 and <= ImageMap.MaxGrid ? value : throw new ArgumentOutOfRangeException(nameof(Grid), value, $"{nameof(Grid)} must be from 2 to {ImageMap.MaxGrid}.");
    } = 4;

    /// <summary>Most pixels by which a point is moved in each direction, either way, from 0 to 1,000. Default: 1.5.</summary>
    [JsonRequired]
    public double Amplitude
    {
        get;
        init => field = OptionCheck.Between(0, 1000, value, nameof(Amplitude));
    } = 1.5;

    internal override void Compose(ref ImageMap map, ref Philox random)
    {
        Span<float> moves = stackalloc float[2 * Grid * Grid];
        foreach (ref float move in moves)
        {
            move = random.NextUniform((float)-Amplitude, (float)Amplitude);
        }
        map.Displace(moves[..(Grid * Grid)], moves[(Grid * Grid)..], Grid);
    }
}
