namespace Nabla;

/// <summary>What a network is to answer, one row per sample: a class label or a vector of numbers.</summary>
public abstract class Targets
{
    private protected Targets(int count, int width)
    {
        Count = count;
        Width = width;
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Numbers a network must put out for one sample.</summary>
    public int Width { get; }

    /// <summary>Writes the wanted output of sample <paramref name="row"/>: <see cref="Width"/> numbers.</summary>
    public abstract void CopyRow(int row, Span<float> destination);

    /// <summary>Writes the wanted outputs of some samples.</summary>
    /// <param name="rows">Indices of the samples.</param>
    /// <param name="destination">Receives them: [rows, <see cref="Width"/>].</param>
    public void CopyRows(ReadOnlySpan<int> rows, Span<float> destination)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            CopyRow(rows[i], destination[(i * Width)..]);
        }
    }

    /// <summary>A copy of the targets at the given indices, in that order.</summary>
    public abstract Targets Take(ReadOnlySpan<int> rows);

    /// <summary>A copy of these targets followed by others of the same type and width.</summary>
    /// <exception cref="ArgumentException">They are of another type or width.</exception>
    public Targets Append(Targets other) => (this, other) switch
    {
        (ClassLabels first, ClassLabels second) when Width == other.Width => new ClassLabels([.. first.Values, .. second.Values], Width, first.ClassNames ?? second.ClassNames),
        (TargetVectors first, TargetVectors second) when Width == other.Width => new TargetVectors([.. first.Values, .. second.Values], Width),
        _ => throw new ArgumentException($"Targets of {other.Width} values ({other.GetType().Name}) cannot follow targets of {Width} ({GetType().Name})."),
    };
}
