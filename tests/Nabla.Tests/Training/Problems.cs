using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

/// <summary>Small data sets, the same on every machine.</summary>
internal static class Problems
{
    /// <summary>Points around one centre per class; the closer the centres, the harder.</summary>
    public static DataSet Clusters(int samples, int features = 20, int classes = 4, double noise = 0.6, uint seed = 1)
    {
        NumPyRandom random = new(seed);
        float[] centres = Numbers.Normal(random, classes * features);
        float[] values = Numbers.Normal(random, samples * features, noise);
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++)
        {
            labels[i] = random.NextInt32(classes);
            for (int j = 0; j < features; j++)
            {
                values[i * features + j] += centres[labels[i] * features + j];
            }
        }
        return new DataSet(new FloatFeatures(values, [features]), new ClassLabels(labels, classes));
    }

    /// <summary>Vectors y = A x + b.</summary>
    public static DataSet LinearMap(int samples, float[] matrix, float[] offset)
    {
        int outputs = offset.Length, inputs = matrix.Length / outputs;
        float[] x = Numbers.Normal(new NumPyRandom(4), samples * inputs);
        float[] y = new float[samples * outputs];
        for (int i = 0; i < samples; i++)
        {
            for (int j = 0; j < outputs; j++)
            {
                y[i * outputs + j] = offset[j];
                for (int k = 0; k < inputs; k++)
                {
                    y[i * outputs + j] += x[i * inputs + k] * matrix[k * outputs + j];
                }
            }
        }
        return DataSet.FromVectors(x, [inputs], y, outputs);
    }
}
