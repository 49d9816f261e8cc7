namespace Nabla;

/// <summary>What is around that which the images of a data set show.</summary>
public enum ImageBackground
{
    /// <summary>Photographs, colours, things that touch the rim: nothing that is one plain shade in every class; or no images at all.</summary>
    Varied,

    /// <summary>Plain and dark in every class: ink is light, as in MNIST.</summary>
    Dark,

    /// <summary>Plain and light in nearly every class, as paper is: ink is dark.</summary>
    Light,
}

/// <summary>Finds the background of images by their rims of one pixel: one rule for a whole data set, so that no image is taken otherwise than its neighbours.</summary>
internal static class ImageBackgrounds
{
    // So many images of a class tell.
    private const int TellingImages = 200;

    // Shares of images of a class, and of classes.
    private const double NearlyAll = 0.9;
    private const double Most = 0.8;

    // In shares of the range of values.
    private const float Plain = 0.2f;
    private const float DarkUpTo = 0.25f;

    /// <summary>Looks at the images, each class by itself.</summary>
    /// <param name="features">The samples.</param>
    /// <param name="labels">Their classes; null where they are not known.</param>
    public static ImageBackground Of(Features features, ClassLabels? labels)
    {
        Shape shape = features.SampleShape;
        if (shape.Count < 2 || (shape.Count == 3 && shape[2] != 1) || shape.Count > 3 || shape[0] < 4 || shape[1] < 4 || features.Count == 0)
        {
            return ImageBackground.Varied;
        }
        ValueScale scale = ValueScale.Of(features);
        float low = Math.Min(scale.Least, 0), high = scale.High;
        if (!(low < high))
        {
            return ImageBackground.Varied;
        }
        Dictionary<int, (int Dark, int Light, int Images)> classes = [];
        float[] sample = new float[shape.Size], rim = new float[2 * (shape[0] + shape[1]) - 4];
        for (int row = 0; row < features.Count; row++)
        {
            int label = labels is null ? 0 : labels.Values[row];
            (int Dark, int Light, int Images) counts = classes.GetValueOrDefault(label);
            if (counts.Images < TellingImages)
            {
                features.CopyRow(row, byteDivisor: 1, sample);
                CopyRim(sample, shape[0], shape[1], rim);
                ImageBackground found = Of(rim, low, high);
                found = found == ImageBackground.Light && IsBlank(sample, low, high) ? ImageBackground.Varied : found;
                classes[label] = (counts.Dark + (found == ImageBackground.Dark ? 1 : 0), counts.Light + (found == ImageBackground.Light ? 1 : 0), counts.Images + 1);
            }
        }
        // A class that is bright at its rim among others that are dark there would be torn apart by turning images round.
        int light = classes.Values.Count(counts => counts.Light >= Most * counts.Images);
        return light >= NearlyAll * classes.Count ? ImageBackground.Light
            : classes.Values.All(counts => counts.Dark >= Most * counts.Images) ? ImageBackground.Dark
            : ImageBackground.Varied;
    }

    /// <summary>The images with dark and light exchanged, within the range of their values.</summary>
    public static Features Invert(Features features)
    {
        ValueScale scale = ValueScale.Of(features);
        float low = Math.Min(scale.Least, 0), high = scale.High;
        if (features is ByteFeatures bytes)
        {
            byte[] inverted = new byte[bytes.Values.Length];
            for (int i = 0; i < inverted.Length; i++)
            {
                inverted[i] = (byte)(high - bytes.Values[i]);
            }
            return new ByteFeatures(inverted, features.SampleShape);
        }
        int size = features.SampleShape.Size;
        float[] values = new float[checked(features.Count * size)];
        for (int row = 0; row < features.Count; row++)
        {
            features.CopyRow(row, byteDivisor: 1, values.AsSpan(row * size, size));
        }
        foreach (ref float value in values.AsSpan())
        {
            value = low + high - value;
        }
        return new FloatFeatures(values, features.SampleShape);
    }

    private static ImageBackground Of(Span<float> rim, float low, float high)
    {
        rim.Sort();
        float median = (rim[rim.Length / 2] - low) / (high - low);
        int plain = 0;
        foreach (float value in rim)
        {
            plain += Math.Abs((value - low) / (high - low) - median) <= Plain ? 1 : 0;
        }
        return plain < NearlyAll * rim.Length ? ImageBackground.Varied
            : median <= DarkUpTo ? ImageBackground.Dark
            : median > 0.5f ? ImageBackground.Light
            : ImageBackground.Varied;
    }

    /// <summary>Whether nothing is drawn on it: then what is light may be anything.</summary>
    private static bool IsBlank(ReadOnlySpan<float> image, float low, float high)
    {
        float least = image[0], greatest = image[0];
        foreach (float value in image)
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }
        return greatest - least <= Plain * (high - low);
    }

    private static void CopyRim(ReadOnlySpan<float> image, int height, int width, Span<float> rim)
    {
        image[..width].CopyTo(rim);
        image[^width..].CopyTo(rim[width..]);
        for (int y = 1, to = 2 * width; y < height - 1; y++)
        {
            rim[to++] = image[y * width];
            rim[to++] = image[(y + 1) * width - 1];
        }
    }
}
