namespace Nabla;

/// <summary>The names that Keras gives the arrays of MNIST: x_train, y_train, x_test and y_test; and, for validation, x_val and y_val.</summary>
internal static class KerasLayout
{
    private const string Train = "train";
    private const string Test = "test";

    // As people write it; the first is what errors and the documentation say.
    private static readonly string[] Validation = ["val", "valid", "validation"];

    /// <summary>The names, training first; a file may leave the others out.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Validation.Prepend(Train).Append(Test).SelectMany(NamesOf)];

    /// <summary>The names that errors say are expected.</summary>
    public static string Expected { get; } = $"x_{Train}, y_{Train}, x_{Test}, y_{Test} and perhaps x_{Validation[0]}, y_{Validation[0]}";

    /// <summary>Makes data of the arrays.</summary>
    /// <param name="path">The file or folder, for errors.</param>
    /// <param name="read">Gives the array of a name, or null.</param>
    /// <param name="found">All names there are, for errors and to say what is left out.</param>
    /// <param name="source">What the data is.</param>
    /// <param name="classCount">Number of classes, or null.</param>
    public static DataParts Read(string path, Func<string, NumericArray?> read, IEnumerable<string> found, string source, int? classCount)
    {
        string[] names = [.. found];
        string validation = Validation.FirstOrDefault(part => names.Contains($"x_{part}") || names.Contains($"y_{part}")) ?? Validation[0];
        ArrayPart? train = ReadPart(Train), validated = ReadPart(validation), test = ReadPart(Test);
        if (train is null)
        {
            throw Missing($"x_{Train}");
        }
        DataSet[] sets = ArrayParts.Convert(path, [.. new[] { train, validated, test }.OfType<ArrayPart>()], classCount);
        string[] others = [.. names.Except(new[] { Train, validation, Test }.SelectMany(NamesOf))];
        return new DataParts(
            sets[0], validated is null ? null : sets[1], test is null ? null : sets[^1],
            others.Length == 0 ? source : $"{source} (without {Show(others)})");

        ArrayPart? ReadPart(string part)
        {
            (string x, string y) = ($"x_{part}", $"y_{part}");
            return (read(x), read(y)) switch
            {
                (null, null) => null,
                (null, _) => throw Missing(x),
                (_, null) => throw Missing(y),
                ({ } images, { } labels) => new ArrayPart(x, images, y, labels),
            };
        }

        MalformedFileException Missing(string name) => new(path,
            $"has no array '{name}'{(names.Length > 0 ? $" but {Show(names)}" : "")}, expected {Expected}; all but the first two may be left out.");
    }

    private static string[] NamesOf(string part) => [$"x_{part}", $"y_{part}"];

    private static string Show(string[] names) => string.Join(", ", names.Take(8).Select(name => name.Length <= 40 ? name : name[..40] + "…"));
}
