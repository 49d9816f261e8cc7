namespace Nabla;

/// <summary>Some of the samples of another data set, by their indices: nothing is copied.</summary>
/// <param name="all">All samples.</param>
/// <param name="rows">The indices, in the order in which the samples are seen.</param>
internal sealed class FeatureView(Features all, int[] rows) : Features(all.SampleShape, (long)rows.Length * all.SampleShape.Size)
{
    /// <inheritdoc/>
    public override Features Take(ReadOnlySpan<int> chosen) => all.Take(Rows(chosen));

    /// <summary>The same samples in memory of their own.</summary>
    public Features Copy() => all.Take(rows);

    internal override Features View(ReadOnlySpan<int> chosen) => new FeatureView(all, Rows(chosen));

    internal override bool AreBytes => all.AreBytes;

    internal override void CopyPart(int row, int first, float byteDivisor, float floatDivisor, Span<float> destination) =>
        all.CopyPart(rows[row], first, byteDivisor, floatDivisor, destination);

    internal override void Prefetch(int row, int first, int count) => all.Prefetch(rows[row], first, count);

    private int[] Rows(ReadOnlySpan<int> chosen)
    {
        int[] taken = new int[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            taken[i] = rows[chosen[i]];
        }
        return taken;
    }
}
