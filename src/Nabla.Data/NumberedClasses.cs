using System.Globalization;

namespace Nabla;

/// <summary>Makes classes of labels that are numbers, for all parts of a data set together.</summary>
internal static class NumberedClasses
{
    private const int Digits = 10;

    /// <summary>
    /// The classes. Numbers of 0 to 9 are digits, of which there are 10, also where one does not occur; so are they where somebody has said how many classes there are. Others count from 0 where none
    /// is left out. Else there are as many classes as different numbers, in ascending order, and their names are the numbers.
    /// </summary>
    /// <param name="path">The file or folder, for errors.</param>
    /// <param name="parts">The labels of each part as the file has them.</param>
    /// <param name="asked">Number of classes, which all labels are below, or null.</param>
    /// <param name="least">As many classes are known to be there, from one-hot labels; else 0.</param>
    /// <param name="notes">Receives what was guessed.</param>
    public static ClassLabels[] Of(string path, IReadOnlyList<int[]> parts, int? asked, int least, List<string> notes)
    {
        SortedSet<int> numbers = [.. parts.SelectMany(labels => labels).Distinct()];
        if (numbers.Count > ClassCount.Maximum)
        {
            throw new MalformedFileException(path, string.Create(CultureInfo.InvariantCulture,
                $"has {numbers.Count:N0} different labels from {numbers.Min} to {numbers.Max}, expected at most {ClassCount.Maximum} classes; these are no labels of classes."));
        }
        bool isPlain = asked is not null || least > 0 || numbers is { Min: >= 0, Max: < Digits } || (numbers.Min == 0 && numbers.Max == numbers.Count - 1);
        if (isPlain)
        {
            int count = asked ?? Math.Max(least > 0 ? least : Digits, numbers.Max + 1);
            return [.. parts.Select(labels => new ClassLabels(labels, count))];
        }
        int[] known = [.. numbers];
        string[] names = [.. known.Select(number => number.ToString(CultureInfo.InvariantCulture))];
        string gaps = known[^1] - known[0] + 1 == known.Length ? "" : ", with gaps";
        notes.Add($"labels {known[0]} to {known[^1]}{gaps}: {known.Length} classes, named after them");
        return [.. parts.Select(labels => new ClassLabels([.. labels.Select(label => Array.BinarySearch(known, label))], known.Length, names))];
    }
}
