using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>The page of <c>nabla compare</c>: runs side by side.</summary>
internal static class ComparisonReport
{
    private const int MostPictures = 16, RowsShown = 12;

    /// <summary>What the tests say, and what they do not.</summary>
    public const string Caution =
        "A difference counts as more than chance where two equally good networks would differ as much in fewer than 5 of 100 test parts (exact McNemar test, two-sided; not adjusted for the number of pairs). "
        + "It speaks of these networks: trained again with another seed, the other may be better.";

    /// <summary>The same for numbers.</summary>
    public const string CautionForNumbers =
        "A difference counts as more than chance where of two equally good networks one would so often be nearer in fewer than 5 of 100 test parts (sign test, exact and two-sided; not adjusted for the number of pairs). "
        + "It speaks of these networks: trained again with another seed, the other may be better.";

    public static HtmlPage Create(Comparison comparison)
    {
        IReadOnlyList<TrainedRun> runs = comparison.Runs;
        DataSource.TestData data = comparison.Measurements[0].Data;
        string unit = comparison.Measurements[0].Unit;
        HtmlPage page = new(
            string.Join(", ", runs.Select(run => run.Name)),
            string.Create(CultureInfo.InvariantCulture, $"{runs.Count} runs, measured on the same {comparison.SampleCount:N0} {unit}s of {data.Name}: {data.Part}."));
        page.Add("runs", "Runs", Runs(comparison));
        page.Add("recipes", comparison.HasRecipes ? "Recipes" : "Descriptions", Differences(comparison));
        (string Name, IReadOnlyList<EpochResult> Epochs)[] histories = [.. runs.Select((run, i) => ($"{Comparison.Letter(i)} {run.Name}", run.History))];
        page.Add("curves", "Learning curves", histories.Any(run => run.Epochs.Count > 1)
            ? Html.Of($"""<div class="columns">{LearningCurveCharts.OfSeveral(histories)}</div>{Curveless(comparison)}""")
            : Html.Of($"""<p class="remark">None of them has the figures of more than one epoch.</p>"""));
        page.Add("difference", "Pairwise comparison", Pairs(comparison));
        Html samples = comparison.IsRegression ? FurthestApart(comparison) : Html.Join(Opponents(comparison).SelectMany(other => (Html[])[OneRight(comparison, comparison.Best, other), OneRight(comparison, other, comparison.Best)]));
        page.Add("samples", comparison.IsRegression ? "Where they differ most" : "Where one is right and the other wrong", samples);
        return page;
    }

    /// <summary>All but the best.</summary>
    private static IEnumerable<int> Opponents(Comparison comparison) => Enumerable.Range(0, comparison.Runs.Count).Where(run => run != comparison.Best);

    private static Html Runs(Comparison comparison)
    {
        IReadOnlyList<ComparedFigure> figures = ComparedFigure.Of(comparison);
        return FigureTable.Of(
            "The runs",
            ["Run", "Recipe", .. figures.Select(figure => figure.Name)],
            comparison.Runs.Select((run, i) => (Html[])[Html.Of($"{Key(i)} {run.Name}"), run.RecipeName ?? "–", .. figures.Select(figure => (Html)figure.Values[i])]),
            isWide: true);
    }

    /// <summary>A run's letter, with the line that it has in charts.</summary>
    private static Html Key(int run) => SvgChart.Key(Html.Of($"""<path class="line run{run + 1}" d="M1 4H17"/>"""), Html.Of($"<b>{Comparison.Letter(run)}</b>"));

    private static Html Differences(Comparison comparison)
    {
        IReadOnlyList<RecipeDifference> differences = comparison.Differences;
        return differences.Count == 0
            ? Html.Of($"<p>Their {comparison.Compared} do not differ.</p>")
            : Html.Of($"""
                <p class="remark">Only what differs in their {comparison.Compared}; – where one has nothing there.</p>
                <div class="scroll" tabindex="0" role="group" aria-label="What differs">
                <table class="differences">
                <thead><tr><th scope="col">Member</th>{comparison.Runs.Select((_, i) => Html.Of($"""<th scope="col">{Comparison.Letter(i)}</th>"""))}</tr></thead>
                <tbody>
                {differences.Select(difference => Html.Of($"""
                <tr><th scope="row"><code>{difference.Path}</code></th>{difference.Texts.Select((text, i) => Html.Of($"""<td data-run="{Comparison.Letter(i)}"><code>{text}</code></td>"""))}</tr>

                """))}</tbody>
                </table>
                </div>
                """);
    }

    /// <summary>What is said of runs that have no curve.</summary>
    private static Html Curveless(Comparison comparison)
    {
        string points = Letters(run => run.History.Count == 1), none = Letters(run => run.History.Count == 0);
        return Html.Join([Remark("One epoch only, drawn as a dot", points), Remark("No history of epochs", none)]);

        static Html Remark(string what, string letters) => letters.Length == 0 ? Html.Empty : Html.Of($"""<p class="remark">{what}: {letters}.</p>""");

        string Letters(Func<TrainedRun, bool> isSo) => string.Join(", ", Enumerable.Range(0, comparison.Runs.Count).Where(run => isSo(comparison.Runs[run])).Select(Comparison.Letter));
    }

