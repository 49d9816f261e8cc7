using System.Text.Json.Serialization;

namespace Nabla.Cli.Studies;

/// <summary>What <c>nabla study</c> knows, for --json.</summary>
internal sealed record StudySummary
{
    /// <summary>What it is called.</summary>
    public required string Study { get; init; }

    /// <summary>By what runs are compared.</summary>
    public required string Measure { get; init; }

    /// <summary>Whether all runs have ended.</summary>
    public required bool Done { get; init; }

    public required IReadOnlyList<Run> Runs { get; init; }

    /// <summary>The best first.</summary>
    public required IReadOnlyList<Combination> Combinations { get; init; }

    /// <summary>What changed most first.</summary>
    public required IReadOnlyList<Option> Options { get; init; }

    /// <summary>How options are measured.</summary>
    public required string Method { get; init; }

    /// <summary>The file with the best combination's recipe; not there before all runs have ended.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BestRecipe { get; init; }

    /// <summary>The page; likewise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Page { get; init; }

    /// <param name="Name">Name of its folder.</param>
    /// <param name="Combination">The number of its combination, from 0.</param>
    /// <param name="Values">What varies, by path, as JSON.</param>
    /// <param name="Seed">Its seed.</param>
    /// <param name="State">Where it stands.</param>
    /// <param name="Owner">Host and process that had it last.</param>
    /// <param name="Claims">How often it was claimed.</param>
    /// <param name="Epoch">Epochs finished.</param>
    /// <param name="Figure">What is measured, as far as is known.</param>
    /// <param name="Seconds">Seconds trained.</param>
    /// <param name="SecondsLeft">Seconds to its end or next rung.</param>
    /// <param name="Message">Why it failed.</param>
    internal sealed record Run(
        string Name, int Combination, IReadOnlyDictionary<string, string> Values, uint Seed, string State, string? Owner, int Claims, int Epoch, double? Figure, double Seconds, double? SecondsLeft, string? Message);

    /// <param name="Number">Its number, from 0.</param>
    /// <param name="Values">Its values in words.</param>
    /// <param name="Seeds">How many runs it has.</param>
    /// <param name="Done">How many of them came to their end.</param>
    /// <param name="Mean">Their mean figure.</param>
    /// <param name="Deviation">Its standard deviation.</param>
    internal sealed record Combination(int Number, string Values, int Seeds, int Done, double? Mean, double? Deviation);

    /// <param name="Path">The option.</param>
    /// <param name="Spread">The greatest mean of a value less the smallest; null where there are ranks instead.</param>
    /// <param name="Means">The mean of each value.</param>
    /// <param name="RankCorrelation">Spearman's ρ.</param>
    internal sealed record Option(string Path, double? Spread, IReadOnlyList<ValueMean> Means, double? RankCorrelation);

    public static StudySummary Create(StudyAnalysis analysis, string? bestRecipe, string? page) => new()
    {
        Study = analysis.Study.Name,
        Measure = StudyWords.NameOf(analysis.Study.Measure),
        Done = analysis.IsDone,
        Runs =
        [
            .. analysis.Runs.Select(run => new Run(
                run.Run.Name, run.Run.Combination, run.Run.Values.ToDictionary(value => value.Key, value => value.Value?.ToJsonString() ?? "null"), run.Run.Seed, StudyWords.Of(run.State), run.Owner, run.Claims, run.Epoch,
                Finite(run.Measure), run.Seconds, run.SecondsLeft, run.Message)),
        ],
        Combinations = [.. analysis.Combinations.Select(combination => new Combination(combination.Number, combination.Values, combination.Runs.Count, combination.Done, Finite(combination.Mean), Finite(combination.Deviation)))],
        Options = [.. analysis.Options.Select(option => new Option(option.Path, option.RankCorrelation is null ? option.Spread : null, option.Means, option.RankCorrelation))],
        Method = analysis.Method,
        BestRecipe = bestRecipe,
        Page = page,
    };

    private static double? Finite(double figure) => double.IsFinite(figure) ? figure : null;
}
