namespace Nabla;

/// <summary>One of the four files of MNIST, known by the SHA-256 of its decompressed bytes.</summary>
/// <param name="Name">The official name, without .gz.</param>
/// <param name="Length">Number of decompressed bytes.</param>
/// <param name="Sha256">Of the decompressed bytes, lower-case hexadecimal.</param>
internal sealed record MnistFile(string Name, long Length, string Sha256)
{
    /// <summary>Training images and labels, test images and labels, in this order.</summary>
    public static IReadOnlyList<MnistFile> Official { get; } =
    [
        new("train-images-idx3-ubyte", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new("train-labels-idx1-ubyte", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new("t10k-images-idx3-ubyte", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new("t10k-labels-idx1-ubyte", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    /// <summary>Name of the compressed file, as mirrors serve it and the cache keeps it.</summary>
    public string CompressedName => Name + ".gz";

    /// <summary>The names under which the file is found; some archives write a dot before idx.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            string dotted = Name.Replace("-idx", ".idx", StringComparison.Ordinal);
            return [Name, dotted, CompressedName, dotted + ".gz"];
        }
    }

    /// <summary>Where the file is in <paramref name="folder"/>, or null.</summary>
    public string? Find(string folder) => Names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Looks at the file in <paramref name="folder"/>; what cannot be read is an answer too, not an exception.</summary>
    public MnistFileStatus Inspect(string folder) =>
        Find(folder) is string path ? InspectFile(path) : new MnistFileStatus(Name, MnistFileState.Missing, null, 0, null);

    /// <summary>Looks at the file at <paramref name="path"/>.</summary>
    public MnistFileStatus InspectFile(string path)
    {
        long length = 0;
        try
        {
            length = new FileInfo(path).Length;
            using DataFileReader reader = DataFileReader.Open(path, hash: true);
            if (!reader.SkipToEnd(Length))
            {
                return Found(MnistFileState.Different, $"{path}: is longer than MNIST's {Length} bytes.");
            }
            string hash = reader.Sha256();
            return hash == Sha256
                ? Found(MnistFileState.Verified, null)
                : Found(MnistFileState.Different, $"{path}: {DescribeMismatch(hash)}.");
        }
        catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException)
        {
            return Found(MnistFileState.Unreadable, exception.Message);
        }

        MnistFileStatus Found(MnistFileState state, string? problem) => new(Name, state, path, length, problem);
    }

    /// <summary>Both hashes, shortened to what the eye can compare.</summary>
    public string DescribeMismatch(string found) => $"SHA-256 {found[..12]}…, expected {Sha256[..12]}… of the official MNIST";
}
