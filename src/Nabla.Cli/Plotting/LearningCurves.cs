using System.Globalization;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Nabla.Cli.Plotting;

/// <summary>
/// Draws how a training went: loss above, accuracy below if there is any, over the epochs. Training is a light thin line,
/// validation a dark thick one below it, so that the two can be told apart without colours, and where they are the same, too.
/// </summary>
internal sealed class LearningCurves
{
    /// <summary>Pixels of the picture, and units of the SVG.</summary>
    public const int Width = 900;
    private const int PanelHeight = 380;

    /// <summary>More points than this are a line without markers.</summary>
    private const int MaxMarkers = 30;

    /// <summary>Room between the curves and the frame, as a share of their range.</summary>
    private const double Margin = 0.08;

    private static readonly Color TrainingColor = Color.FromHex("#E69F00");
    private static readonly Color ValidationColor = Color.FromHex("#003F72");
    private static readonly Color BestColor = Color.FromHex("#777777");

    private readonly IReadOnlyList<EpochResult> _epochs;
    private readonly Plot[] _panels;

    static LearningCurves() => UsePictureFont();

    /// <summary>The embedded font for all that is drawn, whatever fonts the system has.</summary>
    public static void UsePictureFont()
    {
        Fonts.FontResolvers.Clear();
        Fonts.FontResolvers.Add(new PictureFontResolver());
    }

    /// <param name="title">What was trained.</param>
    /// <param name="epochs">At least one, in order.</param>
    public LearningCurves(string title, IReadOnlyList<EpochResult> epochs)
    {
        _epochs = epochs;
        Plot loss = Panel("loss", epoch => epoch.Loss, epoch => epoch.ValidationLoss, Loss, LossRange);
        loss.Axes.Title.Label.Text = title;
        loss.Axes.Title.Label.Bold = false;
        loss.Axes.Title.Label.FontSize = 16;
        _panels = epochs.Any(epoch => epoch.Accuracy is not null || epoch.ValidationAccuracy is not null)
            ? [loss, Panel("accuracy", epoch => epoch.Accuracy, epoch => epoch.ValidationAccuracy, Percent, AccuracyRange)]
            : [loss];
        _panels[^1].Axes.Bottom.Label.Text = "epoch";
    }

    /// <summary>Pixels of the picture, and units of the SVG.</summary>
    public int Height => PanelHeight * _panels.Length;

    /// <summary>The epoch that did best in validation. Its weights are those of the model, unless the recipe keeps the last.</summary>
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

    private Plot Panel(string quantity, Func<EpochResult, double?> training, Func<EpochResult, double?> validation, Func<double, string> format, Func<double, double, CoordinateRange> range)
    {
        Plot plot = new();
        // Each would wipe the one above it.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        // Panels below one another have to begin at the same place.
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 90;
        plot.Axes.Right.MinimumSize = 20;
        plot.Axes.Left.Label.Text = quantity;
        plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true, MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };
        // The thin line over the thick one: each is seen where both are the same.
        AddCurve(plot, "validation", validation, ValidationColor, width: 3, MarkerShape.FilledCircle, markerSize: 8);
        AddCurve(plot, "training", training, TrainingColor, width: 1.5f, MarkerShape.OpenCircle, markerSize: 6);
        MarkBest(plot, validation(Best) ?? training(Best), format);
        double margin = Math.Max(0.5, 0.02 * (_epochs[^1].Epoch - _epochs[0].Epoch));
        plot.Axes.SetLimitsX(_epochs[0].Epoch - margin, _epochs[^1].Epoch + margin);
        double[] finite = [.. _epochs.SelectMany(epoch => new[] { training(epoch), validation(epoch) }).OfType<double>().Where(double.IsFinite)];
        if (finite.Length > 0)
        {
            CoordinateRange shown = range(finite.Min(), finite.Max());
            double room = Margin * shown.Length;
            plot.Axes.SetLimitsY(shown.Min - room, shown.Max + room);
            plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = format };
        }
        else
        {
            plot.Axes.SetLimitsY(0, 1);
            plot.Axes.Left.TickGenerator = new EmptyTickGenerator();
            Annotation remark = plot.Add.Annotation($"no {quantity} is a finite number", Alignment.MiddleCenter);
            remark.LabelBackgroundColor = Colors.White;
            remark.LabelBorderWidth = 0;
            remark.LabelShadowColor = Colors.Transparent;
        }
        // Outside of the axes, where it covers nothing.
        plot.Legend.Orientation = Orientation.Horizontal;
        plot.Legend.TightHorizontalWrapping = true;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.Padding = new PixelPadding(0);
        plot.Legend.InterItemPadding = new PixelPadding(left: 12, right: 12, bottom: 0, top: 0);
        plot.ShowLegend(Edge.Bottom);
        return plot;
    }

    /// <summary>At least a hundredth of the loss, so that what differs in the last digits only is a flat line.</summary>
    private static CoordinateRange LossRange(double low, double high)
    {
        double missing = 0.01 * high - (high - low);
        return high == 0 ? new CoordinateRange(0, 1) : missing <= 0 ? new CoordinateRange(low, high) : new CoordinateRange(low - missing / 2, high + missing / 2);
    }

    /// <summary>At least two per cent, and none that cannot be.</summary>
    private static CoordinateRange AccuracyRange(double low, double high)
    {
        const double Least = 0.02;
        double bottom = Math.Clamp((low + high - Least) / 2, 0, 1 - Least);
        return high - low >= Least ? new CoordinateRange(low, high) : new CoordinateRange(bottom, bottom + Least);
    }

    private void AddCurve(Plot plot, string name, Func<EpochResult, double?> value, Color color, float width, MarkerShape marker, float markerSize)
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
        curve.MarkerSize = markerSize;
    }

    private void MarkBest(Plot plot, double? value, Func<double, string> format)
    {
        VerticalLine line = plot.Add.VerticalLine(Best.Epoch, 1.5f, BestColor, LinePattern.Dashed);
        line.LegendText = $"best: epoch {Best.Epoch.ToString("N0", CultureInfo.InvariantCulture)}{(value is double number && double.IsFinite(number) ? $", {format(number)}" : "")}";
    }

    private static string Loss(double loss) => loss < -1e-9 ? "" : loss.ToString("G5", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share is < -1e-9 or > 1 + 1e-9 ? "" : share.ToString("0.##%", CultureInfo.InvariantCulture);
}

/// <summary>Gives ScottPlot the embedded font, whatever font it asks for.</summary>
internal sealed class PictureFontResolver : IFontResolver
{
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => PictureFont.Typeface;

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => PictureFont.Typeface;
}
