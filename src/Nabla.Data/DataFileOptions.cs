namespace Nabla;

/// <summary>What is known beforehand about data files. What is not given is taken from their contents, and said in <see cref="DataParts.Notes"/> where that was a guess.</summary>
public sealed record DataFileOptions
{
    /// <summary>Greatest height and width of <see cref="Size"/>, in pixels: 1,024.</summary>
    public const int MaxSide = 1024;

    /// <summary>Number of classes, 1 to 1000; null for as many as the data needs, at least 10 where labels are numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public int? ClassCount
    {
        get;
        init
        {
            Nabla.ClassCount.Check(value);
            field = value;
        }
    }

    /// <summary>What the values of samples are to be divided by, above 0; null for the rule of <see cref="ValueScale"/>. Readers leave values as they are: <see cref="DataParts.Scale"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public float? Scale
    {
        get;
        init => field = value is null || (value > 0 && float.IsFinite(value.Value))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Scale), value, "Values must be divided by a number above 0.");
    }

    /// <summary>
    /// Whether light and dark of grey images are exchanged; null to exchange them where images are dark on light in nearly every class, as ink on paper is, so that all data is light on dark as
    /// MNIST is.
    /// </summary>
    public bool? Invert { get; init; }

    /// <summary>Whether rows and columns of images in IDX files, arrays and pickles are exchanged, as those of EMNIST's files must be.</summary>
    public bool Transpose { get; init; }

    /// <summary>Name of the array that holds the training images or other samples in an npz file, a folder of arrays or a dictionary in a pickle; null to find it by names in use and by shape.</summary>
    public string? FeaturesArray { get; init; }

    /// <summary>Name of the array that holds their labels; null to find it by names in use and by shape.</summary>
    public string? LabelsArray { get; init; }

    /// <summary>Channels of pictures in folders: 1 for grey, 3 for colours; null for grey where all pictures are grey.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither.</exception>
    public int? Channels
    {
        get;
        init => field = value is null or 1 or 3 ? value : throw new ArgumentOutOfRangeException(nameof(Channels), value, "Pictures have 1 channel (grey) or 3 (colours).");
    }

    /// <summary>Height and width that pictures in folders are brought to, 1 to <see cref="MaxSide"/> pixels each; null for the commonest size of the training part.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    public (int Height, int Width)? Size
    {
        get;
        init => field = value is null or { Height: >= 1 and <= MaxSide, Width: >= 1 and <= MaxSide }
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Size), value, $"Height and width must be 1 to {MaxSide} pixels each.");
    }

    /// <summary>How pictures of other proportions are brought to that size. Default: <see cref="PictureFit.Pad"/>.</summary>
    public PictureFit? Fit { get; init; }

    /// <summary>Whether broken pictures in folders are passed over and counted, instead of an error that names the first.</summary>
    public bool SkipBroken { get; init; }

    /// <summary>The column of a table that has the classes: its name, or its number from 1; null to take the one that is obvious.</summary>
    public string? Label { get; init; }

    /// <summary>The column of a table that has numbers to answer, for a regression: its name, or its number from 1. Null: there is none.</summary>
    public string? Target { get; init; }

    /// <summary>Columns of a table that are passed over: names, or numbers from 1, with commas between. Null: none but those that number the rows.</summary>
    public string? Skip { get; init; }

    /// <summary>What becomes of missing cells of a table; null: they are an error, unless <see cref="Schema"/> says what they count as.</summary>
    public MissingCells? Missing { get; init; }

    /// <summary>
    /// Whether samples that are bytes in a file become memory by mapping the file, instead of being read into the process: plain IDX and <c>.npy</c> files, and arrays of npz files that are stored
    /// uncompressed (<c>np.savez</c>), last index fastest. All processes of a computer that do so share one copy, and the system may drop it and read it again. What is compressed must be unpacked from its
    /// beginning, and is read as always; so are labels, all other types, and images that must be turned, inverted or joined. Default: no.
    /// </summary>
    /// <remarks>
    /// Files must not change while they are mapped, which is until the process ends: other contents would be other samples, unchecked, and a file that is cut short ends the process without an exception. A file
    /// that is replaced as a whole, by renaming another onto it, does no harm.
    /// </remarks>
    public bool MapFiles { get; init; }

    /// <summary>The columns that a network learnt from (<see cref="Network.Schema"/>), to read a table as it needs it; null to find out what the columns are.</summary>
    public TableSchema? Schema { get; init; }

    /// <summary>The options that are only for tables, those that were given, as the command line calls them.</summary>
    internal IEnumerable<string> OfTables() => Given(("--label", Label), ("--target", Target), ("--skip", Skip), ("--missing", Missing));

    /// <summary>The options that are only for folders of pictures.</summary>
    internal IEnumerable<string> OfPictures() => Given(("--channels", Channels), ("--size", Size), ("--fit", Fit), ("--skip-broken", SkipBroken ? true : null));

    /// <summary>The options that name arrays.</summary>
    internal IEnumerable<string> OfArrays() => Given(("--features", FeaturesArray), ("--labels", LabelsArray));

    /// <summary>The options about images of numbers.</summary>
    internal IEnumerable<string> OfImages() => Given(("--transpose", Transpose ? true : null));

    /// <summary>Refuses options that say nothing about data of a kind, instead of passing them over.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="kind">What it is: <c>a CSV file</c>.</param>
    /// <param name="given">Those that were given although they are of no use.</param>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal static void ThrowIfUseless(string path, string kind, params IEnumerable<IEnumerable<string>> given)
    {
        if (given.SelectMany(options => options).FirstOrDefault() is string option)
        {
            throw new ArgumentException($"{option}: found it for {path}, which is {kind}; it says nothing about such data, leave it out.");
        }
    }

    private static IEnumerable<string> Given(params (string Name, object? Value)[] options) => options.Where(option => option.Value is not null).Select(option => option.Name);
}
