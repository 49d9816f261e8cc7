using System.Globalization;

namespace Nabla.Browser.Tests;

/// <summary>MNIST's test images, drawn on a page with strokes of a pen.</summary>
internal static class DrawnDigits
{
    private const int Side = 28;

    // So many points of a pen for each pixel of an image, each way.
    private const int Fineness = 4;

    private const int Fine = Side * Fineness;

    // From up clockwise.
    private static readonly (int Right, int Down)[] Ways = [(0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1)];

    /// <summary>Draws images one by one; returns what was not read right, a line each. The test is skipped where there is no MNIST.</summary>
    /// <param name="count">How many images, from the first on.</param>
    /// <param name="draw">Draws 28×28 levels on an empty pad, and returns what the page answers.</param>
    public static async Task<List<string>> Misread(int count, Func<byte[], Task<string>> draw)
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_DATA is not set: needs the real MNIST files.");
        DataSet digits = Mnist.Load(folder).Test;
        List<string> wrong = [];
        for (int i = 0; i < count; i++)
        {
            string answer = await draw(((ByteFeatures)digits.Features)[i].ToArray());
            string label = ((ClassLabels)digits.Targets).Values[i].ToString(CultureInfo.InvariantCulture);
            if (!answer.StartsWith(label, StringComparison.Ordinal))
            {
                wrong.Add($"{i}: {label} as '{answer}'");
            }
        }
        return wrong;
    }

    /// <summary>The strokes that draw 28×28 levels, as a hand does: along the middle of the ink, with a pen as wide as the ink is on average.</summary>
    /// <returns>The pen's width in pixels of the image, and the points of each stroke, in pixels from the image's corner.</returns>
    public static (double Width, List<(double X, double Y)[]> Strokes) Strokes(byte[] pixels)
    {
        bool[] ink = Enlarge(pixels);
        double[] depth = DepthOf(ink);
        bool[] middle = Thin(ink);
        double width = 2 * Enumerable.Range(0, Fine * Fine).Where(i => middle[i]).Average(i => depth[i]) / Fineness;
        List<(double X, double Y)[]> strokes = [];
        foreach (List<int> line in Trace(middle))
        {
            // What thinning leaves beside a thick line, and is shorter than the pen is wide, nobody draws.
            if (line.Count < width * Fineness / 2 && strokes.Count > 0)
            {
                continue;
            }
            int[] points = [.. line.Where((_, i) => i % 3 == 0 || i == line.Count - 1)];
            strokes.Add([.. points.Select(point => ((point % Fine + 0.5) / Fineness, (point / Fine + 0.5) / Fineness))]);
        }
        return (width, strokes);
    }

    /// <summary>Where there is ink on paper of more pixels, between whose middles levels are interpolated.</summary>
    private static bool[] Enlarge(byte[] pixels)
    {
        bool[] ink = new bool[Fine * Fine];
        for (int y = 0; y < Fine; y++)
        {
            for (int x = 0; x < Fine; x++)
            {
                double v = (y + 0.5) / Fineness - 0.5, u = (x + 0.5) / Fineness - 0.5;
                int top = (int)Math.Floor(v), left = (int)Math.Floor(u);
                double down = v - top, right = u - left;
                ink[y * Fine + x] = (1 - down) * ((1 - right) * Level(top, left) + right * Level(top, left + 1)) + down * ((1 - right) * Level(top + 1, left) + right * Level(top + 1, left + 1)) >= 100;
            }
        }
        return ink;

        double Level(int y, int x) => y is >= 0 and < Side && x is >= 0 and < Side ? pixels[y * Side + x] : 0;
    }

    /// <summary>How far each point of ink is from the paper.</summary>
    private static double[] DepthOf(bool[] ink)
    {
        int[] paper = [.. Enumerable.Range(0, ink.Length).Where(i => !ink[i])];
        return [.. Enumerable.Range(0, ink.Length).Select(i => ink[i] ? Math.Sqrt(paper.Min(other => (i % Fine - other % Fine) * (i % Fine - other % Fine) + (i / Fine - other / Fine) * (i / Fine - other / Fine))) : 0)];
    }

    /// <summary>Takes ink away from the edges until lines are one point wide. T. Y. Zhang and C. Y. Suen, "A fast parallel algorithm for thinning digital patterns" (1984).</summary>
    private static bool[] Thin(bool[] ink)
    {
        bool[] thin = [.. ink];
        for (bool changes = true; changes;)
        {
            changes = false;
            for (int half = 0; half < 2; half++)
            {
                int[] taken = [.. Enumerable.Range(0, thin.Length).Where(i => thin[i] && CanGo(thin, i, half))];
                foreach (int i in taken)
                {
                    thin[i] = false;
                }
                changes |= taken.Length > 0;
            }
        }
        return thin;
    }

    private static bool CanGo(bool[] ink, int point, int half)
    {
        // From the one above clockwise.
        bool[] around = [.. Around(point).Select(other => other >= 0 && ink[other])];
        int count = around.Count(one => one), steps = Enumerable.Range(0, 8).Count(i => !around[i] && around[(i + 1) % 8]);
        bool isEdge = half == 0
            ? !(around[0] && around[2] && around[4]) && !(around[2] && around[4] && around[6])
            : !(around[0] && around[2] && around[6]) && !(around[0] && around[4] && around[6]);
        return count is >= 2 and <= 6 && steps == 1 && isEdge;
    }

    /// <summary>The neighbours of a point, from the one above clockwise; −1 for those that are outside.</summary>
    private static IEnumerable<int> Around(int point)
    {
        foreach ((int right, int down) in Ways)
        {
            int x = point % Fine + right, y = point / Fine + down;
            yield return x is >= 0 and < Fine && y is >= 0 and < Fine ? y * Fine + x : -1;
        }
    }

    /// <summary>Follows lines of points, from ends and crossings first, until all have been drawn.</summary>
    private static List<List<int>> Trace(bool[] middle)
    {
        HashSet<int> left = [.. Enumerable.Range(0, middle.Length).Where(i => middle[i])];
        List<List<int>> lines = [];
        while (left.Count > 0)
        {
            int start = left.OrderBy(point => Math.Abs(Around(point).Count(left.Contains) - 1)).ThenBy(point => point).First();
            List<int> line = [start];
            // A line that begins where others were drawn begins on them.
            int drawn = Around(start).FirstOrDefault(other => other >= 0 && middle[other] && !left.Contains(other), -1);
            if (drawn >= 0)
            {
                line.Insert(0, drawn);
            }
            left.Remove(start);
            // Straight on where there is a choice.
            for (int at = start, way = -1; ;)
            {
                int[] around = [.. Around(at)];
                int next = Enumerable.Range(0, 8).Where(i => left.Contains(around[i])).OrderBy(i => way < 0 ? i % 2 : Math.Min((i - way + 8) % 8, (way - i + 8) % 8)).ThenBy(i => i % 2).FirstOrDefault(-1);
                if (next < 0)
                {
                    int joined = around.FirstOrDefault(other => other >= 0 && middle[other] && !line.TakeLast(3).Contains(other), -1);
                    if (joined >= 0)
                    {
                        line.Add(joined);
                    }
                    break;
                }
                (at, way) = (around[next], next);
                line.Add(at);
                left.Remove(at);
            }
            lines.Add(line);
        }
        return [.. lines.OrderByDescending(line => line.Count)];
    }
}
