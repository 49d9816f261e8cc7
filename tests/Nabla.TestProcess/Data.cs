using Nabla;

/// <summary>A small data set that is the same everywhere: noise, with the class marked in one place.</summary>
internal static class Data
{
    public const int Classes = 7;
    private const int Samples = 330;

    public static DataSet Make(Shape input)
    {
        NumPyRandom random = new(7);
        float[] features = new float[Samples * input.Size];
        int[] labels = new int[Samples];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = (float)random.NextNormal();
        }
        for (int i = 0; i < Samples; i++)
        {
            labels[i] = random.NextInt32(Classes);
            features[i * input.Size + labels[i]] += 2;
        }
        return new DataSet(new FloatFeatures(features, input), new ClassLabels(labels, Classes));
    }

    /// <summary>Images of bytes, four fifths of them blank, with the class marked in one place.</summary>
    public static DataSet MakeImages(Shape input, int samples, int classes = Classes)
    {
        NumPyRandom random = new(8);
        byte[] pixels = new byte[samples * input.Size];
        int[] labels = new int[samples];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(random.NextInt32(5) == 0 ? random.NextInt32(256) : 0);
        }
        for (int i = 0; i < samples; i++)
        {
            labels[i] = random.NextInt32(classes);
            pixels[i * input.Size + labels[i]] = 255;
        }
        return DataSet.FromImages(pixels, input, labels, classes);
    }
}
