using System.CommandLine;

namespace Nabla.Cli.Options;

/// <summary>--data and the options that say how files and folders are to be read: the same for every command.</summary>
internal sealed class DataOptions
{
    /// <summary>MNIST where it is there or can be downloaded, otherwise the built-in digits.</summary>
    public const string Auto = "auto";

    private const string Choices =
        "'auto' is MNIST where it is there or can be downloaded, otherwise the built-in digits; 'mnist'; 'synthetic', the built-in digits; or a file or folder of your own: IDX, tables (CSV and the like), npz, pickle or folders of PNGs, recognised by content";

    // How a file or folder is read. As texts, so that a run and a model can remember them as they were given.
    private static readonly Entry[] Entries =
    [
        new("--label", "name|number", "Of a table, the column with the classes: its name, or its number from 1; the one that is obvious if not given.", (options, text) => options with { Label = text }),
        new("--target", "name|number", "Of a table, the column with numbers to answer, for a regression.", (options, text) => options with { Target = text }),
        new("--skip", "columns", "Of a table, columns to pass over: names, or numbers from 1, with commas between.", (options, text) => options with { Skip = text }),
        new("--missing", "mean|zero|drop", "Of a table, what becomes of missing cells: the mean of their column (the commonest word), 0 (no word), or their rows are left out; an error if not given.", (options, text) => options with { Missing = Missing(text) }),
    ];

    private readonly Option<string?> _data = new("--data") { HelpName = "auto|mnist|synthetic|path" };
    private readonly Option<string?>[] _reading = [.. Entries.Select(entry => new Option<string?>(entry.Name) { Description = entry.Description, HelpName = entry.Value })];

    /// <param name="description">What is read where --data is not given: one sentence.</param>
    private DataOptions(string description) => _data.Description = $"Which data: {Choices}. {description}";

    /// <summary>All of them, in the order of the help.</summary>
    public IEnumerable<Option> All => [_data, .. _reading];

    /// <summary>For commands that take data.</summary>
    public static DataOptions Create() => new("auto if not given.");

    /// <summary>For commands that take a model, which knows what it was trained on.</summary>
    public static DataOptions CreateForModel() => new("What the model was trained on if not given; of that, only what it was not trained on.");

    /// <summary>What was asked for.</summary>
    public DataRequest Read(ParseResult arguments)
    {
        SortedDictionary<string, string> reading = new(StringComparer.Ordinal);
        foreach (Option<string?> option in _reading)
        {
            if (arguments.GetValue(option) is string text)
            {
                reading.Add(option.Name, text);
            }
        }
        return new DataRequest(arguments.GetValue(_data), reading);
    }

    /// <summary>The options of the readers that such texts stand for.</summary>
    /// <exception cref="ArgumentException">One cannot be understood.</exception>
    public static DataFileOptions ToFileOptions(IReadOnlyDictionary<string, string> reading)
    {
        DataFileOptions options = new();
        foreach (Entry entry in Entries)
        {
            if (reading.TryGetValue(entry.Name, out string? text))
            {
                options = entry.Apply(options, text);
            }
        }
        return options;
    }

    private static MissingCells Missing(string text) => text switch
    {
        "mean" => MissingCells.Mean,
        "zero" => MissingCells.Zero,
        "drop" => MissingCells.Drop,
        _ => throw new ArgumentException($"--missing: found '{text}', expected mean, zero or drop."),
    };

    /// <param name="Name">With its dashes.</param>
    /// <param name="Value">What the help calls its value.</param>
    /// <param name="Description">What it does.</param>
    /// <param name="Apply">Puts a text into the options of the readers; an <see cref="ArgumentException"/> says what was expected.</param>
    private sealed record Entry(string Name, string Value, string Description, Func<DataFileOptions, string, DataFileOptions> Apply);
}

/// <summary>Which data, and how its files are to be read.</summary>
/// <param name="Data">auto, mnist, synthetic, or a file or folder; null where nothing was said.</param>
/// <param name="Reading">Options of <see cref="DataOptions"/> by name, as they were given.</param>
internal sealed record DataRequest(string? Data, IReadOnlyDictionary<string, string> Reading);
