using System.Globalization;
using Nabla.Cli.Reports;
using Nabla.Cli.Studies;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>The runs of a study as tables: once, or over and over while processes work on it.</summary>
internal static class StudyTable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    // Rows beside those of the runs: the heading, the table's own, and one for the cursor.
    private const int OtherRows = 6;

    private const int LeastRuns = 5;

    /// <summary>Shows the runs until all have ended.</summary>
    /// <returns>How they stand at last.</returns>
    public static IReadOnlyList<RunStatus> Watch(StudyFolder folder, CancellationToken cancellation)
    {
        IReadOnlyList<RunStatus> runs = folder.Read();
        AnsiConsole.Live(Text.Empty).AutoClear(true).Start(context =>
        {
            while (!cancellation.IsCancellationRequested && !runs.All(run => run.IsEnded))
            {
                int most = Math.Max(LeastRuns, AnsiConsole.Profile.Height - OtherRows);
                context.UpdateTarget(new Rows(new Text(Heading(folder.Study, runs)), OfRuns(folder.Study, runs, most)));
                cancellation.WaitHandle.WaitOne(Refresh);
                runs = folder.Read();
            }
        });
        return runs;
    }

    /// <summary>How many runs stand where, and how long it will take, in one line.</summary>
    public static string Heading(Study study, IReadOnlyList<RunStatus> runs)
    {
        string counts = string.Join(", ", runs.CountBy(run => run.State).OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value:N0} {StudyWords.Of(pair.Key)}")));
        return PlainText.Of($"{study.Name}: {counts}{Remaining(runs)}");
    }

    /// <summary>The runs, those that somebody trains first where there are more than fit.</summary>
    public static Table OfRuns(Study study, IReadOnlyList<RunStatus> runs, int most)
    {
        IEnumerable<RunStatus> shown = runs.Count <= most ? runs
            : runs.OrderBy(Importance).ThenBy(run => run.Run.Index).Take(most).OrderBy(run => run.Run.Index);
        Table table = Plain("run", "state", "place", "epoch", "best", "left", "values");
        foreach (RunStatus run in shown)
        {
            Add(table, run.Run.Name, StudyWords.Of(run.State), run.Owner ?? "", Epoch(run), StudyWords.Number(study, run.Measure), run.State == RunState.Running && run.SecondsLeft is double left ? RunFacts.Duration(left) : "", run.Run.ToString());
        }
        return table;
    }

    /// <summary>Combinations, the best first.</summary>
    public static Table OfCombinations(StudyAnalysis analysis)
    {
        Table table = Plain("rank", StudyWords.NameOf(analysis.Study.Measure), "done", "values");
        for (int i = 0; i < analysis.Combinations.Count; i++)
        {
            RankedCombination combination = analysis.Combinations[i];
            Add(table, (i + 1).ToString(CultureInfo.InvariantCulture), combination.Figure(analysis.Study) + (combination.Done > 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" in epoch {combination.Epoch}")),
                string.Create(CultureInfo.InvariantCulture, $"{combination.Done} of {combination.Runs.Count}"), combination.Values.Length == 0 ? "as the recipe" : combination.Values);
        }
        return table;
    }

    /// <summary>Says what the options changed, and how that is measured.</summary>
    public static void WriteOptions(StudyAnalysis analysis)
    {
        if (analysis.Options.Count == 0)
        {
            return;
        }
        Table table = Plain("option", "spread", "ρ", "means");
        foreach (OptionInfluence option in analysis.Options)
        {
            Add(table, option.Path, option.RankCorrelation is null ? StudyWords.Number(analysis.Study, option.Spread) : "", option.RankCorrelation?.ToString("0.00", CultureInfo.InvariantCulture) ?? "",
                string.Join("  ", option.Means.Select(mean => $"{mean.Value}: {StudyWords.Number(analysis.Study, mean.Mean)}")));
        }
        PlainText.Out.WriteLine();
        Terminal.Write(table, "The table of the options", "Which option mattered:");
        PlainText.Out.WriteLine(analysis.Method);
    }

    /// <summary>The time of those that have ended, for those that have not, shared by those that run.</summary>
    private static string Remaining(IReadOnlyList<RunStatus> runs)
    {
        double[] ended = [.. runs.Where(run => run.State == RunState.Done && run.Seconds > 0).Select(run => run.Seconds)];
        int running = runs.Count(run => run.State == RunState.Running), left = runs.Count(run => run.State is RunState.Waiting or RunState.Preempted or RunState.Stale);
        if (running == 0 || (left > 0 && ended.Length == 0) || runs.Any(run => run.State is RunState.Paused or RunState.StoppedEarly))
        {
            return "";
        }
        double seconds = (runs.Where(run => run.State == RunState.Running).Sum(run => run.SecondsLeft ?? 0) + left * (ended.Length > 0 ? ended.Average() : 0)) / running;
        return $"; about {RunFacts.Duration(seconds)} left";
    }

    private static int Importance(RunStatus run) => run.State switch
    {
        RunState.Running => 0,
        RunState.Stale => 1,
        RunState.Preempted => 2,
        RunState.Failed or RunState.Diverged => 3,
        RunState.Paused => 4,
        RunState.Done => 5,
        _ => 6,
    };

    private static string Epoch(RunStatus run) => run.State == RunState.Waiting ? "" : string.Create(CultureInfo.InvariantCulture, $"{run.Epoch}/{run.Run.Recipe.Training.Epochs}");

    private static Table Plain(params string[] headings)
    {
        Table table = new Table().Border(TableBorder.None).AddColumns([.. headings.Select(heading => new TableColumn(Markup.Escape(heading)).NoWrap().PadLeft(0).PadRight(2))]);
        table.Columns[^1].NoWrap = false;
        return table;
    }

    private static void Add(Table table, params string[] cells) => table.AddRow([.. cells.Select(cell => Markup.Escape(PlainText.Of(cell)))]);
}
