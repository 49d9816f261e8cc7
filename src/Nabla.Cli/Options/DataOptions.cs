using System.CommandLine;
using System.Globalization;

namespace Nabla.Cli.Options;

/// <summary>--data and the options that say how files and folders are to be read: the same for every command.</summary>
internal sealed class DataOptions
{
    /// <summary>MNIST where it is there or can be downloaded, otherwise the built-in digits.</summary>
    public const string Auto = "auto";

    private const string Choices =
        "'auto' is MNIST where it is there or can be downloaded, otherwise the built-in digits; 'mnist'; 'synthetic', the built-in digits; or a file or folder of your own: IDX, tables (CSV and the like), npz, pickle or folders of pictures, recognised by content";

    private const string Switch = "yes|no";

    // How a file or folder is read. As texts, so that a run and a model can remember them as they were given.
    private static readonly Entry[] Entries =
    [
        new("--scale", "N", "Divide the values of samples by this, such as 255; by what suits them if not given: by their greatest up to 16, else by the full scale of bytes or of other levels.",
            (options, text) => options with { Scale = Number("--scale", text) }),
        new("--invert", Switch, "Exchange light and dark of grey images; where they are dark on light in nearly every class if not given.",
            (options, text) => options with { Invert = IsYes("--invert", text) }),
        new("--transpose", Switch, "Exchange rows and columns of images in IDX files, arrays and pickles, as EMNIST needs it.",
            (options, text) => options with { Transpose = IsYes("--transpose", text) }),
        new("--features", "name", "Which array of an npz file, a folder of arrays or a pickle holds the samples; found by usual names and by shape if not given.",
            (options, text) => options with { FeaturesArray = text }),
        new("--labels", "name", "Which array holds the labels; found by usual names and by shape if not given.",
            (options, text) => options with { LabelsArray = text }),
        new("--size", "40x40", "Height and width that the pictures of a folder are brought to; the commonest if not given.",
            (options, text) => options with { Size = Size(text) }),
        new("--fit", "pad|crop|stretch", "How pictures of other proportions come to that size: with a border in the shade of theirs (pad, if not given), cut on two sides, or stretched.",
            (options, text) => options with { Fit = text switch { "pad" => PictureFit.Pad, "crop" => PictureFit.Crop, "stretch" => PictureFit.Stretch, _ => throw Unexpected("--fit", text, "pad, crop or stretch") } }),
        new("--channels", "1|3", "Pictures of a folder as grey (1) or in colours (3); grey if not given, where all of them are.",
            (options, text) => options with { Channels = text switch { "1" => 1, "3" => 3, _ => throw Unexpected("--channels", text, "1 or 3") } }),
        new("--skip-broken", Switch, "Pass over broken pictures of a folder, and count them, instead of stopping at the first.",
            (options, text) => options with { SkipBroken = IsYes("--skip-broken", text) }),
        new("--label", "name|number", "Of a table, the column with the classes: its name, or its number from 1; the one that is obvious if not given.", (options, text) => options with { Label = text }),
        new("--target", "name|number", "Of a table, the column with numbers to answer, for a regression.", (options, text) => options with { Target = text }),
        new("--skip", "columns", "Of a table, columns to pass over: names, or numbers from 1, with commas between.", (options, text) => options with { Skip = text }),
        new("--missing", "mean|zero|drop", "Of a table, what becomes of missing cells: the mean of their column (the commonest word), 0 (no word), or their rows are left out; an error if not given.", (options, text) => options with { Missing = Missing(text) }),
    ];

    private readonly Option<string?> _data = new("--data") { HelpName = "auto|mnist|synthetic|path" };
    private readonly Option<string?>[] _reading = [.. Entries.Select(entry => new Option<string?>(entry.Name)
    {
        Description = entry.Description,
        HelpName = entry.Value,
        // A switch may stand alone: that is yes.
        Arity = entry.Value == Switch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
    })];

    /// <param name="description">What is read where --data is not given: one sentence.</param>
    private DataOptions(string description) => _data.Description = $"Which data: {Choices}. {description}";

    /// <summary>For commands that take data.</summary>
    public static DataOptions Create() => new("auto if not given.");

    /// <summary>For commands that take a model, which knows what it was trained on.</summary>
    public static DataOptions CreateForModel() => new("What the model was trained on if not given; of that, only what it was not trained on.");

    /// <summary>Gives a command all of them.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        AddReadingTo(command);
    }

    /// <summary>Gives a command those of how files are read, where it takes a file otherwise.</summary>
    public void AddReadingTo(Command command)
    {
        foreach (Option option in _reading)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    public DataRequest Read(ParseResult arguments) => ReadOfFiles(arguments, arguments.GetValue(_data));

    /// <summary>What was asked for, where the data was named otherwise.</summary>
    public DataRequest ReadOfFiles(ParseResult arguments, string? data)
    {
        SortedDictionary<string, string> reading = new(StringComparer.Ordinal);
        foreach (Option<string?> option in _reading)
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                reading.Add(option.Name, arguments.GetValue(option) ?? "yes");
            }
        }
        return new DataRequest(data, reading);
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

    private static bool IsYes(string option, string text) => text switch { "yes" => true, "no" => false, _ => throw Unexpected(option, text, "yes or no") };

    private static float Number(string option, string text) =>
        float.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out float number) && number > 0 && float.IsFinite(number)
            ? number
            : throw Unexpected(option, text, "a number above 0, such as 255");

    private static (int Height, int Width) Size(string text)
    {
        string[] sides = text.Split('x', '×');
        return sides.Length == 2 && sides.All(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels) && pixels is >= 1 and <= DataFileOptions.MaxSide)
            ? (int.Parse(sides[0], CultureInfo.InvariantCulture), int.Parse(sides[1], CultureInfo.InvariantCulture))
            : throw Unexpected("--size", text, $"height and width in pixels, each 1 to {DataFileOptions.MaxSide}, such as 28x28");
    }

    private static ArgumentException Unexpected(string option, string text, string expected) => new($"{option}: found '{text}', expected {expected}.");

    private static MissingCells Missing(string text) => text switch
    {
        "mean" => MissingCells.Mean,
        "zero" => MissingCells.Zero,
        "drop" => MissingCells.Drop,
        _ => throw Unexpected("--missing", text, "mean, zero or drop"),
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
internal sealed record DataRequest(string? Data, IReadOnlyDictionary<string, string> Reading)
{
    /// <summary>See <see cref="DataFileOptions.MapFiles"/>.</summary>
    public bool MapFiles { get; init; }

    /// <summary>The options of the readers for it.</summary>
    /// <exception cref="ArgumentException">One cannot be understood.</exception>
    public DataFileOptions ToFileOptions() => DataOptions.ToFileOptions(Reading) with { MapFiles = MapFiles };
}
