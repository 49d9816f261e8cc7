using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>The page of <c>nabla report</c>: all that is known of one run.</summary>
internal static class RunReport
{
    /// <param name="run">The run.</param>
    /// <param name="measured">How good its network is; null where there was nothing to measure it on.</param>
    /// <param name="reason">Why it was not measured; null where it was.</param>
    public static HtmlPage Create(TrainedRun run, Measurement? measured, string? reason)
    {
        HtmlPage page = new(run.Name, Lead(run));
        page.Add("summary", "Summary", Summary(run, measured, reason));
        page.Add("network", "Network and training", Html.Of($"""
            <div class="columns">
            <figure>
            <figcaption><b>The graph</b> with each layer's output and parameters</figcaption>
            {NetworkDrawing.Of(run.Network)}
            </figure>
            <div>
            {LearningCurves(run)}
            {RunFacts.Training(run)}
            </div>
            </div>
            """));
        if (measured is not null && measured.Evaluation.Confusion is { } confusion)
        {
            AddClasses(page, measured, confusion);
        }
        if (measured is { Evaluation.Regression: not null } && measured.Truth is { Width: 1 })
        {
            page.Add("answers", "Answers", RegressionCharts.Of(measured));
            page.Add("residuals", "Largest residuals", RegressionCharts.LargestResiduals(measured));
        }
        page.Add("weights", "Weights", WeightTiles.Of(run.Network));
        page.Add("recipe", run.Description is null ? "The model's description" : "Recipe", RunFacts.Recipe(run));
        page.Add("machine", "Command and machine", RunFacts.Machine(run));
        return page;
    }

    private static void AddClasses(HtmlPage page, Measurement measured, ConfusionMatrix confusion)
    {
        Network network = measured.Network;
        page.Add("classes", "Classes", Html.Of($"""
            <div class="columns">
            <div><h3>Confusion matrix</h3>{ConfusionMatrixDrawing.Of(network, confusion)}{ConfusionMatrixDrawing.MostConfused(network, confusion)}</div>
            <div><h3>Class by class</h3>{ClassTable.Of(network, confusion, measured.Unit)}</div>
            </div>
            """));
        if (measured.Calibration is (Calibration before, Calibration after))
        {
            page.Add("calibration", "Calibration", Html.Of($"""
                <div class="columns">
                {ReliabilityDiagram.Of(before, after, network.Temperature, measured.Unit)}
                <div>{RunFacts.Calibration(network, before, after, measured.Unit)}</div>
                </div>
                """));
        }
        page.Add("mistakes", "Worst mistakes", SampleGallery.OfWorst(measured));
        page.Add("unsure", "Most unsure", SampleGallery.OfMostUnsure(measured));
    }

    private static string Lead(TrainedRun run)
    {
        string recipe = run.RecipeName is string name ? $"Recipe {name}" : "A model";
        return $"{recipe}{(run.Network.Training?.Data is string data ? $", trained on {data}" : "")}.";
    }

    private static Html Summary(TrainedRun run, Measurement? measured, string? reason)
    {
        string on = measured is null
            ? $"Not measured on test data: {reason} What needs it is left out."
            : string.Create(CultureInfo.InvariantCulture, $"Measured on {measured.Data.Name}: {measured.Data.Part} ({measured.Evaluation.Samples:N0}).");
        bool isOneClass = measured?.Evaluation.Confusion is { } confusion && confusion.Support(confusion.CommonestClass) == measured.Evaluation.Samples;
        IEnumerable<Headline> headlines = [.. measured is null ? Remembered(run) : Measured(measured), .. OfTraining(run)];
        return Html.Of($"""
            <dl class="headline">{headlines.Select(figure => Html.Of($"<div><dt>{figure.Name}</dt><dd>{figure.Value}<small>{figure.Remark}</small></dd></div>"))}</dl>
            <p>{on}</p>
            {(isOneClass ? Html.Of($"<p>{EvaluationSummary.OneClassRemark}</p>") : Html.Empty)}
            """);
    }

    private static IEnumerable<Headline> Measured(Measurement measured)
    {
        Evaluation evaluation = measured.Evaluation;
        if (evaluation.Accuracy is double accuracy)
        {
            yield return new Headline("Test accuracy", Percent(accuracy), $"{Count(evaluation.Correct!.Value)} of {Count(evaluation.Samples)}");
        }
        if (evaluation.Regression is { } regression)
        {
            yield return new Headline("R²", regression.R2?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–", $"{Count(evaluation.Samples)} {measured.Unit}s");
            yield return new Headline("Mean absolute error", Number(regression.MeanAbsoluteError), "");
            yield return new Headline("RMSE", Number(regression.RootMeanSquaredError), "root mean squared error");
        }
        yield return new Headline("Test loss", evaluation.Loss.ToString("F4", CultureInfo.InvariantCulture), measured.Network.Loss?.ToString() ?? "");
        if (measured.Calibration is (_, Calibration calibration))
        {
            yield return new Headline("Calibration error", Percent(calibration.ExpectedError), "expected");
        }
    }

    /// <summary>What the model remembers of how it was measured.</summary>
    private static IEnumerable<Headline> Remembered(TrainedRun run) =>
        run.Network.Training?.TestAccuracy is double accuracy ? [new Headline("Test accuracy", Percent(accuracy), "as measured at the end of the training")] : [];

    private static IEnumerable<Headline> OfTraining(TrainedRun run)
    {
        yield return new Headline("Parameters", Count(run.Network.Parameters.Length), Counted(run.Network.Layers.Count, "layer"));
        if (run.Summary is { } summary)
        {
            yield return new Headline("Training", RunFacts.Duration(summary.TrainSeconds), $"{Counted(summary.Epochs, "epoch")}, {Counted(summary.Threads, "thread")}");
        }
    }

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Counted(int number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    private static string Percent(double share) => share.ToString("0.00%", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("G4", CultureInfo.InvariantCulture);

    private static Html LearningCurves(TrainedRun run) => run.History switch
    {
        [] => Html.Of($"""<h3>Learning curves</h3><p class="remark">The figures of its epochs are not kept beside it.</p>"""),
        [EpochResult only] => Html.Of($"""
            <h3>Learning curves</h3>
            <p class="remark">It was trained for one epoch, which makes no curve.</p>
            {RunFacts.Epoch(only)}
            """),
        _ => Html.Of($"""<h3>Learning curves</h3>{LearningCurveCharts.OfOne(run.History, run.BestEpoch)}"""),
    };

    /// <param name="Name">What it is.</param>
    /// <param name="Value">How much.</param>
    /// <param name="Remark">In small letters below it.</param>
    private readonly record struct Headline(string Name, string Value, string Remark);
}
