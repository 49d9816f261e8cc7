namespace Nabla;

/// <summary>Brings the values of images into the order that networks take: rows, columns, channels.</summary>
internal static class ImageAxes
{
    /// <summary>Images [channels, height, width] as [height, width, channels].</summary>
    public static Features ChannelsLast(Features features)
    {
        Shape shape = features.SampleShape;
        (int channels, int height, int width) = (shape[0], shape[1], shape[2]);
        int[] from = new int[shape.Size];
        for (int i = 0; i < from.Length; i++)
        {
            from[i] = i % channels * height * width + i / channels;
        }
        return Reordered(features, [height, width, channels], from);
    }

    /// <summary>Images [height, width, …] as [width, height, …].</summary>
    public static Features Transposed(Features features)
    {
        Shape shape = features.SampleShape;
        (int height, int width, int channels) = (shape[0], shape[1], shape.Size / (shape[0] * shape[1]));
        int[] from = new int[shape.Size];
        for (int i = 0; i < from.Length; i++)
        {
            int pixel = i / channels;
            from[i] = (pixel % height * width + pixel / height) * channels + i % channels;
        }
        return Reordered(features, Shape.Create([width, height, .. shape.Skip(2)]), from);
    }

    /// <summary>The same values as samples of another shape.</summary>
    public static Features Shaped(Features features, Shape shape) => features is ByteFeatures bytes
        ? new ByteFeatures(bytes.Values.ToArray(), shape)
        : new FloatFeatures(((FloatFeatures)features).Values.ToArray(), shape);

    /// <param name="features">The images.</param>
    /// <param name="shape">Their new shape.</param>
    /// <param name="from">For each value of the new where it is in the old.</param>
    private static Features Reordered(Features features, Shape shape, int[] from)
    {
        if (features is ByteFeatures bytes)
        {
            return new ByteFeatures(Reordered(bytes.Values, from), shape);
        }
        return new FloatFeatures(Reordered(((FloatFeatures)features).Values, from), shape);
    }

    private static T[] Reordered<T>(ReadOnlySpan<T> values, int[] from)
    {
        T[] reordered = new T[values.Length];
        for (int start = 0; start < values.Length; start += from.Length)
        {
            ReadOnlySpan<T> sample = values.Slice(start, from.Length);
            for (int i = 0; i < from.Length; i++)
            {
                reordered[start + i] = sample[from[i]];
            }
        }
        return reordered;
    }
}
