namespace Nabla;

/// <summary>One class out of several per sample. As numbers: 1 for the class, 0 for all others.</summary>
public sealed class ClassLabels : Targets
{
    private readonly int[] _labels;

    /// <param name="labels">The class of each sample, from 0; not copied.</param>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <param name="classNames">Names of the classes, or of the first of them; null where they have none.</param>
    /// <exception cref="ArgumentException">A label is below 0, or not below <paramref name="classCount"/>; or so many names or such a name cannot be.</exception>
    public ClassLabels(int[] labels, int classCount, IReadOnlyList<string>? classNames = null)
        : base(labels.Length, classCount)
    {
        int wrong = Array.FindIndex(labels, label => (uint)label >= (uint)classCount);
        if (wrong >= 0)
        {
            throw new ArgumentException($"Label {labels[wrong]} of sample {wrong} is not one of the {classCount} classes 0 to {classCount - 1}.", nameof(labels));
        }
        if (classNames is not null)
        {
            Nabla.ClassNames.Check(classNames, classCount);
        }
        _labels = labels;
        ClassNames = classNames;
    }

    /// <summary>Names of the classes, or of the first of them; null where they have none.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>The class of each sample, 0 to <see cref="Targets.Width"/> − 1.</summary>
    public ReadOnlySpan<int> Values => _labels;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination)
    {
        destination[..Width].Clear();
        destination[_labels[row]] = 1;
    }

    /// <inheritdoc/>
    public override Targets Take(ReadOnlySpan<int> rows)
    {
        int[] taken = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            taken[i] = _labels[rows[i]];
        }
        return new ClassLabels(taken, Width, ClassNames);
    }
}
