namespace Nabla;

/// <summary>The names that Keras gives the arrays of MNIST: x_train, y_train, x_test and y_test.</summary>
internal static class KerasLayout
{
    /// <summary>The names, training first; a file may leave the test part out.</summary>
    public static IReadOnlyList<string> Names { get; } = ["x_train", "y_train", "x_test", "y_test"];

    /// <summary>Makes data of the arrays.</summary>
    /// <param name="path">The file or folder, for errors.</param>
    /// <param name="read">Gives the array of a name, or null.</param>
    /// <param name="found">All names there are, for errors.</param>
    /// <param name="source">What the data is.</param>
    /// <param name="classCount">Number of classes, or null.</param>
    public static DataParts Read(string path, Func<string, NumericArray?> read, IEnumerable<string> found, string source, int? classCount)
    {
        NumericArray?[] arrays = [.. Names.Select(read)];
        bool hasTest = arrays[2] is not null || arrays[3] is not null;
        int missing = Array.IndexOf(arrays, null, 0, hasTest ? 4 : 2);
        if (missing >= 0)
        {
            string all = string.Join(", ", found.Take(8).Select(name => name.Length <= 40 ? name : name[..40] + "…"));
            throw new MalformedFileException(path,
                $"has no array '{Names[missing]}'{(all.Length > 0 ? $" but {all}" : "")}, expected {string.Join(", ", Names)}; the last two may both be left out.");
        }
        List<ArrayPart> parts = [new(Names[0], arrays[0]!, Names[1], arrays[1]!)];
        if (hasTest)
        {
            parts.Add(new(Names[2], arrays[2]!, Names[3], arrays[3]!));
        }
        DataSet[] sets = ArrayParts.Convert(path, parts, classCount);
        return new DataParts(sets[0], null, hasTest ? sets[1] : null, source);
    }
}
