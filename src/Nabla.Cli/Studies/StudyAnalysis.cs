using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Cli.Studies;

/// <summary>What the runs of a study say: which combination is best, and which option mattered.</summary>
internal sealed class StudyAnalysis
{
    // A drawn option has nearly as many values as there are runs; a mean over each would say nothing.
    private const int MostMeans = 8;

    private StudyAnalysis(Study study, IReadOnlyList<RunStatus> runs)
    {
        Study = study;
        Runs = runs;
        Combinations =
        [
            .. runs.GroupBy(run => run.Run.Combination).Select(group => RankedCombination.Of(study, [.. group]))
                .OrderByDescending(combination => combination.Done > 0)
                .ThenByDescending(combination => combination.Done > 0 ? 0 : combination.Epoch)
                .ThenByDescending(combination => Score(combination.Mean))
                .ThenBy(combination => combination.Number),
        ];
        // Under a rule only the best come to their end; at the first rung all are there.
        ComparedAfter = study.Rule?.RungsBefore(study.Recipe.Training.Epochs) is [int first, ..] ? first : null;
        Options = [.. study.Varied.Select(Influence).OfType<OptionInfluence>().OrderByDescending(option => option.Spread)];
    }

    public Study Study { get; }

    /// <summary>All runs, in their order.</summary>
    public IReadOnlyList<RunStatus> Runs { get; }

    /// <summary>Combinations of values, the best first; those of which no run came to its end last.</summary>
    public IReadOnlyList<RankedCombination> Combinations { get; }

    /// <summary>Options that varied, and what they changed; the most first.</summary>
    public IReadOnlyList<OptionInfluence> Options { get; }

    /// <summary>After how many epochs <see cref="Options"/> compares runs; null for at their end.</summary>
    public int? ComparedAfter { get; }

    /// <summary>The best combination; null where no run has come to its end.</summary>
    public RankedCombination? Best => Combinations is [{ Done: > 0 } best, ..] ? best : null;

    /// <summary>Whether all runs have ended.</summary>
    public bool IsDone => Runs.All(run => run.IsEnded);

    /// <summary>How <see cref="Options"/> are measured, in words.</summary>
    public string Method
    {
        get
        {
            string when = ComparedAfter is int epochs ? FormattableString.Invariant($"after {epochs} {(epochs == 1 ? "epoch" : "epochs")}, which all runs have") : "at the end of each run";
            return $"Figures {when}. By means: the runs are grouped by the value of the option, whatever the other options are, and the spread is the greatest mean of a group less the smallest. "
                + "By ranks, for numbers of which there are many: Spearman's rank correlation ρ between value and figure, the correlation of their ranks (equal ones share the mean of their ranks); from −1 to 1, 0 for no order. "
                + "Both look at one option at a time: what only shows in combination, they do not see.";
        }
    }

    public static StudyAnalysis Of(Study study, IReadOnlyList<RunStatus> runs) => new(study, runs);

