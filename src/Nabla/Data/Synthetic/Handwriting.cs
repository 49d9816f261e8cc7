namespace Nabla;

/// <summary>
/// Writes a skeleton the way a hand would: points wobble, the whole is bent, stretched, slanted and turned, and the pen
/// presses harder here than there. Only sums, products, quotients and square roots of doubles, which every platform
/// computes alike; sines or logarithms would not be.
/// </summary>
internal static class Handwriting
{
    // Straight pieces per stretch between two points of a skeleton.
    private const int Pieces = 5;

    /// <summary>The written digit, in units of about its own height.</summary>
    /// <param name="skeleton">Strokes in the unit box.</param>
    /// <param name="random">Where the variety comes from.</param>
    public static List<InkLine> Write(Point[][] skeleton, NumPyRandom random)
    {
        double wobble = random.NextUniform(0.02, 0.15);
        double width = 0.85 * Spread(random, 0.8);
        double slant = 0.1 + Bell(random) * 0.75;
        double turn = Bell(random) * 0.45;
        double bendX = Bell(random) * 0.45;
        double bendY = Bell(random) * 0.4;
        double taper = Bell(random) * 0.55;
        double waist = Bell(random) * 0.50;

        // cos and sin of an angle whose half has the tangent turn / 2: exactly a rotation, without either function.
        double half = turn / 2;
        double cosine = (1 - half * half) / (1 + half * half);
        double sine = 2 * half / (1 + half * half);

        List<InkLine> lines = [];
        Point lastEnd = default;
        Point lastMoved = default;
        foreach (Point[] stroke in skeleton)
        {
            Point[] moved = new Point[stroke.Length];
            bool isJoined = stroke[0] == lastEnd;
            Point shift = isJoined ? default : new Point(Bell(random) * 0.08, Bell(random) * 0.08);
            double[] pressure = new double[stroke.Length];
            for (int i = 0; i < stroke.Length; i++)
            {
                // A stroke that begins where the last one ended goes on from there, wobble and all.
                Point point = i == 0 && isJoined ? lastMoved : Distort(Lengthen(stroke, i) + shift);
                moved[i] = point;
                pressure[i] = 1 + Bell(random) * 0.22;
            }
            lastEnd = stroke[^1];
            lastMoved = moved[^1];
            AddCurve(lines, moved, pressure);
        }
        return lines;

        // The free ends of a stroke come out longer or shorter.
        Point Lengthen(Point[] stroke, int i) =>
            i == 0 ? stroke[0] + (stroke[0] - stroke[1]) * (Bell(random) * 0.4)
            : i == stroke.Length - 1 ? stroke[^1] + (stroke[^1] - stroke[^2]) * (Bell(random) * 0.4)
            : stroke[i];

        Point Distort(Point point)
        {
            double x = point.X - 0.5 + Bell(random) * wobble;
            double y = point.Y - 0.5 + Bell(random) * wobble;
            x += bendX * (y * y - 0.08) * 2;
            y += bendY * (x * x - 0.08) * 2 + waist * y * (0.25 - y * y) * 4;
            x *= width * (1 + taper * y);
            x -= slant * y;
            return new Point(cosine * x - sine * y, sine * x + cosine * y);
        }
    }

    /// <summary>Between −1 and 1, the middle likelier than the ends: the mean of three uniform numbers, widened.</summary>
    private static double Bell(NumPyRandom random) =>
        (random.NextDouble() + random.NextDouble() + random.NextDouble()) / 1.5 - 1;

    /// <summary>A factor around 1, from 1 / (1 + amount) to 1 + amount.</summary>
    private static double Spread(NumPyRandom random, double amount)
    {
        double factor = 1 + amount * random.NextDouble();
        return random.NextDouble() < 0.5 ? factor : 1 / factor;
    }

    /// <summary>A Catmull-Rom spline through the points, in straight pieces. E. Catmull and R. Rom, 1974.</summary>
    private static void AddCurve(List<InkLine> lines, Point[] points, double[] pressure)
    {
        for (int i = 0; i + 1 < points.Length; i++)
        {
            Point before = points[Math.Max(i - 1, 0)], from = points[i], to = points[i + 1];
            Point after = points[Math.Min(i + 2, points.Length - 1)];
            Point leave = (to - before) * 0.5, arrive = (after - from) * 0.5;
            Point last = from;
            for (int piece = 1; piece <= Pieces; piece++)
            {
                double t = (double)piece / Pieces;
                Point next = Hermite(from, leave, to, arrive, t);
                double middle = t - 0.5 / Pieces;
                lines.Add(new InkLine(last, next, pressure[i] + (pressure[i + 1] - pressure[i]) * middle));
                last = next;
            }
        }
    }

    private static Point Hermite(Point from, Point leave, Point to, Point arrive, double t)
    {
        double t2 = t * t, t3 = t2 * t;
        return from * (2 * t3 - 3 * t2 + 1) + leave * (t3 - 2 * t2 + t) + to * (3 * t2 - 2 * t3) + arrive * (t3 - t2);
    }
}
