using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Nabla.Cli.Plotting;

/// <summary>
/// Draws how a training went: loss above, accuracy below if there is any, over the epochs. Training is a light thin line,
/// validation a dark thick one, so that the two can be told apart without colours, too.
/// </summary>
internal sealed class LearningCurves
{
    /// <summary>Pixels of the picture, and units of the SVG.</summary>
    public const int Width = 900;
    private const int PanelHeight = 380;

    /// <summary>More points than this are a line without markers.</summary>
    private const int MaxMarkers = 30;

    private static readonly Color TrainingColor = Color.FromHex("#E69F00");
    private static readonly Color ValidationColor = Color.FromHex("#003F72");
    private static readonly Color BestColor = Color.FromHex("#777777");

    private readonly IReadOnlyList<EpochResult> _epochs;
    private readonly Plot[] _panels;

    static LearningCurves()
    {
        Fonts.FontResolvers.Clear();
        Fonts.FontResolvers.Add(new PictureFontResolver());
    }

    /// <param name="title">What was trained.</param>
    /// <param name="epochs">At least one, in order.</param>
    public LearningCurves(string title, IReadOnlyList<EpochResult> epochs)
    {
        _epochs = epochs;
        Plot loss = Panel("loss", epoch => epoch.Loss, epoch => epoch.ValidationLoss, Text, Alignment.UpperRight);
        loss.Axes.Title.Label.Text = title;
        loss.Axes.Title.Label.Bold = false;
        loss.Axes.Title.Label.FontSize = 16;
        _panels = epochs.Any(epoch => epoch.Accuracy is not null || epoch.ValidationAccuracy is not null)
            ? [loss, AccuracyPanel()]
            : [loss];
        _panels[^1].Axes.Bottom.Label.Text = "epoch";
    }

    /// <summary>Pixels of the picture, and units of the SVG.</summary>
    public int Height => PanelHeight * _panels.Length;

    /// <summary>The epoch whose weights were kept.</summary>
    public EpochResult Best => _epochs.Aggregate((EpochResult?)null, (best, epoch) => epoch.IsBetterThan(best) ? epoch : best)!;

    public void WritePng(Stream stream)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        png.SaveTo(stream);
    }

    public void WriteSvg(Stream stream)
    {
        using SKDynamicMemoryWStream svg = new();
        // The canvas writes the end of the document when it is disposed of.
        using (SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), svg))
        {
            Draw(canvas);
        }
        using SKData data = svg.DetachAsData();
        data.SaveTo(stream);
    }

    private void Draw(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        for (int i = 0; i < _panels.Length; i++)
        {
            _panels[i].Render(canvas, new PixelRect(0, Width, PanelHeight * (i + 1), PanelHeight * i));
        }
    }

    private Plot AccuracyPanel()
    {
        Plot plot = Panel("accuracy", epoch => epoch.Accuracy, epoch => epoch.ValidationAccuracy, Percent, Alignment.LowerRight);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = share => share is > -1e-9 and < 1 + 1e-9 ? Percent(share) : "" };
        return plot;
    }

    private Plot Panel(string quantity, Func<EpochResult, double?> training, Func<EpochResult, double?> validation, Func<double, string> format, Alignment legend)
    {
        Plot plot = new();
        // Each would wipe the one above it.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        // Panels below one another have to begin at the same place.
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 80;
        plot.Axes.Right.MinimumSize = 20;
        plot.Axes.Left.Label.Text = quantity;
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        AddCurve(plot, "training", training, TrainingColor, width: 1.5f, MarkerShape.OpenCircle);
        AddCurve(plot, "validation", validation, ValidationColor, width: 2.5f, MarkerShape.FilledCircle);
        MarkBest(plot, validation(Best) ?? training(Best), format);
        double margin = Math.Max(0.5, 0.02 * (_epochs[^1].Epoch - _epochs[0].Epoch));
        plot.Axes.SetLimitsX(_epochs[0].Epoch - margin, _epochs[^1].Epoch + margin);
        plot.ShowLegend(legend);
        return plot;
    }

    private void AddCurve(Plot plot, string name, Func<EpochResult, double?> value, Color color, float width, MarkerShape marker)
    {
        // A number that is none ends the curve there; ScottPlot leaves a gap for NaN.
        Coordinates[] points = [.. _epochs.Select(epoch => new Coordinates(epoch.Epoch, value(epoch) is double number && double.IsFinite(number) ? number : double.NaN))];
        if (!points.Any(point => double.IsFinite(point.Y)))
        {
            return;
        }
        Scatter curve = plot.Add.Scatter(points, color);
        curve.LegendText = name;
        curve.LineWidth = width;
        curve.MarkerShape = points.Length <= MaxMarkers ? marker : MarkerShape.None;
        curve.MarkerSize = 7;
    }

    private void MarkBest(Plot plot, double? value, Func<double, string> format)
    {
        VerticalLine line = plot.Add.VerticalLine(Best.Epoch, 1.5f, BestColor, LinePattern.Dashed);
        line.LegendText = $"kept: epoch {Best.Epoch.ToString("N0", CultureInfo.InvariantCulture)}{(value is double number ? $", {format(number)}" : "")}";
    }

    private static string Text(double loss) => loss.ToString("G4", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0.##%", CultureInfo.InvariantCulture);
}
