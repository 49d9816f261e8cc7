using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>A figure of several runs, as it is shown.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">That of each run; – where it is not known.</param>
internal sealed record ComparedFigure(string Name, IReadOnlyList<string> Values)
{
    private const string Unknown = "–";

    /// <summary>The figures in which runs are compared, without those that none has.</summary>
    public static IReadOnlyList<ComparedFigure> Of(Comparison comparison)
    {
        List<ComparedFigure> figures = [];
        Add("Accuracy", (_, measured) => measured.Evaluation.Accuracy?.ToString("0.00%", CultureInfo.InvariantCulture));
        Add("Right", (_, measured) => measured.Evaluation.Correct?.ToString("N0", CultureInfo.InvariantCulture));
        Add("R²", (_, measured) => measured.Evaluation.Regression?.R2?.ToString("0.0000", CultureInfo.InvariantCulture));
        Add("Mean abs. error", (_, measured) => measured.Evaluation.Regression?.MeanAbsoluteError.ToString("G4", CultureInfo.InvariantCulture));
        Add("RMSE", (_, measured) => measured.Evaluation.Regression?.RootMeanSquaredError.ToString("G4", CultureInfo.InvariantCulture));
        Add("Loss", (_, measured) => measured.Evaluation.Loss.ToString("F4", CultureInfo.InvariantCulture));
        Add("Calibration error", (_, measured) => measured.Calibration?.After.ExpectedError.ToString("0.00%", CultureInfo.InvariantCulture));
        Add("Parameters", (run, _) => run.Network.Parameters.Length.ToString("N0", CultureInfo.InvariantCulture));
        Add("Epochs", (run, _) => (run.Summary?.Epochs ?? run.Network.Training?.Options.Epochs)?.ToString("N0", CultureInfo.InvariantCulture));
        Add("Training", (run, _) => run.Summary is { } summary ? RunFacts.Duration(summary.TrainSeconds) : null);
        return figures;

        void Add(string name, Func<TrainedRun, Measurement, string?> figure)
        {
            string?[] values = [.. comparison.Runs.Select((run, i) => figure(run, comparison.Measurements[i]))];
            if (values.Any(value => value is not null))
            {
                figures.Add(new ComparedFigure(name, [.. values.Select(value => value ?? Unknown)]));
            }
        }
    }
}
