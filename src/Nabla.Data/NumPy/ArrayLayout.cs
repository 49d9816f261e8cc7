namespace Nabla;

/// <summary>
/// Finds out which of the arrays of a file are the samples and labels of which part: as somebody has said, else by names in use (x_train and y_train, X and y, images and labels, data and target), else by shape
/// where there is no doubt.
/// </summary>
internal sealed class ArrayLayout
{
    /// <summary>The names that errors say are expected.</summary>
    public const string Expected = "x_train, y_train, x_test, y_test and perhaps x_val, y_val";

    private const int ShownNames = 12;
    private const int ShownLength = 40;

    private readonly string _path;
    private readonly NamedArrays _arrays;
    private readonly DataFileOptions _options;
    private readonly List<string> _notes = [];
    private readonly (string Name, ArrayRole? Role)[] _known;
    private readonly HashSet<string> _used = [];

    private ArrayLayout(string path, NamedArrays arrays, DataFileOptions options)
    {
        (_path, _arrays, _options) = (path, arrays, options);
        _known = [.. arrays.Names.Select(name => (name, ArrayRole.TryParse(name)))];
    }

    /// <summary>Whether there is an array whose name is one that samples or labels have.</summary>
    public static bool Knows(IEnumerable<string> names) => names.Any(name => ArrayRole.TryParse(name) is not null);

    /// <summary>Makes data of the arrays.</summary>
    /// <param name="path">The file or folder, for errors.</param>
    /// <param name="arrays">Its arrays.</param>
    /// <param name="source">What the data is.</param>
    /// <param name="options">Names, number of classes, and how images lie.</param>
    public static DataParts Read(string path, NamedArrays arrays, string source, DataFileOptions options) => new ArrayLayout(path, arrays, options).Read(source);

    private DataParts Read(string source)
    {
        (string x, string y) = FindMain();
        ArrayPart?[] parts = [Part(x, y), Other(ArrayRole.Validation, x, y), Other(ArrayRole.Test, x, y)];
        DataSet[] sets = ArrayParts.Convert(_path, [.. parts.OfType<ArrayPart>()], _options, _notes);
        string[] others = [.. _arrays.Names.Where(name => !_used.Contains(name))];
        if (others.Length > 0)
        {
            _notes.Add($"left out: {Show(others)}");
        }
        return new DataParts(sets[0], parts[1] is null ? null : sets[1], parts[2] is null ? null : sets[^1], source) { Notes = _notes };
    }

    /// <summary>The names of what is learnt from.</summary>
    private (string X, string Y) FindMain()
    {
        string? x = Named(_options.FeaturesArray, "--features"), y = Named(_options.LabelsArray, "--labels");
        string part = _known.Any(array => array.Role is { Part: ArrayRole.Train }) ? ArrayRole.Train : "";
        bool xIsKnown = x is not null, yIsKnown = y is not null;
        x ??= ByRole(isFeatures: true, part);
        y ??= ByRole(isFeatures: false, part);
        if (x is not null && y is not null)
        {
            return Said(x, y, xIsKnown && yIsKnown, "by their names");
        }
        // What belongs to another part is not looked at.
        (string Name, ArrayOutline Outline)[] free = [.. _known.Where(array => array.Name != x && array.Name != y && (array.Role is null or { Part: "" or ArrayRole.Train }))
            .Select(array => (array.Name, _arrays.Describe(array.Name)!)).Where(array => array.Item2 is { Shape.Length: >= 1 } outline && outline.Shape[0] > 0)];
        if (_known.Any(array => array.Role is { Part.Length: > 0 }) && x is null && y is null)
        {
            throw Unknown("no training part");
        }
        // Under a name that is known there may be what cannot be described: reading it says why.
        (string X, string Y)[] pairs =
        [
            .. from sample in x is null ? free.Where(array => array.Outline.Shape.Length >= 2) : Known(x)
               from label in y is null ? free.Where(array => IsLabels(array.Outline)) : Known(y)
               where sample.Name != label.Name && CountOf(sample.Outline) == CountOf(label.Outline) && !(IsOneHot(label.Outline) && sample.Outline.Shape.Length == 2 && sample.Outline.Shape[1] <= label.Outline.Shape[1])
               select (sample.Name, label.Name),
        ];
        return pairs.Length == 1 ? Said(pairs[0].X, pairs[0].Y, isGiven: false, "by their shapes")
            : throw Unknown(pairs.Length == 0 ? "no samples with as many labels" : "several that could be samples and labels");

        (string Name, ArrayOutline Outline)[] Known(string name) => [(name, _arrays.Describe(name) ?? new ArrayOutline(default, _arrays.Read(name)?.Shape.ToArray() ?? []))];
        static int CountOf(ArrayOutline outline) => outline.Shape.Length == 0 ? 0 : outline.Shape[0];
        static bool IsLabels(ArrayOutline outline) => (outline.Shape.Length == 1 && outline.Type.Kind != NumericKind.Float) || IsOneHot(outline);
        static bool IsOneHot(ArrayOutline outline) => outline.Shape.Length == 2 && outline.Shape[1] <= ClassCount.Maximum;
    }

