using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>Draws how trainings went, epoch by epoch: one with training and validation, or several over each other.</summary>
internal static class LearningCurveCharts
{
    // More points than this are a line without dots.
    private const int MostDots = 30;

    /// <summary>The loss and, if there is any, the accuracy of one training.</summary>
    /// <param name="epochs">The epochs; two or more.</param>
    /// <param name="best">The epoch whose weights were kept; null where it is not known.</param>
    public static Html OfOne(IReadOnlyList<EpochResult> epochs, int? best)
    {
        Html loss = Chart("Loss", epoch => epoch.Loss, epoch => epoch.ValidationLoss, isShare: false);
        return HasAccuracy(epochs) ? Html.Of($"{loss}{Chart("Accuracy", epoch => epoch.Accuracy, epoch => epoch.ValidationAccuracy, isShare: true)}") : loss;

        Html Chart(string quantity, Func<EpochResult, double?> training, Func<EpochResult, double?> validation, bool isShare)
        {
            List<Curve> curves = [new("training", "training", Points(epochs, training)), new("validation", "validation", Points(epochs, validation))];
            curves.RemoveAll(curve => !curve.Points.Any(point => double.IsFinite(point.Y)));
            return Draw(quantity, curves, isShare, best, best is int kept && epochs.FirstOrDefault(epoch => epoch.Epoch == kept) is { } epoch ? validation(epoch) ?? training(epoch) : null);
        }
    }

    /// <summary>The losses and accuracies of several trainings over each other: in validation, and where one has none, in training.</summary>
    /// <param name="runs">Their names and epochs, in the order of their colours.</param>
    /// <param name="others">More of them, thin and in grey behind; null for none.</param>
    public static Html OfSeveral(IReadOnlyList<(string Name, IReadOnlyList<EpochResult> Epochs)> runs, IReadOnlyList<IReadOnlyList<EpochResult>>? others = null)
    {
        Html loss = Chart("Loss", epoch => epoch.ValidationLoss, epoch => epoch.Loss, isShare: false);
        return runs.Any(run => HasAccuracy(run.Epochs)) ? Html.Of($"{loss}{Chart("Accuracy", epoch => epoch.ValidationAccuracy, epoch => epoch.Accuracy, isShare: true)}") : loss;

        Html Chart(string quantity, Func<EpochResult, double?> validation, Func<EpochResult, double?> training, bool isShare)
        {
            List<Curve> curves = [];
            for (int i = 0; i < runs.Count; i++)
            {
                bool isValidated = runs[i].Epochs.Any(epoch => validation(epoch) is not null);
                (double X, double Y)[] points = Points(runs[i].Epochs, isValidated ? validation : training);
                if (points.Any(point => double.IsFinite(point.Y)))
                {
                    curves.Add(new Curve(string.Create(CultureInfo.InvariantCulture, $"run{i + 1}"), isValidated ? runs[i].Name : $"{runs[i].Name}, in training", points));
                }
            }
            (double X, double Y)[][] behind = [.. (others ?? []).Select(epochs => Points(epochs, validation))];
            return Draw(quantity, curves, isShare, null, null, behind);
        }
    }

    private static bool HasAccuracy(IEnumerable<EpochResult> epochs) => epochs.Any(epoch => epoch.Accuracy is not null || epoch.ValidationAccuracy is not null);

    private static (double X, double Y)[] Points(IEnumerable<EpochResult> epochs, Func<EpochResult, double?> figure) =>
        [.. epochs.Select(epoch => ((double)epoch.Epoch, figure(epoch) ?? double.NaN))];

    private static Html Draw(string quantity, List<Curve> curves, bool isShare, int? best, double? atBest, params IReadOnlyList<(double X, double Y)[]> behind)
    {
        (double X, double Y)[] all = [.. curves.SelectMany(curve => curve.Points), .. behind.SelectMany(points => points)];
        double[] values = [.. all.Select(point => point.Y)];
        if (!values.Any(double.IsFinite))
        {
            return Html.Of($"""<p class="remark">{quantity}: no figure is a finite number.</p>""");
        }
        double[] epochs = [.. all.Select(point => point.X)];
        ChartAxis x = new("epoch", epochs.Min(), Math.Max(epochs.Max(), epochs.Min() + 1), "N0") { IsWhole = true };
        ChartAxis y = isShare ? ChartAxis.Around("", values, 0.02, "0.##%", lowest: 0, highest: 1) : LossAxis([.. values.Where(double.IsFinite)]);
        string format = isShare ? "0.00%" : "G4";
        SvgChart chart = new($"{quantity} over the epochs: {string.Join("; ", curves.Select(curve => InWords(curve, format)))}", x, y);
        if (best is int epoch && curves.Count > 0)
        {
            chart.Add(Html.Of($"""<path class="mark" d="M{chart.X(epoch):0.#} {chart.Y(y.High):0.#}V{chart.Y(y.Low):0.#}"/>"""));
        }
        foreach ((double X, double Y)[] points in behind.Where(points => points.Length > 0))
        {
            chart.AddLine("behind", points, hasDots: points.Length == 1);
        }
        // The first on top: each is seen where both are the same.
        foreach (Curve curve in Enumerable.Reverse(curves))
        {
            chart.AddLine(curve.Style, curve.Points, curve.Points.Length <= MostDots);
        }
        return Html.Of($"""
            <figure>
            <figcaption><b>{quantity}{(y.IsLogarithmic ? ", logarithmic" : "")}</b> {curves.Select(Key)}{KeyOfBest(best, atBest, format)}</figcaption>
            {chart.ToHtml()}
            </figure>

            """);
    }

    private static Html Key(Curve curve) => SvgChart.Key(Html.Of($"""<path class="line {curve.Style}" d="M1 4H17"/>"""), curve.Name);

    private static Html KeyOfBest(int? best, double? figure, string format)
    {
        if (best is not int epoch)
        {
            return Html.Empty;
        }
        string value = figure is double number && double.IsFinite(number) ? $", {number.ToString(format, CultureInfo.InvariantCulture)}" : "";
        return SvgChart.Key(Html.Of($"""<path class="mark" d="M1 4H18"/>"""), string.Create(CultureInfo.InvariantCulture, $"kept: epoch {epoch}{value}"));
    }

    /// <summary>A logarithmic one where the losses would otherwise lie at its foot.</summary>
    private static ChartAxis LossAxis(double[] losses)
    {
        const double Decades = 2, Room = 1.3;
        double low = losses.Min(), high = losses.Max();
        return low > 0 && Math.Log10(high / low) > Decades
            ? new ChartAxis("", low / Room, high * Room, "G4") { IsLogarithmic = true }
            : ChartAxis.Around("", losses, Math.Max(1e-9, 0.01 * high), "G4", lowest: 0);
    }

    private static string InWords(Curve curve, string format)
    {
        (double X, double Y)[] finite = [.. curve.Points.Where(point => double.IsFinite(point.Y))];
        return $"{curve.Name} from {At(finite[0])} to {At(finite[^1])}";

        string At((double X, double Y) point) => string.Create(CultureInfo.InvariantCulture, $"{point.Y.ToString(format, CultureInfo.InvariantCulture)} in epoch {point.X}");
    }

    /// <param name="Style">Its class in the style sheet.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Points">Epoch and figure; not a number where there is none.</param>
    private sealed record Curve(string Style, string Name, (double X, double Y)[] Points);
}
