namespace Nabla;

/// <summary>Some of the samples of another data set, by their indices: nothing is copied.</summary>
internal sealed class FeatureView : Features
{
    private readonly Features _all;
    private readonly int[] _rows;

    /// <param name="all">All samples.</param>
    /// <param name="rows">The indices, in the order in which the samples are seen.</param>
    public FeatureView(Features all, int[] rows)
        : base(all.SampleShape, (long)rows.Length * all.SampleShape.Size)
    {
        (_all, _rows) = (all, rows);
        Schema = all.Schema;
    }

    /// <inheritdoc/>
    public override Features Take(ReadOnlySpan<int> chosen) => _all.Take(Rows(chosen));

    /// <summary>The same samples in memory of their own.</summary>
    public Features Copy() => _all.Take(_rows);

    internal override Features View(ReadOnlySpan<int> chosen) => new FeatureView(_all, Rows(chosen));

    internal override bool AreBytes => _all.AreBytes;

    internal override void CopyPart(int row, int first, float byteDivisor, float floatDivisor, Span<float> destination) =>
        _all.CopyPart(_rows[row], first, byteDivisor, floatDivisor, destination);

    internal override void Prefetch(int row, int first, int count) => _all.Prefetch(_rows[row], first, count);

    private int[] Rows(ReadOnlySpan<int> chosen)
    {
        int[] taken = new int[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            taken[i] = _rows[chosen[i]];
        }
        return taken;
    }
}
