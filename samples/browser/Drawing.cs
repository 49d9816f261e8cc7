using System.Globalization;

namespace Nabla.Samples.Browser;

/// <summary>What is drawn on the pad: lines of a round pen, on a square of <see cref="Side"/> units.</summary>
internal sealed class Drawing
{
    public const int Side = 280, PenWidth = 22;

    // Enough for a reader that looks at 28×28 in the end.
    private const int Pixels = 112;
    private const double Scale = (double)Pixels / Side;

    private readonly byte[] _ink = new byte[Pixels * Pixels];
    private readonly List<List<(double X, double Y)>> _lines = [];

    public bool IsEmpty => _lines.Count == 0;

    /// <summary>Each line as SVG wants it: x,y x,y …</summary>
    public IEnumerable<string> Lines =>
        _lines.Select(line => string.Join(' ', line.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}"))));

    public void Begin(double x, double y)
    {
        _lines.Add([]);
        Extend(x, y);
    }

    public void Extend(double x, double y)
    {
        List<(double X, double Y)> line = _lines[^1];
        (double X, double Y) before = line.Count == 0 ? (x, y) : line[^1];
        line.Add((x, y));
        Ink(before.X * Scale, before.Y * Scale, x * Scale, y * Scale);
    }

    public void Clear()
    {
        _lines.Clear();
        Array.Clear(_ink);
    }

    /// <summary>Dark ink on white.</summary>
    public Picture ToPicture() => Picture.FromGrey([.. _ink.Select(ink => (byte)(byte.MaxValue - ink))], Pixels, Pixels);

    /// <summary>Inks all pixels as near to a line as half the pen's width; those at its edge in part.</summary>
    private void Ink(double x0, double y0, double x1, double y1)
    {
        const double Radius = PenWidth / 2.0 * Scale;
        int left = Bounded(Math.Min(x0, x1) - Radius - 1), right = Bounded(Math.Max(x0, x1) + Radius + 1);
        int top = Bounded(Math.Min(y0, y1) - Radius - 1), bottom = Bounded(Math.Max(y0, y1) + Radius + 1);
        double dx = x1 - x0, dy = y1 - y0, square = dx * dx + dy * dy;
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                double px = x + 0.5 - x0, py = y + 0.5 - y0;
                double along = square == 0 ? 0 : Math.Clamp((px * dx + py * dy) / square, 0, 1);
                double distance = Math.Sqrt((px - along * dx) * (px - along * dx) + (py - along * dy) * (py - along * dy));
                byte ink = (byte)(byte.MaxValue * Math.Clamp(Radius + 0.5 - distance, 0, 1));
                _ink[y * Pixels + x] = Math.Max(_ink[y * Pixels + x], ink);
            }
        }
    }

    private static int Bounded(double pixel) => (int)Math.Clamp(pixel, 0, Pixels);
}
