namespace Nabla.Reading;

/// <summary>A picture of one number a pixel.</summary>
/// <param name="values">[height, width], row by row; not copied.</param>
/// <param name="width">Pixels of a row.</param>
/// <param name="height">Number of rows.</param>
internal sealed class Plane(float[] values, int width, int height)
{
    /// <summary>A picture of zeros.</summary>
    public Plane(int width, int height)
        : this(new float[width * height], width, height)
    {
    }

    /// <summary>[height, width], row by row.</summary>
    public float[] Values => values;

    /// <summary>Pixels of a row.</summary>
    public int Width => width;

    /// <summary>Number of rows.</summary>
    public int Height => height;

    public ref float this[int x, int y] => ref values[y * width + x];

    /// <summary>Another picture of that size.</summary>
    public Plane Map(Func<float, float> function) => new(Array.ConvertAll(values, value => function(value)), width, height);

    /// <summary>The part from there on, 0 where it reaches beyond this one.</summary>
    public Plane Crop(int left, int top, int width, int height)
    {
        Plane part = new(width, height);
        for (int y = Math.Max(0, -top); y < height && top + y < Height; y++)
        {
            for (int x = Math.Max(0, -left); x < width && left + x < Width; x++)
            {
                part[x, y] = this[left + x, top + y];
            }
        }
        return part;
    }

