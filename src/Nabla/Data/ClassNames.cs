namespace Nabla;

/// <summary>What names of classes may be, wherever they come from: they are printed.</summary>
internal static class ClassNames
{
    private const int MaximumLength = 255;

    /// <exception cref="ArgumentException">There are more names than classes, or one is empty, too long or has control characters.</exception>
    public static void Check(IReadOnlyList<string> names, int classCount)
    {
        if (names.Count > classCount)
        {
            throw new ArgumentException($"There are {names.Count} names of classes, but {classCount} classes.");
        }
        for (int label = 0; label < names.Count; label++)
        {
            if (names[label] is not { Length: >= 1 and <= MaximumLength } name || name.Any(char.IsControl))
            {
                throw new ArgumentException($"The name of class {label} must have 1 to {MaximumLength} characters, none of them a control character.");
            }
        }
    }
}
