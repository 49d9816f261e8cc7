namespace Nabla.Microbenchmarks;

/// <summary>Numbers for the kernels to work on, the same each time.</summary>
internal static class RandomNumbers
{
    public static float[] Normal(int count)
    {
        NumPyRandom random = new(1);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }
}
