using System.Text.Json.Nodes;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// Many trainings of a recipe in which something varies. All of them are known from the study's document alone, so any number of processes, on any number of
/// machines, share them without talking to each other: see <see cref="StudyFolder"/> and <see cref="StudyWorker"/>.
/// </summary>
public sealed class Study
{
    /// <summary>Most runs of a study.</summary>
    public const int MaxRuns = 10_000;

    private readonly JsonObject _document;

    internal Study(JsonObject document) => _document = document;

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>The recipe in which something varies.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Which data, as <c>nabla train --data</c> takes it; null where the study does not say.</summary>
    public required string? Data { get; init; }

    /// <summary>How its files are read: options of <c>nabla train</c> by name.</summary>
    public required IReadOnlyDictionary<string, string> DataReading { get; init; }

    /// <summary>By what runs are compared.</summary>
    public required StudyMeasure Measure { get; init; }

    /// <summary>When hopeless runs end early; null for never.</summary>
    public required StudyRule? Rule { get; init; }

    /// <summary>How long a process may show no sign of life before others take its run over.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Paths of what varies, in the document's order.</summary>
    public required IReadOnlyList<string> Varied { get; init; }

    /// <summary>All runs, in the order of their numbers.</summary>
    public required IReadOnlyList<StudyRun> Runs { get; init; }

    /// <summary>Reads a study from a JSON file. Recipe and data files that it names are looked for beside it.</summary>
    /// <exception cref="MalformedFileException">It is no study, or a value does not fit the recipe; the message says which member is wrong.</exception>
    /// <exception cref="IOException">The file, or a file that it names, cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Study Load(string path)
    {
        using FileStream file = InputFile.Open(path);
        if (file.Length > StudyReader.MaxLength)
        {
            throw new MalformedFileException(path, $"found {file.Length} bytes, expected a study of at most {StudyReader.MaxLength}; this is another kind of file.");
        }
        using StreamReader reader = new(file);
        return StudyReader.Read(reader.ReadToEnd(), path, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads a study from JSON. Unknown members are refused, with the nearest known name; every run's recipe is checked.</summary>
    /// <param name="json">The document.</param>
    /// <param name="source">What errors call it: a path or a name.</param>
    /// <param name="folder">Where files that it names are looked for; null for the working folder.</param>
    /// <exception cref="MalformedFileException">It is no study, or a value does not fit the recipe; the message says which member is wrong.</exception>
    public static Study Parse(string json, string source, string? folder = null) => StudyReader.Read(json, source, folder ?? Environment.CurrentDirectory);

    /// <summary>The whole study as indented JSON: with the recipe itself, not its name, and with defaults.</summary>
    public string ToJson() => _document.ToJsonString(DocumentJson.Indented);

    /// <summary>The best of the runs that were trained to their end; null where there is none.</summary>
    public RunStatus? Best(IEnumerable<RunStatus> runs) => Ranked(runs).FirstOrDefault();

    /// <summary>The runs that were trained to their end, by what the study measures, the best first; between equals in their order.</summary>
    public IEnumerable<RunStatus> Ranked(IEnumerable<RunStatus> runs) =>
        runs.Where(run => run.State == RunState.Done && double.IsFinite(run.Measure)).OrderBy(run => Measure == StudyMeasure.ValidationAccuracy ? -run.Measure : run.Measure).ThenBy(run => run.Run.Index);

    /// <summary>Whether another study has the same runs, data and rules.</summary>
    internal bool IsSameAs(Study other) => JsonNode.DeepEquals(JsonNode.Parse(ToJson()), JsonNode.Parse(other.ToJson()));

    /// <summary>The figure by which a run is compared; not a number where it has none.</summary>
    internal double FigureOf(EpochResult? epoch) => (Measure == StudyMeasure.ValidationAccuracy ? epoch?.ValidationAccuracy : epoch?.ValidationLoss) ?? double.NaN;

    /// <summary>The same so that the greater is the better; without a figure it is the worst.</summary>
    internal double ScoreOf(EpochResult? epoch)
    {
        double figure = FigureOf(epoch);
        return double.IsNaN(figure) ? double.NegativeInfinity : Measure == StudyMeasure.ValidationAccuracy ? figure : -figure;
    }

    /// <summary>Epochs after which a run pauses.</summary>
    internal IReadOnlyList<int> Rungs => Rule?.RungsBefore(Recipe.Training.Epochs) ?? [];
}
