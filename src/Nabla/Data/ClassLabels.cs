using System.Globalization;

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

    /// <summary>The name of a class, or its number where it has none.</summary>
    public string NameOf(int label) => label < ClassNames?.Count ? ClassNames[label] : label.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// These labels by the numbers that a network's classes have: names are matched whatever their order, and where only one side
    /// has names, these must be numbers, as digits or as English words.
    /// </summary>
    /// <param name="names">The names of the network's classes, or null.</param>
    /// <param name="classCount">Their number.</param>
    /// <returns>The labels themselves where numbers agree; null where it is in doubt what is what.</returns>
    internal ClassLabels? Matching(IReadOnlyList<string>? names, int classCount)
    {
        if (ClassNames is null && names is null)
        {
            return Width == classCount ? this : null;
        }
        string[] known = Nabla.ClassNames.Numbered(names, classCount), own = Nabla.ClassNames.Numbered(ClassNames, Width);
        if (own.SequenceEqual(known))
        {
            return this;
        }
        int[] numbers = [.. own.Select(name => Array.IndexOf(known, name))];
        return numbers.Contains(-1) || numbers.Distinct().Count() < numbers.Length || known.Distinct().Count() < known.Length
            ? null
            : new ClassLabels([.. _labels.Select(label => numbers[label])], classCount, names);
    }

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
