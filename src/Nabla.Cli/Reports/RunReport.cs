using System.Globalization;
using Nabla.Cli.Display;

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
            <figcaption><b>The graph</b> with each layer’s output and parameters</figcaption>
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
        string recipe = run.RecipeName is string name ? $"Recipe {PlainText.Of(name)}" : "A model";
        return $"{recipe}{(run.Network.Training?.Data is string data ? $", trained on {data}" : "")}.";
    }

    private static Html Summary(TrainedRun run, Measurement? measured, string? reason)
    {
        List<Html> figures = [];
        if (measured is not null)
        {
            Evaluation evaluation = measured.Evaluation;
            if (evaluation.Accuracy is double accuracy)
            {
                figures.Add(Figure("Test accuracy", accuracy.ToString("0.00%", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{evaluation.Correct:N0} of {evaluation.Samples:N0}")));
            }
            if (evaluation.Regression is { } regression)
            {
                figures.Add(Figure("R²", regression.R2?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–", string.Create(CultureInfo.InvariantCulture, $"{evaluation.Samples:N0} {measured.Unit}s")));
                figures.Add(Figure("Mean absolute error", Number(regression.MeanAbsoluteError), ""));
                figures.Add(Figure("RMSE", Number(regression.RootMeanSquaredError), "root mean squared error"));
            }
            figures.Add(Figure("Test loss", evaluation.Loss.ToString("F4", CultureInfo.InvariantCulture), run.Network.Loss?.ToString() ?? ""));
            if (measured.Calibration is (_, Calibration calibration))
            {
                figures.Add(Figure("Calibration error", calibration.ExpectedError.ToString("0.00%", CultureInfo.InvariantCulture), "expected"));
            }
        }
        else if (run.Network.Training?.TestAccuracy is double remembered)
        {
            figures.Add(Figure("Test accuracy", remembered.ToString("0.00%", CultureInfo.InvariantCulture), "as measured at the end of the training"));
        }
        figures.Add(Figure("Parameters", run.Network.Parameters.Length.ToString("N0", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{run.Network.Layers.Count} layers")));
        if (run.Summary is { } summary)
        {
            figures.Add(Figure("Training", RunFacts.Duration(summary.TrainSeconds), string.Create(CultureInfo.InvariantCulture, $"{summary.Epochs} {(summary.Epochs == 1 ? "epoch" : "epochs")}, {summary.Threads} {(summary.Threads == 1 ? "thread" : "threads")}")));
        }
        return Html.Of($"""
            <dl class="headline">{figures}</dl>
            <p>{(measured is null ? $"Not measured on test data: {reason} What needs it is left out." : string.Create(CultureInfo.InvariantCulture, $"Measured on {measured.Data.Name}: {measured.Data.Part} ({measured.Evaluation.Samples:N0})."))}</p>
            {(measured?.Evaluation.Confusion is { } confusion && confusion.Support(confusion.CommonestClass) == measured.Evaluation.Samples ? Html.Of($"<p>{EvaluationSummary.OneClassRemark}</p>") : Html.Empty)}
            """);
    }

    private static Html Figure(string name, string value, string remark) => Html.Of($"<div><dt>{name}</dt><dd>{value}<small>{remark}</small></dd></div>");

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
}
