namespace Nabla;

/// <summary>A vector of numbers per sample, for regression or soft labels.</summary>
/// <param name="values">[samples, width], row by row; not copied.</param>
/// <param name="width">Numbers per sample, at least 1.</param>
public sealed class TargetVectors(float[] values, int width) : Targets(RowCount(values, width), width)
{
    /// <summary>All targets, [samples, width].</summary>
    public ReadOnlySpan<float> Values => values;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination) => values.AsSpan(row * Width, Width).CopyTo(destination);

    /// <inheritdoc/>
    public override Targets Take(ReadOnlySpan<int> rows)
    {
        float[] taken = new float[checked(rows.Length * Width)];
        for (int i = 0; i < rows.Length; i++)
        {
            CopyRow(rows[i], taken.AsSpan(i * Width));
        }
        return new TargetVectors(taken, Width);
    }

    private static int RowCount(float[] values, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return values.Length % width == 0
            ? values.Length / width
            : throw new ArgumentException($"{values.Length} target values are not made of rows of {width}.", nameof(values));
    }
}