    /// <summary>
    /// Averages over areas: pixel (x, y) of the result is the mean over the square of side <paramref name="step"/> whose upper left corner is (<paramref name="left"/> + x·step,
    /// <paramref name="top"/> + y·step), in pixels of this picture; beyond it, all is 0.
    /// </summary>
    public Plane Average(double left, double top, double step, int width, int height)
    {
        // First along rows, then along columns: the mean over a rectangle is that of means.
        (int First, float[] Weights)[] columns = Weights(left, step, width, Width), rows = Weights(top, step, height, Height);
        Plane across = new(width, Height), result = new(width, height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (int first, float[] weights) = columns[x];
                float sum = 0;
                for (int i = 0; i < weights.Length; i++)
                {
                    sum += weights[i] * this[first + i, y];
                }
                across[x, y] = sum;
            }
        }
        for (int y = 0; y < height; y++)
        {
            (int first, float[] weights) = rows[y];
            for (int i = 0; i < weights.Length; i++)
            {
                for (int x = 0; x < width; x++)
                {
                    result[x, y] += weights[i] * across[x, first + i];
                }
            }
        }
        return result;
    }

    /// <summary>Each pixel as so many times so many, with straight lines between their middles.</summary>
    public Plane Enlarge(int times)
    {
        if (times == 1)
        {
            return this;
        }
        Plane result = new(Width * times, Height * times);
        for (int y = 0; y < result.Height; y++)
        {
            (int y0, int y1, float v) = Neighbours(y, times, Height);
            for (int x = 0; x < result.Width; x++)
            {
                (int x0, int x1, float u) = Neighbours(x, times, Width);
                float upper = this[x0, y0] + u * (this[x1, y0] - this[x0, y0]), lower = this[x0, y1] + u * (this[x1, y1] - this[x0, y1]);
                result[x, y] = upper + v * (lower - upper);
            }
        }
        return result;
    }

    /// <summary>The greatest value of the square of side 2 · <paramref name="radius"/> + 1 around each pixel; what is beyond the picture does not count.</summary>
    public Plane Maximum(int radius) => AlongBoth<Greater>(radius);

    /// <summary>The least value of the square around each pixel.</summary>
    public Plane Minimum(int radius) => AlongBoth<Lesser>(radius);

    /// <summary>The mean of the square of side 2 · <paramref name="radius"/> + 1 around each pixel; what is beyond the picture does not count.</summary>
    public Plane Blur(int radius) => BlurRows(radius).Transpose().BlurRows(radius).Transpose();

    /// <summary>The greatest value of the disc around each pixel: what is bright becomes thicker. With <paramref name="isErosion"/> the least: thinner.</summary>
    public Plane Thicken(int radius, bool isErosion = false)
    {
        Plane result = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float value = this[x, y];
                for (int dy = -radius; dy <= radius; dy++)
                {
                    int reach = (int)Math.Sqrt(radius * radius - dy * dy);
                    for (int dx = -reach; dx <= reach; dx++)
                    {
                        bool isInside = (uint)(x + dx) < (uint)Width && (uint)(y + dy) < (uint)Height;
                        float other = isInside ? this[x + dx, y + dy] : 0;
                        value = isErosion ? Math.Min(value, other) : Math.Max(value, other);
                    }
                }
                result[x, y] = value;
            }
        }
        return result;
    }

    private static (int Low, int High, float Share) Neighbours(int place, int times, int length)
    {
        double from = Math.Clamp((place + 0.5) / times - 0.5, 0, length - 1);
        int low = (int)from;
        return (low, Math.Min(low + 1, length - 1), (float)(from - low));
    }

    private static (int First, float[] Weights)[] Weights(double start, double step, int count, int length)
    {
        (int, float[])[] all = new (int, float[])[count];
        for (int i = 0; i < count; i++)
        {
            double from = start + i * step, to = from + step;
            int first = Math.Max(0, (int)Math.Floor(from)), last = Math.Min(length - 1, (int)Math.Ceiling(to) - 1);
            float[] weights = new float[Math.Max(0, last - first + 1)];
            for (int k = 0; k < weights.Length; k++)
            {
                weights[k] = (float)(Math.Max(0, Math.Min(to, first + k + 1) - Math.Max(from, first + k)) / step);
            }
            all[i] = (first, weights);
        }
        return all;
    }

    private Plane AlongBoth<T>(int radius)
        where T : struct, IChoice => AlongRows<T>(radius).Transpose().AlongRows<T>(radius).Transpose();

    /// <summary>M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels", 1992: three comparisons a pixel, however wide the window.</summary>
    private Plane AlongRows<T>(int radius)
        where T : struct, IChoice
    {
        int window = 2 * radius + 1, padded = Width + 2 * radius;
        float[] row = new float[padded], forward = new float[padded], backward = new float[padded];
        Plane result = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int i = 0; i < padded; i++)
            {
                row[i] = this[Math.Clamp(i - radius, 0, Width - 1), y];
                forward[i] = i % window == 0 ? row[i] : T.Of(forward[i - 1], row[i]);
            }
            for (int i = padded - 1; i >= 0; i--)
            {
                backward[i] = i == padded - 1 || i % window == window - 1 ? row[i] : T.Of(backward[i + 1], row[i]);
            }
            for (int x = 0; x < Width; x++)
            {
                result[x, y] = T.Of(backward[x], forward[x + window - 1]);
            }
        }
        return result;
    }

    private Plane BlurRows(int radius)
    {
        Plane result = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            double sum = 0;
            int count = 0;
            for (int x = -radius; x < Width; x++)
            {
                if (x + radius < Width)
                {
                    sum += this[x + radius, y];
                    count++;
                }
                if (x - radius - 1 >= 0)
                {
                    sum -= this[x - radius - 1, y];
                    count--;
                }
                if (x >= 0)
                {
                    result[x, y] = (float)(sum / count);
                }
            }
        }
        return result;
    }

    private Plane Transpose()
    {
        // In blocks, which stay in the cache.
        const int Block = 32;
        Plane result = new(Height, Width);
        for (int top = 0; top < Height; top += Block)
        {
            for (int left = 0; left < Width; left += Block)
            {
                for (int y = top; y < Math.Min(top + Block, Height); y++)
                {
                    for (int x = left; x < Math.Min(left + Block, Width); x++)
                    {
                        result[y, x] = this[x, y];
                    }
                }
            }
        }
        return result;
    }

    /// <summary>One of two values.</summary>
    private interface IChoice
    {
        static abstract float Of(float a, float b);
    }

    private readonly struct Greater : IChoice
    {
        public static float Of(float a, float b) => a > b ? a : b;
    }

    private readonly struct Lesser : IChoice
    {
        public static float Of(float a, float b) => a < b ? a : b;
    }
}
