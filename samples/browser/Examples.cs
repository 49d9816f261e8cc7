namespace Nabla.Samples.Browser;

/// <summary>Digits as lines to draw, for those who cannot or do not like to draw.</summary>
internal sealed class Examples
{
    // x, y in tenths of the pad, line after line.
    private static readonly double[][][] Digits =
    [
        [[5, 2, 3.2, 3, 2.8, 5, 3.4, 7.4, 5, 8.2, 6.6, 7.4, 7.2, 5, 6.6, 2.8, 5, 2]],
        [[4, 3.2, 5.2, 2, 5.2, 8]],
        [[3, 3.4, 4, 2.2, 5.8, 2.2, 6.6, 3.4, 6, 5, 3, 8, 7, 8]],
        [[3.2, 2.6, 5, 2, 6.6, 3, 6, 4.6, 4.6, 5, 6.4, 5.6, 6.8, 7, 5.2, 8.2, 3.2, 7.6]],
        [[4, 2, 3, 5.6, 7.2, 5.6], [6, 3.4, 6, 8.4]],
        [[6.8, 2.2, 3.8, 2.2, 3.4, 4.8, 5.4, 4.6, 6.8, 6, 6, 7.8, 3.2, 8]],
        [[6.2, 2, 4, 4, 3.2, 6.4, 4, 8, 6, 8, 6.8, 6.6, 5.8, 5.4, 3.6, 6]],
        [[3, 2.2, 7, 2.2, 5.2, 5, 4.6, 8.2]],
        [[5, 5, 3.6, 3.8, 4, 2.2, 6, 2.2, 6.4, 3.8, 5, 5, 3.4, 6.4, 3.8, 8, 6.2, 8, 6.6, 6.4, 5, 5]],
        [[6.6, 3.6, 5, 2, 3.4, 3, 3.6, 4.8, 5.2, 5, 6.6, 3.8, 6.4, 6, 5.6, 8.2]],
    ];

    private int _next;

    /// <summary>The points of the next digit, and whether a line begins there.</summary>
    public IEnumerable<(double X, double Y, bool Begins)> Next()
    {
        const double Tenth = Drawing.Side / 10.0;
        double[][] lines = Digits[_next++ % Digits.Length];
        return lines.SelectMany(line => line.Chunk(2).Select((point, at) => (point[0] * Tenth, point[1] * Tenth, at == 0)));
    }
}
