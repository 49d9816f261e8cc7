using System.Globalization;

namespace Nabla;

/// <summary>What names of classes may be, wherever they come from: they are printed.</summary>
internal static class ClassNames
{
    private const int MaxLength = 255;

    private static readonly string[] Words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <exception cref="ArgumentException">There are more names than classes, or one is empty, too long or has control characters.</exception>
    public static void Check(IReadOnlyList<string> names, int classCount)
    {
        if (names.Count > classCount)
        {
            throw new ArgumentException($"There are {names.Count} names of classes, but {classCount} classes.");
        }
        for (int label = 0; label < names.Count; label++)
        {
            if (names[label] is not { Length: >= 1 and <= MaxLength } name || name.Any(char.IsControl))
            {
                throw new ArgumentException($"The name of class {label} must have 1 to {MaxLength} characters, none of them a control character.");
            }
        }
    }

    /// <summary>A name for each class: its own, or its number where it has none; numbers in words as digits.</summary>
    public static string[] Numbered(IReadOnlyList<string>? names, int classCount) =>
    [
        .. Enumerable.Range(0, classCount).Select(label =>
            label >= (names?.Count ?? 0) ? label.ToString(CultureInfo.InvariantCulture)
            : Array.FindIndex(Words, word => word.Equals(names![label], StringComparison.OrdinalIgnoreCase)) is >= 0 and int number ? number.ToString(CultureInfo.InvariantCulture)
            : names![label]),
    ];
}
