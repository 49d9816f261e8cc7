namespace Nabla.Reading;

/// <summary>Pixels that hang together, over corners, too.</summary>
internal static class ConnectedPixels
{
    /// <summary>Goes from a pixel to its neighbours, from these to theirs, and so on.</summary>
    /// <param name="start">The place of the first pixel, y · width + x.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="take">Takes the pixel of a place; false where it is not one of them, or was taken before.</param>
    public static void Visit(int start, int width, int height, Func<int, bool> take)
    {
        if (!take(start))
        {
            return;
        }
        Stack<int> open = new([start]);
        while (open.TryPop(out int place))
        {
            int x = place % width, y = place / width;
            for (int ny = Math.Max(0, y - 1); ny <= Math.Min(height - 1, y + 1); ny++)
            {
                for (int nx = Math.Max(0, x - 1); nx <= Math.Min(width - 1, x + 1); nx++)
                {
                    int neighbour = ny * width + nx;
                    if (take(neighbour))
                    {
                        open.Push(neighbour);
                    }
                }
            }
        }
    }
}
