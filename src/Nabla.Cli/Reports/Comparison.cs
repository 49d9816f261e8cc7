using System.Text.Json.Nodes;
using Nabla.Cli.Options;

namespace Nabla.Cli.Reports;

/// <summary>Several runs, measured on the same samples.</summary>
/// <param name="Runs">The runs, two or more.</param>
/// <param name="Measurements">How good each is.</param>
internal sealed record Comparison(IReadOnlyList<TrainedRun> Runs, IReadOnlyList<Measurement> Measurements)
{
    /// <summary>Most runs that are told apart in tables and curves.</summary>
    public const int MostRuns = 8;

    // What a model file says of how well a training went, not of what it was asked to do.
    private static readonly string[] Results = ["bestEpoch", "cancelled", "stoppedInEpoch", "divergedInEpoch", "validationAccuracy", "testAccuracy"];

    /// <summary>A letter for each run, from A.</summary>
    public static string Letter(int run) => ((char)('A' + run)).ToString();

    /// <summary>Whether the runs answer numbers, not classes.</summary>
    public bool IsRegression => Measurements[0].Samples.Count == 0;

    /// <summary>Number of samples that all were measured on.</summary>
    public int SampleCount => Measurements[0].Evaluation.Samples;

    /// <summary>Every two of them, in order.</summary>
    public IReadOnlyList<ComparedPair> Pairs { get; } =
    [
        .. from first in Enumerable.Range(0, Runs.Count)
           from second in Enumerable.Range(first + 1, Runs.Count - first - 1)
           select ComparedPair.Of(first, second, Measurements),
    ];

    /// <summary>Whether all of them know their recipe; else their model files are compared.</summary>
    public bool HasRecipes { get; } = HaveRecipes(Runs);

    /// <summary>What is compared: <c>recipes</c>.</summary>
    public string Compared => HasRecipes ? "recipes" : "descriptions in the model files";

    /// <summary>Where their recipes differ, or what their model files say of themselves.</summary>
    public IReadOnlyList<RecipeDifference> Differences { get; } = RecipeDifference.Between([.. Runs.Select(run => HaveRecipes(Runs) ? AskedOf(run.Description!) : SaidBy(run.Network))]);

    /// <summary>The run that recognises most, or whose answers are nearest.</summary>
    public int Best => Enumerable.Range(0, Runs.Count).MaxBy(run => Measurements[run].Evaluation is var figures && figures.Accuracy is double accuracy ? accuracy : -(figures.Regression?.RootMeanSquaredError ?? figures.Loss));

    /// <summary>Measures runs on the same samples.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="request">On what; where that is nothing, what all of them were trained on.</param>
    /// <param name="notes">Where it is said what happens.</param>
    /// <exception cref="ArgumentException">They know other classes, or there are no samples that all of them can be measured on.</exception>
    public static Comparison Measure(IReadOnlyList<TrainedRun> runs, DataRequest request, TextWriter notes)
    {
        ThrowUnlessAlike(runs);
        request = request with { Data = request.Data ?? CommonData(runs) };
        List<Measurement> measurements = [];
        HashSet<string> said = [];
        foreach (TrainedRun run in runs)
        {
            using StringWriter own = new();
            measurements.Add(Measure(run, request, own));
            // Once is enough of what is the same for all.
            foreach (string note in own.ToString().Split(own.NewLine, StringSplitOptions.RemoveEmptyEntries).Where(said.Add))
            {
                notes.WriteLine(note);
            }
        }
        for (int i = 1; i < runs.Count; i++)
        {
            if (!HaveSameTargets(measurements[0], measurements[i]))
            {
                throw new ArgumentException(
                    $"{runs[0].Name} and {runs[i].Name} cannot be measured on the same samples: of {request.Data}, the first gets {Part(measurements[0])} and the other {Part(measurements[i])}; name data with a test part of its own with --data.");
            }
        }
        return new Comparison(runs, measurements);

        static string Part(Measurement measured) => FormattableString.Invariant($"{measured.Data.Part} ({measured.Evaluation.Samples:N0})");
    }

