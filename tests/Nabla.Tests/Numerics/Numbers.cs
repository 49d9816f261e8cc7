namespace Nabla.Tests.Numerics;

/// <summary>Vectors for tests.</summary>
internal static class Numbers
{
    public static float[] Normal(NumPyRandom random, int count, double deviation = 1)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextNormal(0, deviation);
        }
        return values;
    }

    /// <summary>Asserts equal bits; NaN equals NaN.</summary>
    public static void AssertBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]) && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    /// <summary>Asserts that the difference is small beside the expected vector, in Euclidean norm: what single precision leaves.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(expected[i] - actual[i], 2);
            norm += expected[i] * expected[i];
        }
        Assert.True(Math.Sqrt(difference) <= 1e-6 * Math.Sqrt(norm) + 1e-7, $"{what}: off by {Math.Sqrt(difference):G3} of {Math.Sqrt(norm):G3}");
    }
}