    private (string, string) Said(string x, string y, bool isGiven, string how)
    {
        // The names of Keras, and of its example data, are no guess.
        if (!isGiven && (x, y) is not ("x_train", "y_train"))
        {
            _notes.Add($"{how}: samples '{Short(x)}', labels '{Short(y)}'");
        }
        return (x, y);
    }

    private ArrayPart? Other(string part, string trainX, string trainY)
    {
        string? x = Counterpart(trainX) ?? ByRole(isFeatures: true, part), y = Counterpart(trainY) ?? ByRole(isFeatures: false, part);
        return (x, y) switch
        {
            (null, null) => null,
            (null, _) => throw Unknown($"labels '{Short(y)}' without their samples"),
            (_, null) => throw Unknown($"samples '{Short(x)}' without their labels"),
            _ => Part(x, y),
        };

        string? Counterpart(string name) => ArrayRole.Counterparts(name, part).FirstOrDefault(other => other != name && _arrays.Names.Contains(other));
    }

    private ArrayPart Part(string x, string y)
    {
        _used.Add(x);
        _used.Add(y);
        return new ArrayPart(x, _arrays.Read(x) ?? throw Unknown($"'{Short(x)}', which is no array of numbers"), y, _arrays.Read(y) ?? throw Unknown($"'{Short(y)}', which is no array of whole numbers"));
    }

    private string? Named(string? name, string option) => name is null || _arrays.Names.Contains(name)
        ? name
        : throw new ArgumentException($"{option}: found '{name}', but {_path} has {Outlines()}.");

    /// <summary>The array of that role: of several the one with the most usual name.</summary>
    private string? ByRole(bool isFeatures, string part)
    {
        (string Name, ArrayRole? Role)[] found = [.. _known.Where(array => array.Role is { } role && role.IsFeatures == isFeatures && role.Part == part && !IsNamed(array.Name)).OrderBy(array => array.Role!.Rank)];
        return found.Length > 1 && found[0].Role!.Rank == found[1].Role!.Rank
            ? throw Unknown($"'{Short(found[0].Name)}' and '{Short(found[1].Name)}', which could both be {(isFeatures ? "samples" : "labels")}")
            : found.FirstOrDefault().Name;

        bool IsNamed(string name) => name == _options.FeaturesArray || name == _options.LabelsArray;
    }

    private MalformedFileException Unknown(string found) => new(_path,
        $"found {found} among {Outlines()}; name them with --features NAME and --labels NAME, or call them {Expected}.");

    private string Outlines() => _arrays.Names.Count == 0
        ? "no arrays"
        : $"its arrays {string.Join(", ", _arrays.Names.Take(ShownNames).Select(name => $"{Short(name)} {_arrays.Describe(name)?.ToString() ?? "(no numbers)"}"))}{(_arrays.Names.Count > ShownNames ? "…" : "")}";

    private static string Show(string[] names) => string.Join(", ", names.Take(ShownNames).Select(Short)) + (names.Length > ShownNames ? "…" : "");

    private static string Short(string? name)
    {
        // Names in a pickle can be any text.
        string text = string.Concat((name ?? "").Take(ShownLength).Select(character => char.IsControl(character) ? '?' : character));
        return name?.Length > ShownLength ? $"{text}…" : text;
    }
}
