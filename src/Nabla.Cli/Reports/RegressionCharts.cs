using System.Globalization;
using System.Text;

namespace Nabla.Cli.Reports;

/// <summary>Draws the answers of a regression: over what is true, their residuals, and the rows where these are largest.</summary>
internal static class RegressionCharts
{
    // More than these would be a blot: then it is drawn how many are where.
    private const int MostPoints = 1500;

    private const int Cells = 48, FewestBars = 9, MostBars = 41, RowsShown = 12;

    /// <summary>Charts of all answers; those that are no finite number are counted.</summary>
    public static Html Of(Measurement measured)
    {
        Point[] points = Points(measured);
        int missing = measured.Answers.Count - points.Length;
        return Html.Of($"""
            {(missing == 0 ? Html.Empty : Html.Of($"""<p>{missing:N0} of {measured.Answers.Count:N0} answers are no finite number: the network's outputs overflow. They are left out here.</p>"""))}
            {(points.Length == 0 ? Html.Empty : Html.Of($"""<div class="columns">{PredictedOverTrue(measured, points)}<div>{Residuals(points)}</div></div>"""))}
            """);
    }

    private static Html PredictedOverTrue(Measurement measured, Point[] points)
    {
        double[] all = [.. points.Select(point => point.True), .. points.Select(point => point.Answer)];
        string? name = measured.Network.Schema?.AnswerName;
        ChartAxis x = ChartAxis.Around($"true {name}", all, 1e-9, "G4"), y = x with { Name = $"predicted {name}" };
        SvgChart chart = new(string.Create(CultureInfo.InvariantCulture, $"Predicted over true for {points.Length:N0} rows: {measured.Evaluation.Regression}"), x, y, isSquare: true);
        chart.Add(Html.Of($"""<path class="mark" d="M{chart.X(x.Low):0.#} {chart.Y(y.Low):0.#}L{chart.X(x.High):0.#} {chart.Y(y.High):0.#}"/>"""));
        chart.Add(points.Length > MostPoints
            ? Density(chart, x, points)
            : Html.Join(points.Select(point => Html.Of($"""<circle class="point" cx="{chart.X(point.True):0.#}" cy="{chart.Y(point.Answer):0.#}" r="2.5"/>"""))));
        return Html.Of($"""
            <figure>
            <figcaption><b>Predicted over true</b> on the dashed line both are equal{(points.Length > MostPoints ? "; the darker, the more rows" : "")}</figcaption>
            {chart.ToHtml()}
            </figure>
            """);
    }

    private static Html Residuals(Point[] points)
    {
        double[] residuals = [.. points.Select(point => point.Residual)];
        double most = Math.Max(residuals.Max(Math.Abs), 1e-9);
        // An odd number, so that the middle one is that of answers that are right.
        int bars = Math.Clamp(2 * (int)Math.Sqrt(residuals.Length) + 1, FewestBars, MostBars);
        int[] counts = new int[bars];
        foreach (double residual in residuals)
        {
            counts[Bar(residual)]++;
        }
        ChartAxis x = new("predicted less true", -most, most, "G4"), y = new("rows", 0, 1.06 * counts.Max(), "N0") { IsWhole = true };
        string description = string.Create(CultureInfo.InvariantCulture, $"Residuals of {residuals.Length:N0} rows, from {residuals.Min():G4} to {residuals.Max():G4}, {residuals.Average():G3} on average");
        SvgChart chart = new(description, x, y);
        double width = (chart.X(most) - chart.X(-most)) / bars;
        for (int bar = 0; bar < bars; bar++)
        {
            if (counts[bar] > 0)
            {
                double top = chart.Y(counts[bar]);
                chart.Add(Html.Of($"""
                    <rect class="bar" x="{chart.X(-most) + bar * width + 0.5:0.##}" y="{top:0.#}" width="{width - 1:0.##}" height="{chart.Y(0) - top:0.#}">
                    <title>{counts[bar]:N0} rows from {-most + bar * 2 * most / bars:G3} to {-most + (bar + 1) * 2 * most / bars:G3}</title></rect>

                    """));
            }
        }
        chart.Add(Html.Of($"""<path class="mark" d="M{chart.X(0):0.#} {chart.Y(0):0.#}V{chart.Y(y.High):0.#}"/>"""));
        return Html.Of($"""
            <figure>
            <figcaption><b>Residuals</b> predicted less true; {Signed(residuals.Average())} on average</figcaption>
            {chart.ToHtml()}
            </figure>
            """);

        int Bar(double residual) => Math.Clamp((int)((residual + most) / (2 * most) * bars), 0, bars - 1);
    }

    /// <summary>The rows with the largest residuals.</summary>
    public static Html LargestResiduals(Measurement measured) => FigureTable.Of(
        "Largest residuals",
        [measured.PlaceHeading, "True", "Predicted", "Residual"],
        Points(measured).OrderByDescending(point => Math.Abs(point.Residual)).Take(RowsShown).Select(point => (Html[])
            [(point.Row + 1).ToString("N0", CultureInfo.InvariantCulture), Text(point.True), Text(point.Answer), Signed(point.Residual)]));

    /// <summary>A number as people read it.</summary>
    public static string Text(double number) => number.ToString("G6", CultureInfo.InvariantCulture).Replace('-', '−');

    private static string Signed(double number) => $"{(number < 0 ? "−" : "+")}{Math.Abs(number).ToString("G4", CultureInfo.InvariantCulture)}";

    private static Point[] Points(Measurement measured) =>
    [
        .. measured.Answers.Select((answer, row) => new Point(row, measured.Truth!.Values[row], answer)).Where(point => double.IsFinite(point.Residual)),
    ];

    private static Html Density(SvgChart chart, ChartAxis axis, Point[] points)
    {
        int[,] counts = new int[Cells, Cells];
        foreach (Point point in points)
        {
            counts[Cell(point.True), Cell(point.Answer)]++;
        }
        double most = counts.Cast<int>().Max(), step = (axis.High - axis.Low) / Cells, side = chart.X(step) - chart.X(0);
        StringBuilder cells = new();
        for (int x = 0; x < Cells; x++)
        {
            for (int y = 0; y < Cells; y++)
            {
                if (counts[x, y] > 0)
                {
                    double left = chart.X(axis.Low + x * step), top = chart.Y(axis.Low + (y + 1) * step), opacity = 0.15 + 0.85 * Math.Sqrt(counts[x, y] / most);
                    cells.Append(Html.Of($"""<rect class="cell" x="{left:0.##}" y="{top:0.##}" width="{side:0.##}" height="{side:0.##}" opacity="{opacity:0.##}"/>"""));
                }
            }
        }
        return Html.Trusted(cells.ToString());

        int Cell(double value) => Math.Clamp((int)(axis.Share(value) * Cells), 0, Cells - 1);
    }

    /// <param name="Row">The row, from 0.</param>
    /// <param name="True">The right number.</param>
    /// <param name="Answer">The network's.</param>
    private readonly record struct Point(int Row, double True, double Answer)
    {
        public double Residual => Answer - True;
    }
}
