using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Nabla.IO;

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

    /// <summary>Trains the recipe's network on a data set, also on samples of another shape or another number of classes (<see cref="For"/>).</summary>
    /// <param name="data">The data set, from which the recipe chooses its samples.</param>
    /// <param name="cancellation">Stops training after the step under way, without an error.</param>
    /// <returns>The network, with the weights of its best epoch; <see cref="Network.Training"/> says how it went.</returns>
    /// <exception cref="ArgumentException">The data does not fit the recipe.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number.</exception>
    public Network Train(TrainAndTest data, CancellationToken cancellation = default)
    {
        RecipeTraining training = For(data.Train, data.Scale).Prepare(data);
        training.Fit(cancellation);
        return training.Network;
    }

    /// <summary>Chooses the samples and makes network and trainer, so that somebody can listen before it begins.</summary>
    /// <param name="data">The data set, from which the recipe chooses its samples.</param>
    /// <exception cref="ArgumentException">The data has fewer samples than the recipe wants, or the layers do not fit together.</exception>
    public RecipeTraining Prepare(TrainAndTest data) => new(this, data);

    /// <summary>
    /// The recipe for the samples of a data set: with their shape as input where they have another size, as many outputs as there
    /// are classes where the last layer is dense, and their values divided as suits them (<see cref="Nabla.Preprocessing.For"/>), unless the recipe has a divisor of its own.
    /// Where the targets are one number each and the recipe is for classes, it becomes a regression: one output, which a <see cref="RescalingSpec"/> turns into the targets' unit, and the
    /// quadratic loss in units of their deviation.
    /// </summary>
    /// <param name="train">Samples to learn from.</param>
    /// <param name="scale">What their values are to be divided by, above 0; null for the recipe's divisor or the rule.</param>
    public Recipe For(DataSet train, float? scale = null)
    {
        Shape shape = train.Features.SampleShape;
        Recipe fitting = Shape.Create([.. Input]).Size == shape.Size ? this : this with { Input = [.. shape] };
        Preprocessing preprocessing = Preprocessing.For(train, scale);
        fitting = ReferenceEquals(preprocessing, Preprocessing) ? fitting : fitting with { Preprocessing = preprocessing };
        if (train.Targets is TargetVectors { Width: 1, Count: > 0 } numbers && Loss is SoftmaxCrossEntropyLoss && Layers is [.., DenseSpec answer])
        {
            RescalingSpec units = RescalingSpec.ForTargets(numbers);
            return fitting with { Layers = [.. Layers.SkipLast(1), answer with { Units = 1 }, units], Loss = new QuadraticLoss { Deviation = units.Scale } };
        }
        return train.Targets is ClassLabels labels && Layers is [.., DenseSpec last] && last.Units != labels.Width
            ? fitting with { Layers = [.. Layers.SkipLast(1), last with { Units = labels.Width }] }
            : fitting;
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
    public string ToJson() => JsonSerializer.Serialize(this, (JsonTypeInfo<Recipe>)DocumentJson.Indented.GetTypeInfo(typeof(Recipe)));
}
