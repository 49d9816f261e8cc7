using System.Globalization;
using Nabla.Cli.Studies;

namespace Nabla.Cli.Reports;

/// <summary>The page of <c>nabla study</c>: combinations ranked, curves over each other, and what the options changed.</summary>
internal static class StudyReport
{
    // A page of ten thousand curves would not be looked at.
    private const int MostCurves = 500;

    public static HtmlPage Create(StudyAnalysis analysis)
    {
        Study study = analysis.Study;
        string counts = string.Join(", ", analysis.Runs.CountBy(run => run.State).OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value:N0} {StudyWords.Of(pair.Key)}")));
        HtmlPage page = new(study.Name, string.Create(CultureInfo.InvariantCulture,
            $"A study of {analysis.Combinations.Count:N0} {(analysis.Combinations.Count == 1 ? "combination" : "combinations")} and {analysis.Runs.Count:N0} runs ({counts}), compared by {StudyWords.NameOf(study.Measure)}."));
        page.Add("ranking", "Ranking", Ranking(analysis));
        if (study.Varied.Count > 0)
        {
            page.Add("options", "Which option mattered", Options(analysis));
        }
        page.Add("curves", "Learning curves", Curves(analysis));
        page.Add("runs", "Runs", Runs(analysis));
        if (analysis.Best is { } best)
        {
            page.Add("recipe", "Best recipe", Html.Of($"""
                <p>{(best.Values.Length == 0 ? "The recipe" : best.Values)}: {StudyWords.NameOf(study.Measure)} {best.Figure(study)} over {best.Done} {(best.Done == 1 ? "seed" : "seeds")}. As the best of many it is likely to be a little worse on other samples.</p>
                <pre tabindex="0">{Html.Lines(JsonText.Of(best.Runs[0].Run.Recipe.ToJson()))}</pre>
                """));
        }
        return page;
    }

    private static Html Ranking(StudyAnalysis analysis) => Html.Of($"""
        {FigureTable.Of(
            "Combinations, the best first",
            ["Rank", .. analysis.Study.Varied, $"{StudyWords.NameOf(analysis.Study.Measure)}", "runs", "done"],
            analysis.Combinations.Select((combination, i) => (Html[])
            [
                (i + 1).ToString(CultureInfo.InvariantCulture),
                .. analysis.Study.Varied.Select(path => (Html)(combination.Runs[0].Run.Values.Any(value => value.Key == path) ? StudyWords.Value(combination.Runs[0].Run.Values.First(value => value.Key == path).Value) : "–")),
                combination.Figure(analysis.Study),
                combination.Runs.Count.ToString(CultureInfo.InvariantCulture),
                combination.Done.ToString(CultureInfo.InvariantCulture),
            ]),
            isWide: true)}
        <p class="remark">Mean ± standard deviation over the seeds of the runs that came to their end; of combinations of which none did, over all, after fewer epochs, so they stand last. Validation samples only: no test sample was looked at to compare.</p>
        """);

    private static Html Options(StudyAnalysis analysis) => analysis.Options.Count == 0
        ? Html.Of($"""<p class="remark">No option has two values that can be compared.</p>""")
        : Html.Of($"""
            {FigureTable.Of(
                "Options",
                ["Option", "Spread of means", "Rank correlation", "Mean of each value"],
                analysis.Options.Select(option => (Html[])
                [
                    option.Path,
                    option.RankCorrelation is null ? StudyWords.Number(analysis.Study, option.Spread) : "–",
                    option.RankCorrelation is double rho ? rho.ToString("0.00", CultureInfo.InvariantCulture).Replace('-', '−') : "–",
                    string.Join("; ", option.Means.Select(mean => string.Create(CultureInfo.InvariantCulture, $"{mean.Value}: {StudyWords.Number(analysis.Study, mean.Mean)} ({mean.Runs})"))),
                ]),
                isWide: true)}
            <p class="remark">{analysis.Method}</p>
            """);

    private static Html Curves(StudyAnalysis analysis)
    {
        RunStatus[] ranked = [.. analysis.Combinations.SelectMany(combination => combination.Runs).Where(run => run.Epochs.Count > 0)];
        // One of each of the best, so that they are not eight seeds of one.
        RunStatus[] shown = [.. analysis.Combinations.Select(combination => combination.Runs.Where(run => run.Epochs.Count > 0).MaxBy(run => run.Epochs.Count)).OfType<RunStatus>().Take(Comparison.MostRuns)];
        if (!ranked.Any(run => run.Epochs.Count > 1))
        {
            return Html.Of($"""<p class="remark">None of them has the figures of more than one epoch.</p>""");
        }
        IReadOnlyList<EpochResult>[] others = [.. ranked.Except(shown).Take(MostCurves).Select(run => run.Epochs)];
        return Html.Of($"""
            <div class="columns">{LearningCurveCharts.OfSeveral([.. shown.Select(run => ($"{run.Run.Name} {run.Run}", run.Epochs))], others)}</div>
            <p class="remark">In colours, a run of each of the {shown.Length} best combinations; in grey, {others.Length} others.</p>
            """);
    }

    private static Html Runs(StudyAnalysis analysis) => FigureTable.Of(
        "All runs",
        ["Run", "Values", "State", "Claims", "Place", "Epochs", StudyWords.NameOf(analysis.Study.Measure), "Time"],
        analysis.Runs.Select(run => (Html[])
        [
            run.Run.Name, run.Run.ToString(), StudyWords.Of(run.State) + (run.Message is null ? "" : $": {run.Message}"), run.Claims.ToString(CultureInfo.InvariantCulture), run.Owner ?? "–",
            run.Epoch.ToString(CultureInfo.InvariantCulture), StudyWords.Number(analysis.Study, run.Measure), RunFacts.Duration(run.Seconds),
        ]),
        isWide: true);
}
