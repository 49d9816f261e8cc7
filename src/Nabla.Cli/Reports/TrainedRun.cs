using System.Text.Json;
using Nabla.Cli.Commands;
using Nabla.Cli.Options;
using Nabla.IO;

namespace Nabla.Cli.Reports;

/// <summary>A run, or a model alone: the network, and what is kept of how it came to be.</summary>
/// <param name="Name">What it is called: <c>runs/1</c>, or the file's or model's name.</param>
/// <param name="Folder">The folder of the run; null for a model alone.</param>
/// <param name="Network">The network, as it was saved.</param>
internal sealed record TrainedRun(string Name, string? Folder, Network Network)
{
    // Ours has less than two kilobytes.
    private const int MaxSummaryLength = 1 << 20;

    /// <summary>What the training was asked to do; null where that is not kept.</summary>
    public RunDescription? Description { get; private init; }

    /// <summary>What came of it; null where that is not kept, or it never came to its end.</summary>
    public TrainSummary? Summary { get; private init; }

    /// <summary>The epochs' figures; empty where they are not kept.</summary>
    public IReadOnlyList<EpochResult> History { get; private init; } = [];

    /// <summary>Name of the recipe; null where it is not known.</summary>
    public string? RecipeName => Description?.Recipe.Name ?? Summary?.Recipe;

    /// <summary>The epoch whose weights the network has; null where it is not known.</summary>
    public int? BestEpoch => Network.Training is { BestEpoch: >= 1 and int epoch } ? epoch : null;

    /// <summary>Whether it answers numbers, not classes.</summary>
    public bool IsRegression => TablePrediction.IsRegression(Network);

    /// <summary>Reads a run or a model.</summary>
    /// <param name="argument">The folder of a run, a model file (that of a run is the run), or the name of a model that ships.</param>
    /// <exception cref="IOException">There is no such model, or a file cannot be read.</exception>
    /// <exception cref="MalformedFileException">A file is damaged.</exception>
    public static TrainedRun Load(string argument)
    {
        Network network = ModelArgument.Load(argument);
        string? folder = Directory.Exists(argument) ? argument
            : Path.GetFileName(argument) == RunFolder.ModelName && File.Exists(InFolderOf(argument, RunFolder.RunName)) ? Path.GetDirectoryName(argument) ?? ""
            : null;
        if (folder is null)
        {
            return new TrainedRun(File.Exists(argument) ? Path.GetFileName(argument) : argument, null, network);
        }
        string run = Path.Combine(folder, RunFolder.RunName), summary = Path.Combine(folder, RunFolder.SummaryName), history = Path.Combine(folder, HistoryFile.Name);
        return new TrainedRun(RunFolder.TitleOf(folder), folder, network)
        {
            Description = File.Exists(run) ? RunDescription.Load(run) : null,
            Summary = File.Exists(summary) ? LoadSummary(summary) : null,
            History = File.Exists(history) ? HistoryFile.Read(history) : [],
        };
    }

    private static string InFolderOf(string file, string name) => Path.Combine(Path.GetDirectoryName(file) ?? "", name);

    private static TrainSummary LoadSummary(string path)
    {
        try
        {
            using FileStream file = InputFile.Open(path);
            return file.Length <= MaxSummaryLength && JsonSerializer.Deserialize(file, SummaryJson.Default.TrainSummary) is { } summary ? summary : throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw new MalformedFileException(path, "is no summary of a training, expected what 'nabla train' wrote; delete it to go without, or train again.", -1, exception);
        }
    }
}