    private static Measurement Measure(TrainedRun run, DataRequest request, TextWriter notes)
    {
        try
        {
            return Measurement.Of(run.Network, DataSource.LoadTest(request, run.Network, notes));
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{run.Name}: {CommandLine.MessageOf(exception)}", exception);
        }
    }

    private static void ThrowUnlessAlike(IReadOnlyList<TrainedRun> runs)
    {
        foreach (TrainedRun run in runs.Skip(1))
        {
            if (run.IsRegression != runs[0].IsRegression)
            {
                throw new ArgumentException($"{runs[0].Name} {Answers(runs[0])} and {run.Name} {Answers(run)}, expected runs that answer the same.");
            }
            if (!run.IsRegression && !Classes(run.Network).ToHashSet().SetEquals(Classes(runs[0].Network)))
            {
                throw new ArgumentException($"{runs[0].Name} knows the classes {Show(runs[0].Network)}, {run.Name} {Show(run.Network)}; expected runs of the same classes.");
            }
        }

        static string Answers(TrainedRun run) => run.IsRegression ? "answers numbers" : "tells classes apart";
    }

    private static bool HaveRecipes(IReadOnlyList<TrainedRun> runs) => runs.All(run => run.Description is not null);

    private static string[] Classes(Network network) => [.. Enumerable.Range(0, network.OutputShape.Size).Select(network.NameOf)];

    private static string Show(Network network)
    {
        const int Shown = 6;
        string[] classes = Classes(network);
        return string.Join(", ", classes.Take(Shown)) + (classes.Length > Shown ? FormattableString.Invariant($" … ({classes.Length})") : "");
    }

    /// <summary>What all of them were trained on.</summary>
    private static string CommonData(IReadOnlyList<TrainedRun> runs)
    {
        (string Run, string Data)[] known = [.. runs.Where(run => run.Network.Training?.DataPath is not null).Select(run => (run.Name, run.Network.Training!.DataPath!))];
        return known.FirstOrDefault(other => other.Data != known[0].Data) is { Run: not null } other
            ? throw new ArgumentException($"{known[0].Run} was trained on {known[0].Data}, {other.Run} on {other.Data}; name the data to measure all of them on with --data.")
            : known.Length > 0 ? known[0].Data
            : throw new ArgumentException("none of these models says what it was trained on; name the data to measure them on with --data.");
    }

    private static bool HaveSameTargets(Measurement first, Measurement second) => first.Truth is { } truth
        ? second.Truth is { } other && truth.Values.SequenceEqual(other.Values)
        : first.Samples.Select(sample => first.Network.NameOf(sample.Actual)).SequenceEqual(second.Samples.Select(sample => second.Network.NameOf(sample.Actual)));

    /// <summary>What a training was asked to do: the recipe's members, and what stands beside it.</summary>
    private static JsonObject AskedOf(RunDescription description)
    {
        JsonObject run = JsonNode.Parse(description.ToJson())!.AsObject(), asked = run["recipe"]!.DeepClone().AsObject();
        asked.Remove("description");
        // The recipe says which of the data; this says which data.
        asked["--data"] = run["data"]?.DeepClone();
        foreach ((string option, JsonNode? value) in run["dataReading"]!.AsObject())
        {
            asked[option] = value?.DeepClone();
        }
        asked["--patience"] = run["patience"]?.DeepClone();
        asked["--reduce-on-plateau"] = run["plateauPatience"]?.DeepClone();
        return asked;
    }

    private static JsonObject SaidBy(Network network)
    {
        JsonObject said = JsonNode.Parse(network.ToJson())!.AsObject();
        said.Remove("temperature");
        foreach (string result in Results)
        {
            (said["training"] as JsonObject)?.Remove(result);
        }
        return said;
    }
}
