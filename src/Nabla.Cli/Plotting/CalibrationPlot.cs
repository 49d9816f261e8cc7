using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;

namespace Nabla.Cli.Plotting;

/// <summary>Draws how often a network is right over how sure it is: on the dashed line, it is as often right as it says.</summary>
internal static class CalibrationPlot
{
    private const int Width = 620;
    private const int Height = 560;

    private static readonly Color BeforeColor = Color.FromHex("#E69F00");
    private static readonly Color AfterColor = Color.FromHex("#003F72");
    private static readonly Color LineColor = Color.FromHex("#777777");

    /// <param name="title">What is measured.</param>
    /// <param name="before">At temperature 1.</param>
    /// <param name="after">At the network's temperature.</param>
    /// <param name="temperature">The network's temperature.</param>
    public static byte[] Png(string title, Calibration before, Calibration after, double temperature)
    {
        LearningCurves.UsePictureFont();
        Plot plot = new();
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Title.Label.Bold = false;
        plot.Axes.Title.Label.FontSize = 16;
        plot.Axes.Left.Label.Text = "share that is right";
        plot.Axes.Bottom.Label.Text = "confidence";
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        LinePlot line = plot.Add.Line(0, 0, 1, 1);
        line.LinePattern = LinePattern.Dashed;
        line.LineColor = LineColor;
        if (temperature != 1)
        {
            Add(plot, "at temperature 1", before, BeforeColor);
        }
        Add(plot, string.Create(CultureInfo.InvariantCulture, $"at temperature {temperature}"), after, AfterColor);
        plot.Axes.SetLimits(0, 1.03, 0, 1.03);
        plot.Legend.Orientation = Orientation.Vertical;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.ShowLegend(Edge.Bottom);
        return plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);
    }

    private static void Add(Plot plot, string name, Calibration calibration, Color color)
    {
        CalibrationBin[] bins = [.. calibration.Bins.Where(bin => bin.Count > 0)];
        Scatter curve = plot.Add.Scatter(bins.Select(bin => new Coordinates(bin.Confidence, bin.Accuracy)).ToArray(), color);
        curve.LineWidth = 1;
        curve.MarkerSize = 0;
        curve.LegendText = string.Create(CultureInfo.InvariantCulture, $"{name}: expected calibration error {calibration.ExpectedError:0.00%}");
        double all = bins.Sum(bin => bin.Count);
        foreach (CalibrationBin bin in bins)
        {
            // Areas say how many predictions there are; the smallest must still be seen.
            plot.Add.Marker(bin.Confidence, bin.Accuracy, MarkerShape.FilledCircle, (float)Math.Max(4, 16 * Math.Sqrt(bin.Count / all)), color.WithAlpha(0.6));
        }
    }
}
