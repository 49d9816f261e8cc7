namespace Nabla.Reading;

/// <summary>Ruled and squared paper: lines that go from one side of the picture to the other, level or upright within a few degrees.</summary>
internal static class PrintedLines
{
    /// <summary>Of a line so much is inked, or else it is none.</summary>
    private const double LeastShare = 0.8;

    /// <summary>Greatest slope: 9°.</summary>
    private const double GreatestSlope = 0.16;

    /// <summary>Takes the ink of lines away, but not that of strokes which cross them.</summary>
    /// <param name="isInk">[height, width], changed in place.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Number of rows.</param>
    public static void Remove(bool[] isInk, int width, int height)
    {
        bool[] before = [.. isInk];
        RemoveLevel(isInk, (x, y) => y * width + x, width, height, before);
        RemoveLevel(isInk, (x, y) => x * width + y, height, width, before);
    }

    private static void RemoveLevel(bool[] isInk, Func<int, int, int> place, int length, int breadth, bool[] before)
    {
        // Thin: a stroke of a pen is thicker than a line where it runs along it, too.
        int thickness = Math.Max(2, Math.Min(length, breadth) / 60);
        int steps = (int)(GreatestSlope * length / 2);
        for (int step = -steps; step <= steps; step++)
        {
            double slope = 2.0 * step / length;
            for (int start = 0; start < breadth; start++)
            {
                // Most are none, as few pixels tell.
                if (!IsInked(start, slope, stride: Math.Max(2, length / 24), LeastShare / 2) || !IsInked(start, slope, stride: 2, LeastShare))
                {
                    continue;
                }
                for (int x = 0; x < length; x++)
                {
                    int y = (int)Math.Round(start + slope * (x - length / 2.0));
                    if ((uint)y < (uint)breadth && before[place(x, y)])
                    {
                        int from = y, to = y;
                        while (from > 0 && before[place(x, from - 1)] && y - from <= thickness)
                        {
                            from--;
                        }
                        while (to < breadth - 1 && before[place(x, to + 1)] && to - y <= thickness)
                        {
                            to++;
                        }
                        for (int i = from; i <= to && to - from < thickness; i++)
                        {
                            isInk[place(x, i)] = false;
                        }
                    }
                }
            }
        }

        bool IsInked(int start, double slope, int stride, double share)
        {
            int inked = 0, seen = 0;
            for (int x = 0; x < length; x += stride)
            {
                int y = (int)Math.Round(start + slope * (x - length / 2.0));
                if ((uint)y < (uint)breadth)
                {
                    seen++;
                    inked += before[place(x, y)] ? 1 : 0;
                }
            }
            return seen * stride >= length / 3 && inked >= share * seen;
        }
    }
}
