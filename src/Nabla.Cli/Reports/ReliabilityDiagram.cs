using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>Draws a network's accuracy over its confidence: on the dashed line, its confidence is true.</summary>
internal static class ReliabilityDiagram
{
    private const double MostRadius = 11, LeastRadius = 2.5;

    public static Html Of(Calibration before, Calibration after, double temperature, string unit)
    {
        ChartAxis x = new("confidence", 0, 1, "0%"), y = new("accuracy", 0, 1, "0%");
        SvgChart chart = new(string.Create(CultureInfo.InvariantCulture, $"Accuracy over confidence of the {unit}s; expected calibration error {after.ExpectedError:0.00%}"), x, y, isSquare: true);
        chart.Add(Html.Of($"""<path class="mark" d="M{chart.X(0):0.#} {chart.Y(0):0.#}L{chart.X(1):0.#} {chart.Y(1):0.#}"/>"""));
        if (temperature != 1)
        {
            AddBins(chart, before, "before", unit);
        }
        AddBins(chart, after, "after", unit);
        return Html.Of($"""
            <figure>
            <figcaption><b>Reliability</b> {(temperature == 1 ? Html.Empty : Key("before", "without temperature"))}{Key("after", temperature == 1 ? "the model" : string.Create(CultureInfo.InvariantCulture, $"with temperature {temperature:G3}"))}</figcaption>
            {chart.ToHtml()}
            </figure>
            """);
    }

    private static Html Key(string style, string text) => SvgChart.Key(Html.Of($"""<g class="bin {style}"><circle cx="9" cy="4" r="3.2"/></g>"""), text);

    /// <summary>A circle for each bin that has samples, its area by how many, and as a line within what the share probably is.</summary>
    private static void AddBins(SvgChart chart, Calibration calibration, string style, string unit)
    {
        double all = calibration.Bins.Sum(bin => bin.Count);
        foreach (CalibrationBin bin in calibration.Bins.Where(bin => bin.Count > 0 && double.IsFinite(bin.Confidence)))
        {
            (double low, double high) = WilsonInterval.Of((int)Math.Round(bin.Accuracy * bin.Count), bin.Count);
            double x = chart.X(bin.Confidence), radius = Math.Max(LeastRadius, MostRadius * Math.Sqrt(bin.Count / all));
            chart.Add(Html.Of($"""
                <g class="bin {style}">
                <title>{bin.Count:N0} {(bin.Count == 1 ? unit : $"{unit}s")}: mean confidence {bin.Confidence:0.0%}, accuracy {bin.Accuracy:0.0%}</title>
                <path d="M{x:0.#} {chart.Y(low):0.#}V{chart.Y(high):0.#}"/><circle cx="{x:0.#}" cy="{chart.Y(bin.Accuracy):0.#}" r="{radius:0.#}"/>
                </g>

                """));
        }
    }
}
