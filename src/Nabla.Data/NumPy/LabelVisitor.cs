using System.Numerics;

namespace Nabla;

/// <summary>Converts numbers to labels, up to the first that is none: its index, else −1, and its value are told.</summary>
/// <param name="classCount">Labels must be below it.</param>
internal readonly struct LabelVisitor(int classCount) : INumericVisitor<(int[] Labels, int Wrong, string? Value)>
{
    /// <inheritdoc/>
    public (int[] Labels, int Wrong, string? Value) Visit<T>(ReadOnlySpan<T> values)
        where T : unmanaged, INumber<T>
    {
        int[] labels = new int[values.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            T value = values[i];
            // Classes are at most 1000, which every type but the one-byte ones holds; those saturate.
            if (!T.IsInteger(value) || T.IsNegative(value) && !T.IsZero(value) || value > T.CreateSaturating(classCount - 1))
            {
                return (labels, i, value.ToString(null, null));
            }
            labels[i] = int.CreateTruncating(value);
        }
        return (labels, -1, null);
    }
}
