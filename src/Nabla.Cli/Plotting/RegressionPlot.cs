using ScottPlot;
using ScottPlot.Plottables;

namespace Nabla.Cli.Plotting;

/// <summary>Draws what a network answers over what is true: on the dashed line, it is right.</summary>
internal static class RegressionPlot
{
    private const int Width = 620;
    private const int Height = 600;

    // As much as there is room for.
    private const int MaxTextLength = 60;

    // More points than this are small ones.
    private const int ManyPoints = 500;

    private static readonly Color PointColor = Color.FromHex("#003F72");
    private static readonly Color LineColor = Color.FromHex("#777777");

    /// <param name="title">What is measured.</param>
    /// <param name="name">What is answered; null where it has no name.</param>
    /// <param name="figures">How good the answers are.</param>
    /// <param name="truth">The right numbers; at least one.</param>
    /// <param name="answers">As many answers.</param>
    public static byte[] Png(string title, string? name, RegressionFigures figures, ReadOnlySpan<float> truth, ReadOnlySpan<float> answers)
    {
        LearningCurves.UsePictureFont();
        Plot plot = new();
        plot.Axes.Title.Label.Text = $"{Shortened(title)}\n{figures}";
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.Label.FontSize = 14;
        plot.Axes.Bottom.Label.Text = name is null ? "true" : $"true {Shortened(name)}";
        plot.Axes.Left.Label.Text = name is null ? "predicted" : $"predicted {Shortened(name)}";
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        double least = double.PositiveInfinity, greatest = double.NegativeInfinity;
        Coordinates[] points = new Coordinates[truth.Length];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = new Coordinates(truth[i], answers[i]);
            least = Math.Min(least, Math.Min(truth[i], answers[i]));
            greatest = Math.Max(greatest, Math.Max(truth[i], answers[i]));
        }
        double margin = greatest > least ? 0.05 * (greatest - least) : 1;
        LinePlot line = plot.Add.Line(least - margin, least - margin, greatest + margin, greatest + margin);
        line.LinePattern = LinePattern.Dashed;
        line.LineColor = LineColor;
        Markers markers = plot.Add.Markers(points, MarkerShape.FilledCircle, points.Length > ManyPoints ? 3 : 6, PointColor.WithAlpha(0.6));
        markers.LegendText = "";
        plot.Axes.SetLimits(least - margin, greatest + margin, least - margin, greatest + margin);
        return plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);
    }

    private static string Shortened(string text) => text.Length <= MaxTextLength ? text : $"{text[..(MaxTextLength - 1)]}…";
}