    /// <summary>Spearman's rank correlation; not a number where one of both is always the same.</summary>
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        (double[] a, double[] b) = (Ranks(x), Ranks(y));
        double meanA = a.Average(), meanB = b.Average();
        double covariance = a.Zip(b, (first, second) => (first - meanA) * (second - meanB)).Sum();
        return covariance / Math.Sqrt(a.Sum(rank => (rank - meanA) * (rank - meanA)) * b.Sum(rank => (rank - meanB) * (rank - meanB)));
    }

    private static double[] Ranks(IReadOnlyList<double> values) =>
        [.. values.Select(value => values.Count(other => other < value) + (values.Count(other => other == value) + 1) / 2.0)];

    private double Score(double figure) => double.IsNaN(figure) ? double.NegativeInfinity : Study.Measure == StudyMeasure.ValidationAccuracy ? figure : -figure;

    /// <summary>The figure by which options compare runs.</summary>
    private double FigureOf(RunStatus run)
    {
        if (ComparedAfter is not int epochs)
        {
            return run.State == RunState.Done ? run.Measure : double.NaN;
        }
        if (run.Epochs.Count < epochs)
        {
            return double.NaN;
        }
        EpochResult[] first = [.. run.Epochs.Take(epochs)];
        EpochResult best = run.Run.Recipe.Training.KeepLastEpoch ? first[^1] : first.Aggregate((best, epoch) => epoch.IsBetterThan(best) ? epoch : best);
        return (Study.Measure == StudyMeasure.ValidationAccuracy ? best.ValidationAccuracy : best.ValidationLoss) ?? double.NaN;
    }

    private OptionInfluence? Influence(string path)
    {
        (JsonNode? Value, double Figure)[] known =
        [
            .. Runs.Where(run => run.Run.Values.Any(value => value.Key == path)).Select(run => (run.Run.Values.First(value => value.Key == path).Value, FigureOf(run))).Where(pair => double.IsFinite(pair.Item2)),
        ];
        ValueMean[] means =
        [
            .. known.GroupBy(pair => pair.Value?.ToJsonString() ?? "null")
                .Select(group => new ValueMean(StudyWords.Value(group.First().Value), group.Average(pair => pair.Figure), group.Count())),
        ];
        if (means.Length < 2)
        {
            return null;
        }
        double spread = means.Max(mean => mean.Mean) - means.Min(mean => mean.Mean);
        bool areNumbers = known.All(pair => pair.Value?.GetValueKind() == JsonValueKind.Number);
        if (means.Length <= MostMeans || !areNumbers)
        {
            return new OptionInfluence(path, spread, means, null);
        }
        double rho = Spearman([.. known.Select(pair => pair.Value!.GetValue<double>())], [.. known.Select(pair => pair.Figure)]);
        return double.IsNaN(rho) ? null : new OptionInfluence(path, 0, [], rho);
    }
}

/// <summary>A combination of values, and what its runs came to.</summary>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Runs">Its runs, one for each seed.</param>
/// <param name="Done">How many came to their end.</param>
/// <param name="Mean">Mean figure of those; of all where none did; not a number where there is none.</param>
/// <param name="Deviation">Standard deviation of the same, with n − 1; not a number of fewer than two.</param>
/// <param name="Epoch">The most epochs that one of them has.</param>
internal sealed record RankedCombination(int Number, IReadOnlyList<RunStatus> Runs, int Done, double Mean, double Deviation, int Epoch)
{
    /// <summary>Its values in words; empty where nothing varies but the seed.</summary>
    public string Values => string.Join(", ", Runs[0].Run.Values.Select(value => $"{value.Key} {StudyWords.Value(value.Value)}"));

    public static RankedCombination Of(Study study, IReadOnlyList<RunStatus> runs)
    {
        double[] done = [.. runs.Where(run => run.State == RunState.Done && double.IsFinite(run.Measure)).Select(run => run.Measure)];
        double[] figures = done.Length > 0 ? done : [.. runs.Select(run => run.Measure).Where(double.IsFinite)];
        double mean = figures.Length > 0 ? figures.Average() : double.NaN;
        double deviation = figures.Length > 1 ? Math.Sqrt(figures.Sum(figure => (figure - mean) * (figure - mean)) / (figures.Length - 1)) : double.NaN;
        return new RankedCombination(runs[0].Run.Combination, runs, done.Length, mean, deviation, runs.Max(run => run.Epoch));
    }

    /// <summary>Mean and deviation: <c>97.31% ± 0.12%</c>.</summary>
    public string Figure(Study study) => $"{StudyWords.Number(study, Mean)}{(double.IsNaN(Deviation) ? "" : $" ± {StudyWords.Number(study, Deviation)}")}";
}

/// <summary>What an option changed.</summary>
/// <param name="Path">The option.</param>
/// <param name="Spread">The greatest mean less the smallest; 0 where there are ranks instead.</param>
/// <param name="Means">The mean figure of each value.</param>
/// <param name="RankCorrelation">Spearman's ρ; null where there are means instead.</param>
internal sealed record OptionInfluence(string Path, double Spread, IReadOnlyList<ValueMean> Means, double? RankCorrelation);

/// <summary>The mean figure of the runs that have a value.</summary>
internal sealed record ValueMean(string Value, double Mean, int Runs);
