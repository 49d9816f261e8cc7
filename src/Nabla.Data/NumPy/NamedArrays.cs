namespace Nabla;

/// <summary>The arrays of a file or folder, by name.</summary>
/// <param name="Names">All names there are, in the order of the file.</param>
/// <param name="Describe">Type and extents of an array, without its numbers; null where there is none of that name, or nothing that is an array of numbers.</param>
/// <param name="Read">The array of a name; null where there is none.</param>
internal sealed record NamedArrays(IReadOnlyList<string> Names, Func<string, ArrayOutline?> Describe, Func<string, NumericArray?> Read);

/// <summary>Type and extents of an array.</summary>
/// <param name="Type">Type of a number.</param>
/// <param name="Shape">The extents.</param>
internal sealed record ArrayOutline(NumericType Type, int[] Shape)
{
    /// <summary>For errors: <c>&lt;f4 (50000, 784)</c>.</summary>
    public override string ToString() => $"{Type} ({string.Join(", ", Shape)})";
}
