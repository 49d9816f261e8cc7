using System.Globalization;
using System.Text;

namespace Nabla.Cli.Reports;

/// <summary>
/// A chart as inline SVG: two axes with ticks and names, and the marks that are put between them, in figures of the data. Its colours are
/// the page's, so it is dark where the page is.
/// </summary>
internal sealed class SvgChart
{
    // In units of the drawing; the page scales it to its column. Text of 11 units is 10 to 14 pixels.
    private const double Width = 400;
    private const double Left = 50, Right = 12, Top = 8, Bottom = 38;

    private readonly string _description;
    private readonly ChartAxis _x, _y;
    private readonly double _height;
    private readonly List<Html> _marks = [];

    /// <param name="description">What it shows, in words, for those who do not see it.</param>
    /// <param name="x">The axis to the right.</param>
    /// <param name="y">The axis upwards.</param>
    /// <param name="isSquare">Whether both axes are of one length, else twice as wide as high.</param>
    public SvgChart(string description, ChartAxis x, ChartAxis y, bool isSquare = false)
    {
        _description = description;
        (_x, _y) = (x, y);
        _height = isSquare ? Width - Left - Right + Top + Bottom : 230;
    }

    /// <summary>Where a figure is on the axis to the right.</summary>
    public double X(double value) => Left + _x.Share(value) * (Width - Left - Right);

    /// <summary>Where a figure is on the axis upwards.</summary>
    public double Y(double value) => _height - Bottom - _y.Share(value) * (_height - Top - Bottom);

    /// <summary>Adds marks above those before.</summary>
    public void Add(Html marks) => _marks.Add(marks);

    /// <summary>Adds a line through points; where one is no number, it is broken.</summary>
    /// <param name="style">Its class in the style sheet.</param>
    /// <param name="points">The points, in order.</param>
    /// <param name="hasDots">Whether each point has a dot.</param>
    public void AddLine(string style, IReadOnlyList<(double X, double Y)> points, bool hasDots)
    {
        StringBuilder path = new();
        bool isDrawing = false;
        foreach ((double x, double y) in points)
        {
            if (double.IsFinite(y))
            {
                path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{X(x):0.#} {Y(y):0.#}");
            }
            isDrawing = double.IsFinite(y);
        }
        Add(Html.Of($"<path class=\"line {style}\" d=\"{path.ToString()}\"/>"));
        if (hasDots)
        {
            Add(Html.Join(points.Where(point => double.IsFinite(point.Y)).Select(point => Html.Of($"<circle class=\"dot {style}\" cx=\"{X(point.X):0.#}\" cy=\"{Y(point.Y):0.#}\" r=\"{(points.Count == 1 ? 4 : 2.5)}\"/>"))));
        }
    }

    /// <summary>An entry of a legend.</summary>
    /// <param name="mark">What stands for it, drawn in 18 by 8 units.</param>
    /// <param name="text">What it is.</param>
    public static Html Key(Html mark, Html text) => Html.Of($"""<span class="key"><svg viewBox="0 0 18 8" aria-hidden="true">{mark}</svg>{text}</span> """);

    public Html ToHtml() => Html.Of($"""
        <svg class="chart" viewBox="0 0 {Width} {_height}" role="img" aria-label="{_description}">
        <g class="grid">{_y.Ticks.Select(tick => Html.Of($"<path d=\"M{Left} {Y(tick):0.#}H{Width - Right}\"/>"))}</g>
        <g class="ticks right">{_y.Ticks.Select(tick => Html.Of($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 3.5:0.#}\">{_y.Label(tick)}</text>"))}</g>
        <g class="ticks middle">{_x.Ticks.Select(tick => Html.Of($"<text x=\"{X(tick):0.#}\" y=\"{_height - Bottom + 15}\">{_x.Label(tick)}</text>"))}</g>
        <path class="axis" d="M{Left} {_height - Bottom}H{Width - Right}"/>
        {_marks}
        <text class="name middle" x="{Left + (Width - Left - Right) / 2}" y="{_height - 5}">{_x.Name}</text>
        <text class="name middle" transform="translate(10 {Top + (_height - Top - Bottom) / 2:0.#}) rotate(-90)">{_y.Name}</text>
        </svg>
        """);
}

/// <summary>An axis of a chart.</summary>
/// <param name="Name">What it measures.</param>
/// <param name="Low">Where it begins.</param>
/// <param name="High">Where it ends, above that.</param>
/// <param name="Format">How .NET writes a figure beside it, such as <c>0.#%</c>.</param>
internal sealed record ChartAxis(string Name, double Low, double High, string Format)
{
    /// <summary>Whether there are ticks at whole numbers only.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether ten times as much is everywhere as far; both ends are then above 0.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Some room beside figures that a chart is to show, and an axis of a length even where all are the same.</summary>
    /// <param name="name">What it measures.</param>
    /// <param name="values">The figures; those that are no numbers do not count.</param>
    /// <param name="least">Its least length.</param>
    /// <param name="format">How .NET writes a figure.</param>
    /// <param name="lowest">Where it begins at the earliest.</param>
    /// <param name="highest">Where it ends at the latest.</param>
    public static ChartAxis Around(string name, IEnumerable<double> values, double least, string format, double lowest = double.NegativeInfinity, double highest = double.PositiveInfinity)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (double low, double high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        double room = Math.Max(0.06 * (high - low), (least - (high - low)) / 2);
        low = Math.Max(low - room, lowest);
        high = Math.Min(Math.Max(high + room, low + least), Math.Max(highest, low + least));
        return new ChartAxis(name, low, high, format);
    }

    /// <summary>Where a figure is, 0 to 1 along the axis.</summary>
    public double Share(double value) => IsLogarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);

    /// <summary>Some five round figures between both ends.</summary>
    public IEnumerable<double> Ticks => IsLogarithmic ? PowerTicks() : EvenTicks();

    public string Label(double tick) => tick.ToString(Format, CultureInfo.InvariantCulture).Replace('-', '−');

    private IEnumerable<double> EvenTicks()
    {
        double step = Step();
        for (double n = Math.Ceiling(Low / step - 1e-9); n * step <= High + 1e-9 * step; n++)
        {
            // Without the sign that a zero from below would have.
            yield return n * step + 0.0;
        }
    }

    /// <summary>Powers of ten, all or every so many.</summary>
    private IEnumerable<double> PowerTicks()
    {
        int first = (int)Math.Ceiling(Math.Log10(Low) - 1e-9), last = (int)Math.Floor(Math.Log10(High) + 1e-9), step = Math.Max(1, (last - first + 1) / 5);
        for (int power = first; power <= last; power += step)
        {
            yield return Math.Pow(10, power);
        }
    }

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private double Step()
    {
        double rough = (High - Low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power < 1.5 ? 1 : rough / power < 3.5 ? 2 : rough / power < 7.5 ? 5 : 10);
        return IsWhole ? Math.Max(1, Math.Round(step)) : step;
    }
}
