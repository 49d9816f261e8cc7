using System.Numerics;

namespace Nabla;

/// <summary>Finds the class of each one-hot row, up to the first that is none: its index is told, else −1.</summary>
/// <param name="classCount">Numbers a row: one of them 1, all others 0.</param>
internal readonly struct OneHotVisitor(int classCount) : INumericVisitor<(int[] Labels, int Wrong)>
{
    /// <inheritdoc/>
    public (int[] Labels, int Wrong) Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        int[] labels = new int[values.Length / classCount];
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<T> row = values.Slice(i * classCount, classCount);
            int label = row.IndexOf(T.One);
            if (label < 0 || row[..label].ContainsAnyExcept(T.Zero) || row[(label + 1)..].ContainsAnyExcept(T.Zero))
            {
                return (labels, i);
            }
            labels[i] = label;
        }
        return (labels, -1);
    }
}