    private static Html Pairs(Comparison comparison)
    {
        bool isRegression = comparison.IsRegression;
        return Html.Of($"""
            <ul class="statements">{comparison.Pairs.Select(pair => Html.Of($"<li>{pair.InWords(isRegression)}.</li>"))}</ul>
            {FigureTable.Of(
                "Every two runs",
                ["First, second", .. isRegression ? (string[])["As near", "First nearer", "Second nearer"] : ["Both right", "Only first right", "Only second right", "Both wrong"], "p"],
                comparison.Pairs.Select(pair => (Html[])[$"{Comparison.Letter(pair.First)}, {Comparison.Letter(pair.Second)}", .. pair.Counts(isRegression).Select(count => (Html)count), pair.Test.PValueNumber]))}
            <p class="remark">{(isRegression ? CautionForNumbers : Caution)}</p>
            """);
    }

    /// <summary>Samples that only one of two recognises, first those that the other is most confident to be something else.</summary>
    private static Html OneRight(Comparison comparison, int right, int wrong)
    {
        (Measurement a, Measurement b) = (comparison.Measurements[right], comparison.Measurements[wrong]);
        int[] rows =
        [
            .. Enumerable.Range(0, comparison.SampleCount)
                .Where(row => !a.Samples[row].IsMistake && b.Samples[row].IsMistake)
                .OrderByDescending(row => b.Samples[row].Prediction.Confidence),
        ];
        (string winner, string loser) = (Comparison.Letter(right), Comparison.Letter(wrong));
        string count = string.Create(CultureInfo.InvariantCulture, $"{rows.Length:N0}");
        count = rows.Length > MostPictures ? string.Create(CultureInfo.InvariantCulture, $"{MostPictures} of {count}, of which {loser} is most confident") : count;
        rows = [.. rows.Take(MostPictures)];
        Html samples = rows.Length == 0 ? Html.Of($"""<p class="remark">There is none.</p>""")
            : a.HasPictures ? Pictures(a, b, rows, winner, loser)
            : Table(a, b, rows, winner, loser);
        return Html.Of($"""
            <h3>{winner} is right, {loser} is wrong <small>{count}</small></h3>
            {samples}
            """);
    }

    private static Html Pictures(Measurement right, Measurement wrong, int[] rows, string rightLetter, string wrongLetter)
    {
        Html[] pictures = SampleGallery.Pictures(right.Data.Samples.Features, right.Network, [.. rows.Select(row => right.Samples[row])]);
        return Html.Of($"""
            <ul class="gallery">
            {rows.Select((row, i) => Html.Of($"""
            <li>{pictures[i]}{Answer(right, row, rightLetter)}{Answer(wrong, row, wrongLetter)}</li>

            """))}</ul>
            """);
    }

    private static Html Answer(Measurement measured, int row, string letter)
    {
        ShownSample sample = measured.Samples[row];
        return SampleGallery.Answer(measured.Network, sample.Prediction.Label, sample.Prediction.Confidence, sample.Actual, letter);
    }

    private static Html Table(Measurement right, Measurement wrong, int[] rows, string rightLetter, string wrongLetter) => FigureTable.Of(
        $"{rightLetter} is right, {wrongLetter} is wrong",
        [right.PlaceHeading, $"{rightLetter}, right", "Confidence", $"{wrongLetter}, wrong", "Confidence"],
        rows.Select(row => (Html[])[Place(row), .. Cells(right, row), .. Cells(wrong, row)]));

    private static Html[] Cells(Measurement measured, int row)
    {
        Prediction prediction = measured.Samples[row].Prediction;
        return [measured.Network.NameOf(prediction.Label), ShownSample.ConfidenceText(measured.Network, prediction.Confidence)];
    }

    /// <summary>The number of a sample, from 1.</summary>
    private static string Place(int row) => (row + 1).ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Rows in which answers of a regression are furthest from each other.</summary>
    private static Html FurthestApart(Comparison comparison)
    {
        Measurement[] measurements = [.. comparison.Measurements];
        if (measurements[0].Truth is not { Width: 1 } truth)
        {
            return Html.Of($"""<p class="remark">Each answer is several numbers.</p>""");
        }
        int[] rows = [.. Enumerable.Range(0, comparison.SampleCount).OrderByDescending(row => measurements.Max(measured => measured.Answers[row]) - measurements.Min(measured => measured.Answers[row])).Take(RowsShown)];
        return FigureTable.Of(
            "Rows in which answers differ most",
            [measurements[0].PlaceHeading, "True", .. measurements.Select((_, i) => Comparison.Letter(i))],
            rows.Select(row => (Html[])[Place(row), RegressionCharts.Text(truth.Values[row]), .. measurements.Select(measured => (Html)RegressionCharts.Text(measured.Answers[row]))]));
    }
}
