namespace Nabla;

/// <summary>Samples as pictures, whatever kind of numbers they are.</summary>
public static class SampleImages
{
    /// <summary>
    /// The samples as bytes that can be drawn. Bytes stay as they are; the numbers of each float sample are stretched from
    /// its lowest (0) to its highest (255), and those that are none become 0.
    /// </summary>
    /// <param name="features">Samples of [height, width] or [height, width, 1 or 3], or of another shape with as many values as <paramref name="input"/>.</param>
    /// <param name="input">The shape that a network takes, for samples whose own shape is no image's.</param>
    /// <returns>[samples, height, width, 1 or 3]: grey, or red, green and blue.</returns>
    /// <exception cref="ArgumentException">Neither shape is an image's.</exception>
    public static ByteFeatures Of(Features features, Shape input)
    {
        Shape shape = Image(features.SampleShape) ?? (input.Size == features.SampleShape.Size ? Image(input) : null)
            ?? throw new ArgumentException($"samples of {features.SampleShape} for a network that takes {input} cannot be shown; expected images of height×width, or height×width×channels with 1 or 3 channels.");
        byte[] pixels = new byte[features.Count * shape.Size];
        if (features is ByteFeatures bytes)
        {
            bytes.Values.CopyTo(pixels);
        }
        else
        {
            float[] numbers = new float[shape.Size];
            for (int row = 0; row < features.Count; row++)
            {
                features.CopyRow(row, byteDivisor: 1, numbers);
                Stretch(numbers, pixels.AsSpan(row * shape.Size, shape.Size));
            }
        }
        return new ByteFeatures(pixels, shape);
    }

    private static Shape? Image(Shape shape) => shape.Count switch
    {
        2 => [shape[0], shape[1], 1],
        3 when shape[2] is 1 or 3 => shape,
        _ => null,
    };

    private static void Stretch(ReadOnlySpan<float> numbers, Span<byte> pixels)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (float number in numbers)
        {
            if (float.IsFinite(number))
            {
                low = Math.Min(low, number);
                high = Math.Max(high, number);
            }
        }
        for (int i = 0; i < numbers.Length; i++)
        {
            pixels[i] = float.IsFinite(numbers[i]) && high > low ? (byte)Math.Round(255 * (numbers[i] - low) / (high - low)) : (byte)0;
        }
    }
}
