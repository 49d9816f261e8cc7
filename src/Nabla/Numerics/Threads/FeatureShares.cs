namespace Nabla.Numerics;

/// <summary>
/// How threads share the features that go into a dense layer. Each keeps its own through the whole training, in the
/// forward pass, the backward pass and the update, so that their weights, the rows of the weight matrix, never leave the
/// cache of its core: on the processors of today it takes as long to fetch a number that another core has just written
/// as to make dozens of multiply-adds with it.
/// </summary>
internal static class FeatureShares
{
    // Floats in a cache line: where it can be helped, threads do not write into the same one.
    private const int Line = 16;

    // The first thread has a fifth more than each other: these hear of a job later, and in a pipeline wait for its first sums.
    private const int Fifths = 5;

    /// <summary>Whether there are enough features for so many threads.</summary>
    public static bool Fit(int features, int parts) => features >= 2 * Line * parts;

    /// <summary>The first feature of thread <paramref name="part"/>; for <paramref name="parts"/>, their number.</summary>
    public static int Begin(int features, int part, int parts)
    {
        int begin = part == 0 ? 0 : (int)((long)features * (Fifths * part + 1) / (Fifths * parts + 1));
        return part == parts || !Fit(features, parts) ? begin : begin / Line * Line;
    }
}
