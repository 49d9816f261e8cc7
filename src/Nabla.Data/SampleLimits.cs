namespace Nabla;

/// <summary>What readers whose formats promise sizes, or are endless, take at most and make of a row of numbers.</summary>
internal static class SampleLimits
{
    /// <summary>Greatest number of values in one array: 2³⁰, more than a million images of MNIST.</summary>
    public const int MaxValues = 1 << 30;

    /// <summary>Shape of a sample of <paramref name="count"/> numbers in a row: a square image where it can be one, else the row.</summary>
    public static Shape ShapeOf(int count)
    {
        int side = (int)Math.Sqrt(count);
        return side > 1 && side * side == count ? [side, side] : [count];
    }
}
