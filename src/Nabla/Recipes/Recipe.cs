using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// Everything that decides how a network comes to be: data, preprocessing, layers, loss, optimiser, training. As a JSON
/// document it can be kept, sent and changed in one line; <see cref="Parse"/> says what it accepts.
/// </summary>
public sealed record Recipe
{
    /// <summary>What it is called, in lower case with dashes.</summary>
    [JsonRequired]
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence. Default: empty.</summary>
    [JsonRequired]
    public string Description { get; init; } = "";

    /// <summary>Which samples. Default: all, as the data set has them.</summary>
    [JsonRequired]
    public RecipeData Data { get; init; } = new();

    /// <summary>What is done to the samples. Default: bytes are divided by 255.</summary>
    [JsonRequired]
    public Preprocessing Preprocessing { get; init; } = new();

    /// <summary>Shape of one sample. Default: 28×28.</summary>
    [JsonRequired]
    public IReadOnlyList<int> Input { get; init; } = [28, 28];

    /// <summary>The layers, first to last, at least one.</summary>
    [JsonRequired]
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    /// <summary>The loss to minimise. Default: softmax cross-entropy.</summary>
    [JsonRequired]
    public Loss Loss { get; init; } = Loss.SoftmaxCrossEntropy;

    /// <summary>The rule that changes the weights. Default: Adam.</summary>
    [JsonRequired]
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>Epochs, batches, seed and so on.</summary>
    [JsonRequired]
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Epochs from one line of progress to the next, at least 1. Default: 1.</summary>
    [JsonRequired]
    public int LogEvery
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(LogEvery), value, $"{nameof(LogEvery)} must be at least 1.");
    } = 1;

    /// <summary>Makes the network, without weights yet.</summary>
    /// <exception cref="ArgumentException">The layers do not fit together, or the preprocessing does not fit the input.</exception>
    public Network CreateNetwork()
    {
        Network network = Network.Create([.. Input], Layers);
        network.Preprocessing = Preprocessing;
        return network;
    }

    /// <summary>As <see cref="CreateNetwork"/>, but without memory for the parameters.</summary>
    /// <exception cref="ArgumentException">The layers do not fit together, or the preprocessing does not fit the input.</exception>
    internal void ThrowUnlessBuildable()
    {
        Shape input = [.. Input];
        _ = Network.Build(input, Layers);
        Preprocessing.ThrowUnlessFits(input);
    }

    /// <summary>Reads a recipe from a JSON file, see <see cref="Parse"/>.</summary>
    /// <exception cref="MalformedFileException">It is no recipe; the message says which member is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Recipe Load(string path)
    {
        using FileStream file = InputFile.Open(path);
        if (file.Length > RecipeReader.MaxLength)
        {
            throw new MalformedFileException(path, $"found {file.Length} bytes, expected a recipe of at most {RecipeReader.MaxLength}; this is another kind of file.");
        }
        // It may be longer than it says: some of the system's own files say 0, and others grow.
        byte[] contents = new byte[RecipeReader.MaxLength + 1];
        int length = file.ReadAtLeast(contents, contents.Length, throwOnEndOfStream: false);
        if (length > RecipeReader.MaxLength)
        {
            throw new MalformedFileException(path, $"found more than {RecipeReader.MaxLength} bytes, expected a recipe; this is another kind of file.");
        }
        using StreamReader reader = new(new MemoryStream(contents, 0, length));
        return Parse(reader.ReadToEnd(), path);
    }

    /// <summary>
    /// Reads a recipe from JSON. Members that are left out get their defaults, except name and layers, which must be
    /// there. Unknown members are refused, with the nearest known name. Comments, trailing commas and, for editors, a
    /// member <c>$schema</c> are allowed.
    /// </summary>
    /// <param name="json">The document.</param>
    /// <param name="source">What errors call it: a path or a name.</param>
    /// <exception cref="MalformedFileException">It is no recipe; the message says which member is wrong.</exception>
    public static Recipe Parse(string json, string source) => RecipeReader.Read(json, source);

    /// <summary>The whole recipe as indented JSON, defaults included.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RecipeJson.Default.Recipe);
}
