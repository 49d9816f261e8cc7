using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Nabla.Cli.Plotting;

/// <summary>Draws a learning-rate range test: the loss over the rate, which grows tenfold from one tick to the next, and the suggestion.</summary>
internal static class RateRangePlot
{
    private const int Width = 900;
    private const int Height = 460;

    // From the least loss up, in parts of what the first loss is above it: what runs away would press all else flat.
    private const double Shown = 1.6;

    private static readonly Color BatchColor = Color.FromHex("#E69F00");
    private static readonly Color SmoothedColor = Color.FromHex("#003F72");
    private static readonly Color SuggestionColor = Color.FromHex("#777777");

    public static byte[] Png(string title, LearningRateRange range)
    {
        LearningCurves.UsePictureFont();
        Plot plot = new();
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.Label.FontSize = 16;
        plot.Axes.Left.Label.Text = "loss";
        plot.Axes.Bottom.Label.Text = "learning rate";
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        Add(plot, "a batch", range, point => point.Loss, BatchColor, 1);
        Add(plot, "smoothed", range, point => point.SmoothedLoss, SmoothedColor, 3);
        if (range.Suggestion is double rate)
        {
            VerticalLine line = plot.Add.VerticalLine(Math.Log10(rate), 1.5f, SuggestionColor, LinePattern.Dashed);
            line.LegendText = string.Create(CultureInfo.InvariantCulture, $"suggestion: {rate:G2}, the steepest fall");
        }
        double least = range.Points.Min(point => point.SmoothedLoss), first = range.Points[0].SmoothedLoss;
        double room = Math.Max(first - least, 0.01 * Math.Abs(first) + 1e-6);
        plot.Axes.SetLimitsY(least - 0.1 * room, least + Shown * room);
        plot.Axes.SetLimitsX(Math.Log10(range.Points[0].LearningRate), Math.Log10(range.Points[^1].LearningRate));
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic
        {
            IntegerTicksOnly = true,
            LabelFormatter = power => Math.Pow(10, power).ToString("0.#######", CultureInfo.InvariantCulture),
        };
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.TightHorizontalWrapping = true;
        plot.Legend.InterItemPadding = new PixelPadding(left: 12, right: 12, bottom: 0, top: 0);
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
        return plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);
    }

    private static void Add(Plot plot, string name, LearningRateRange range, Func<LearningRatePoint, double> loss, Color color, float width)
    {
        Scatter curve = plot.Add.Scatter(range.Points.Select(point => new Coordinates(Math.Log10(point.LearningRate), loss(point))).ToArray(), color);
        curve.LegendText = name;
        curve.LineWidth = width;
        curve.MarkerShape = MarkerShape.None;
    }
}
