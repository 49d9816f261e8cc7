namespace Nabla;

/// <summary>
/// Turns strokes into pixels the way MNIST's makers did with scans: the ink is fitted into 20×20 pixels with its
/// proportions kept, and its centre of mass is moved to the middle of 28×28.
/// Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".
/// </summary>
internal static class DigitRaster
{
    public const int Side = 28;
    private const double Box = 20;

    /// <summary>Draws one digit.</summary>
    /// <param name="lines">The strokes, of any size.</param>
    /// <param name="radius">Half the pen's width, in pixels.</param>
    /// <param name="softness">Pixels over which ink fades to paper at the edge of a stroke.</param>
    /// <param name="ink">The darkest grey, 0 to 255.</param>
    /// <param name="pixels">28×28 zeros, which receive the image.</param>
    public static void Draw(List<InkLine> lines, double radius, double softness, double ink, Span<byte> pixels)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        foreach (InkLine line in lines)
        {
            left = Math.Min(left, Math.Min(line.From.X, line.To.X));
            right = Math.Max(right, Math.Max(line.From.X, line.To.X));
            top = Math.Min(top, Math.Min(line.From.Y, line.To.Y));
            bottom = Math.Max(bottom, Math.Max(line.From.Y, line.To.Y));
        }
        // Long lines close their loops under a thick pen; writers of wide pens write larger.
        radius *= 1.2 - 0.13 * Length(lines) / Math.Max(right - left, bottom - top);
        double scale = (Box - 2 * radius) / Math.Max(right - left, bottom - top);
        Point middle = new((left + right) / 2, (top + bottom) / 2);
        Point centre = new(Side / 2.0, Side / 2.0);

        Span<float> cover = stackalloc float[Side * Side];
        cover.Clear();
        foreach (InkLine line in lines)
        {
            Cover((line.From - middle) * scale + centre, (line.To - middle) * scale + centre, radius * line.Pressure, softness, cover);
        }
        MoveToCentre(cover, ink, pixels);
    }

    private static double Length(List<InkLine> lines)
    {
        double length = 0;
        foreach (InkLine line in lines)
        {
            Point along = line.To - line.From;
            length += Math.Sqrt(along.X * along.X + along.Y * along.Y);
        }
        return length;
    }

    /// <summary>Raises the cover of each pixel to that of a line with round ends: 1 inside, 0 outside, between in proportion.</summary>
    private static void Cover(Point from, Point to, double radius, double softness, Span<float> cover)
    {
        double reach = radius + softness / 2;
        int firstX = Math.Max(0, (int)(Math.Min(from.X, to.X) - reach)), lastX = Math.Min(Side - 1, (int)(Math.Max(from.X, to.X) + reach));
        int firstY = Math.Max(0, (int)(Math.Min(from.Y, to.Y) - reach)), lastY = Math.Min(Side - 1, (int)(Math.Max(from.Y, to.Y) + reach));
        Point along = to - from;
        double length2 = along.X * along.X + along.Y * along.Y;
        for (int y = firstY; y <= lastY; y++)
        {
            for (int x = firstX; x <= lastX; x++)
            {
                Point pixel = new Point(x + 0.5, y + 0.5) - from;
                double share = length2 == 0 ? 0 : Math.Clamp((pixel.X * along.X + pixel.Y * along.Y) / length2, 0, 1);
                Point away = pixel - along * share;
                double distance = Math.Sqrt(away.X * away.X + away.Y * away.Y);
                float covered = (float)Math.Clamp((reach - distance) / softness, 0, 1);
                cover[y * Side + x] = Math.Max(cover[y * Side + x], covered);
            }
        }
    }

    /// <summary>
    /// Copies the image moved by whole pixels, so that the ink's centre of mass is nearest to pixel (14, 14), counted from
    /// 0: half a pixel off the middle, but that is where MNIST has it.
    /// </summary>
    public static void MoveToCentre(ReadOnlySpan<float> cover, double ink, Span<byte> pixels)
    {
        double mass = 0, sumX = 0, sumY = 0;
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                double value = cover[y * Side + x];
                mass += value;
                sumX += value * x;
                sumY += value * y;
            }
        }
        int moveX = (int)Math.Round(Side / 2.0 - sumX / mass, MidpointRounding.AwayFromZero);
        int moveY = (int)Math.Round(Side / 2.0 - sumY / mass, MidpointRounding.AwayFromZero);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                int fromX = x - moveX, fromY = y - moveY;
                if (fromX is >= 0 and < Side && fromY is >= 0 and < Side)
                {
                    pixels[y * Side + x] = (byte)(cover[fromY * Side + fromX] * ink);
                }
            }
        }
    }
}
