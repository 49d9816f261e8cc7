namespace Nabla.Numerics;

/// <summary>Some samples of <see cref="SparseSamples"/> in place of a workspace's <see cref="Workspace.Input"/>.</summary>
/// <param name="samples">Where they are.</param>
/// <param name="most">Most samples at a time.</param>
internal sealed class SparseInput(SparseSamples samples, int most)
{
    private readonly int[] _rows = new int[most];

    /// <summary>Values of one sample, with the zeros.</summary>
    public int Size => samples.Size;

    /// <summary>Number of samples.</summary>
    public int Count { get; private set; }

    /// <summary>Chooses samples by their indices.</summary>
    public void Choose(ReadOnlySpan<int> rows)
    {
        rows.CopyTo(_rows);
        Count = rows.Length;
    }

    /// <summary>Where in the chosen sample <paramref name="index"/> its values stand, ascending.</summary>
    public ReadOnlySpan<ushort> Places(int index) => samples.Places(_rows[index]);

    /// <summary>The values of the chosen sample <paramref name="index"/> that are not zero.</summary>
    public ReadOnlySpan<float> Values(int index) => samples.Values(_rows[index]);
}
