using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace Nabla.Cli.Display;

/// <summary>Draws how a training went: the loss, and below it the accuracy where there is one, over the epochs.</summary>
internal sealed class LearningCurves
{
    private const int Width = 800;
    private const int PlotHeight = 360;

    // More points than this would run into one another; then the line alone is drawn.
    private const int MostMarkers = 60;

    // Dark and light enough to be told apart in grey, and blue and orange for those who see few colours.
    private static readonly Color TrainingColour = Color.FromHex("#1f4e79");
    private static readonly Color ValidationColour = Color.FromHex("#e07b00");

    private readonly IReadOnlyList<EpochResult> _epochs;
    private readonly EpochResult? _best;
    private readonly List<Plot> _plots = [];

    static LearningCurves()
    {
        Fonts.FontResolvers.Clear();
        Fonts.FontResolvers.Add(new EmbeddedFont());
        Fonts.Default = PictureFont.Typeface.FamilyName;
    }

    /// <param name="epochs">At least one.</param>
    public LearningCurves(IReadOnlyList<EpochResult> epochs)
    {
        _epochs = epochs;
        foreach (EpochResult epoch in epochs)
        {
            if (double.IsFinite(epoch.Loss) && epoch.IsBetterThan(_best))
            {
                _best = epoch;
            }
        }
        _plots.Add(Draw("Loss", epoch => epoch.Loss, epoch => epoch.ValidationLoss, Alignment.UpperRight));
        if (epochs.Any(epoch => epoch.Accuracy is not null || epoch.ValidationAccuracy is not null))
        {
            _plots.Add(Draw("Accuracy, %", epoch => 100 * epoch.Accuracy, epoch => 100 * epoch.ValidationAccuracy, Alignment.LowerRight));
        }
    }

    public void WritePng(string path)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(Width, Height));
        Render(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    public void WriteSvg(string path) => AtomicFile.Write(path, stream =>
    {
        using SKCanvas canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream);
        Render(canvas);
    });

    private int Height => PlotHeight * _plots.Count;

    private void Render(SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        for (int i = 0; i < _plots.Count; i++)
        {
            // Each plot begins by clearing all that it may draw on.
            canvas.Save();
            canvas.ClipRect(SKRect.Create(0, i * PlotHeight, Width, PlotHeight));
            _plots[i].Render(canvas, new PixelRect(0, Width, (i + 1) * PlotHeight, i * PlotHeight));
            canvas.Restore();
        }
    }

    private Plot Draw(string name, Func<EpochResult, double?> training, Func<EpochResult, double?> validation, Alignment legend)
    {
        Plot plot = new();
        AddCurve(plot, "training", training, TrainingColour, LinePattern.Solid, MarkerShape.FilledCircle);
        AddCurve(plot, "validation", validation, ValidationColour, LinePattern.Dashed, MarkerShape.OpenSquare);
        if (_best?.ValidationLoss is not null && _epochs.Count > 1)
        {
            ScottPlot.Plottables.VerticalLine line = plot.Add.VerticalLine(_best.Epoch, 1, Colors.Gray, LinePattern.Dotted);
            line.LegendText = string.Create(CultureInfo.InvariantCulture, $"best: epoch {_best.Epoch}");
        }
        plot.XLabel("Epoch");
        plot.YLabel(name);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.SetLimitsX(_epochs[0].Epoch - Margin, _epochs[^1].Epoch + Margin);
        plot.Legend.Padding = new PixelPadding(8, 8, 6, 10);
        plot.Legend.SymbolWidth = 32;
        plot.ShowLegend(legend);
        return plot;
    }

    private double Margin => Math.Max(0.5, 0.02 * _epochs.Count);

    private void AddCurve(Plot plot, string name, Func<EpochResult, double?> value, Color colour, LinePattern pattern, MarkerShape marker)
    {
        // Where a training diverges, the losses end in NaN: those points are nowhere.
        EpochResult[] drawn = [.. _epochs.Where(epoch => value(epoch) is double number && double.IsFinite(number))];
        if (drawn.Length == 0)
        {
            return;
        }
        ScottPlot.Plottables.Scatter curve = plot.Add.Scatter(drawn.Select(epoch => (double)epoch.Epoch).ToArray(), drawn.Select(epoch => value(epoch)!.Value).ToArray(), colour);
        curve.LegendText = name;
        curve.LineWidth = 2;
        curve.LinePattern = pattern;
        curve.MarkerSize = drawn.Length <= MostMarkers ? 6 : 0;
        curve.MarkerShape = marker;
    }

    private sealed class EmbeddedFont : IFontResolver
    {
        public SKTypeface CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => PictureFont.Typeface;

        public SKTypeface CreateTypeface(string fontName, bool bold, bool italic) => PictureFont.Typeface;
    }
}
