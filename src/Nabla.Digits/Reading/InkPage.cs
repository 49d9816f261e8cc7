namespace Nabla.Reading;

/// <summary>
/// What stands out from the paper in a picture, whatever the colours of both: first the direction in which ink differs from paper, then the paper without ink, then the difference.
/// </summary>
internal sealed class InkPage
{
    /// <summary>A picture is enlarged until its longer side has so many pixels, and made smaller until it has no more than what is asked for.</summary>
    private const int LeastSide = 112;

    /// <summary>Share of the ink's strength that is ink; with it what is connected and above a lower share, which is between these two, by the noise of the paper.</summary>
    private const float Strong = 0.45f, LeastWeak = 0.15f, GreatestWeak = 0.38f;

    /// <summary>Ink is so many levels of 255 stronger than paper at least, and so many times stronger than its noise.</summary>
    private const float LeastContrast = 14, LeastOverNoise = 6;

    /// <summary>What is fainter is the noise of the paper, if it has any; of a noisy one at most the second.</summary>
    private const float LeastFaint = 0.03f, GreatestFaint = 0.25f;

    private InkPage(Plane grey, Plane paper, Plane ink, bool[] isInk, float faint, double scale)
    {
        (Grey, Paper, Ink, IsInk, Faint, Scale) = (grey, paper, ink, isInk, faint, scale);
    }

    /// <summary>How strongly each pixel goes in the direction of the ink.</summary>
    public Plane Grey { get; }

    /// <summary>The same of the paper alone.</summary>
    public Plane Paper { get; }

    /// <summary>Ink, about 0 to 1; above the noise of the paper.</summary>
    public Plane Ink { get; }

    /// <summary>[height, width]: whether a pixel is inked, without lines that go from one side to the other.</summary>
    public bool[] IsInk { get; }

    /// <summary>What is below this may be the noise of the paper: nearly 0 for a drawing, more for a photograph.</summary>
    public float Faint { get; }

    /// <summary>Pixels of the picture for each of these planes: below 1 where the picture was enlarged.</summary>
    public double Scale { get; }

    /// <summary>Whether nothing is on the paper.</summary>
    public bool IsBlank => Array.TrueForAll(IsInk, inked => !inked);

    /// <param name="picture">The picture.</param>
    /// <param name="greatestSide">Pixels that the longer side has at most.</param>
    public static InkPage Of(Picture picture, int greatestSide)
    {
        int longer = Math.Max(picture.Width, picture.Height);
        int shrink = (longer + greatestSide - 1) / greatestSide, enlarge = shrink > 1 ? 1 : Math.Max(1, (LeastSide + longer - 1) / longer);
        Plane[] colours = [.. Shrink(picture, shrink).Select(plane => plane.Enlarge(enlarge))];
        double scale = (double)shrink / enlarge;

        int side = Math.Min(colours[0].Width, colours[0].Height);
        Plane grey = AlongInk(colours, side / 4, out bool isDark);
        // Paper is what is left once everything narrower than the window is gone: strokes are, however the light falls.
        int radius = Math.Max(2, side / 8);
        Plane soft = grey.Blur(1);
        Plane paper = soft.Minimum(radius).Maximum(radius).Blur(Math.Max(1, radius / 2)).Blur(Math.Max(1, radius / 2));
        Plane ink = Difference(grey, paper, isDark), softInk = Difference(soft, paper, isDark);

        float offset = Quantile(softInk.Values, 0.5);
        float noise = 1.4826f * Quantile(Array.ConvertAll(softInk.Values, value => Math.Abs(value - offset)), 0.5);
        // The middle one of the strongest four hundredth, or of the strongest four: a small digit on a large page has no more.
        float strength = Quantile(softInk.Values, 1 - Math.Max(2.0 / softInk.Values.Length, 1.0 / 800)) - offset;
        if (strength < LeastContrast || strength < LeastOverNoise * noise)
        {
            return new InkPage(grey, paper, ink.Map(_ => 0), new bool[ink.Values.Length], 1, scale);
        }
        float grain = 1.4826f * Quantile(Array.ConvertAll(ink.Values, value => Math.Abs(value - offset)), 0.5) / strength;
        ink = ink.Map(value => Math.Max(0, (value - offset) / strength));
        softInk = softInk.Map(value => (value - offset) / strength);
        bool[] isInk = Grow(softInk, Math.Clamp(6 * noise / strength, LeastWeak, GreatestWeak), Strong);
        PrintedLines.Remove(isInk, ink.Width, ink.Height);
        return new InkPage(grey, paper, ink, isInk, Math.Clamp(4 * grain, LeastFaint, GreatestFaint), scale);
    }

    /// <summary>A page of which it is known what is ink: drawn on a screen, not photographed.</summary>
    /// <param name="levels">[height, width], 0 for paper to 255 for full ink.</param>
    /// <param name="width">Pixels of a row.</param>
    public static InkPage OfDrawing(ReadOnlySpan<byte> levels, int width)
    {
        float[] values = new float[levels.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = levels[i] / 255f;
        }
        Plane ink = new(values, width, values.Length / width);
        return new InkPage(ink, new Plane(ink.Width, ink.Height), ink, Grow(ink, LeastWeak, Strong), LeastFaint, scale: 1);
    }

    /// <summary>Adds the steps that led here.</summary>
    public void Explain(Picture picture, ICollection<ReadingStep> steps)
    {
        steps.Add(new ReadingStep("picture", picture));
        float low = Quantile(Grey.Values, 0.001), high = Quantile(Grey.Values, 0.999), range = Math.Max(1, high - low);
        steps.Add(new ReadingStep("grey, ink bright", ToPicture(Grey.Map(value => (value - low) / range))));
        steps.Add(new ReadingStep("paper alone", ToPicture(Paper.Map(value => (value - low) / range))));
        steps.Add(new ReadingStep("less the paper", ToPicture(Ink)));
        steps.Add(new ReadingStep("ink", ToPicture(new Plane(Array.ConvertAll(IsInk, inked => inked ? 1f : 0), Ink.Width, Ink.Height))));
    }

    /// <summary>Values of 0 to 1 as levels from black to white.</summary>
    public static Picture ToPicture(Plane plane) =>
        Picture.FromGrey(Array.ConvertAll(plane.Values, value => (byte)Math.Round(255 * Math.Clamp(value, 0, 1))), plane.Width, plane.Height);

    /// <summary>Red, green and blue, 0 to 255, of squares of <paramref name="times"/> pixels; transparency laid on a paper of another colour than what is drawn on it.</summary>
    private static Plane[] Shrink(Picture picture, int times)
    {
        int width = Math.Max(1, picture.Width / times), height = Math.Max(1, picture.Height / times);
        Plane[] colours = [new(width, height), new(width, height), new(width, height)];
        Plane alpha = new(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                long red = 0, green = 0, blue = 0, sum = 0;
                for (int dy = 0; dy < times && y * times + dy < picture.Height; dy++)
                {
                    ReadOnlySpan<byte> row = picture.Pixels.Slice(((y * times + dy) * picture.Width + x * times) * Picture.Channels, Math.Min(times, picture.Width - x * times) * Picture.Channels);
                    for (int i = 0; i < row.Length; i += Picture.Channels)
                    {
                        int opacity = row[i + 3];
                        red += row[i] * opacity;
                        green += row[i + 1] * opacity;
                        blue += row[i + 2] * opacity;
                        sum += opacity;
                    }
                }
                if (sum > 0)
                {
                    (colours[0][x, y], colours[1][x, y], colours[2][x, y]) = ((float)red / sum, (float)green / sum, (float)blue / sum);
                }
                int rows = Math.Min(times, picture.Height - y * times), columns = Math.Min(times, picture.Width - x * times);
                alpha[x, y] = sum / (255f * rows * columns);
            }
        }
        LayOnPaper(colours, alpha);
        return colours;
    }

    private static void LayOnPaper(Plane[] colours, Plane alpha)
    {
        const float Opaque = 0.5f;
        int[] drawn = [.. Enumerable.Range(0, alpha.Values.Length).Where(i => alpha.Values[i] > Opaque)];
        if (drawn.Length > 0.995 * alpha.Values.Length && Array.TrueForAll(alpha.Values, value => value > Opaque))
        {
            return;
        }
        float[] brightness = [.. drawn.Select(i => (colours[0].Values[i] + colours[1].Values[i] + colours[2].Values[i]) / 3)];
        // Of one tone, it is ink on nothing; its shape is all there is. Of several, it is a picture with a transparent rim.
        bool isInk = drawn.Length == 0 || Quantile(brightness, 0.95) - Quantile(brightness, 0.05) < 64;
        for (int channel = 0; channel < colours.Length; channel++)
        {
            float[] values = colours[channel].Values;
            float paper = isInk ? 255 : Quantile([.. drawn.Select(i => values[i])], 0.5);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = paper + alpha.Values[i] * ((isInk ? 0 : values[i]) - paper);
            }
        }
    }

    /// <summary>
    /// One number for the three of a colour: along the axis on which neighbouring pixels differ most, in the direction in which fewer of them go far, since there is less ink than paper.
    /// </summary>
    private static Plane AlongInk(Plane[] colours, int radius, out bool isDark)
    {
        Plane[] means = [.. colours.Select(plane => plane.Blur(radius))];
        int count = colours[0].Values.Length;
        float[][] differences = [.. colours.Select((plane, channel) => Minus(plane.Values, means[channel].Values))];
        double[,] moments = new double[3, 3];
        for (int a = 0; a < 3; a++)
        {
            for (int b = 0; b < 3; b++)
            {
                double sum = 0;
                for (int i = 0; i < count; i++)
                {
                    sum += (double)differences[a][i] * differences[b][i];
                }
                moments[a, b] = sum;
            }
        }
        // The greatest eigenvector, by powers; it begins at grey, which most pictures end at.
        double[] axis = [0.6, 0.58, 0.55];
        for (int i = 0; i < 50; i++)
        {
            double[] next = [.. Enumerable.Range(0, 3).Select(a => moments[a, 0] * axis[0] + moments[a, 1] * axis[1] + moments[a, 2] * axis[2])];
            double length = Math.Sqrt(next.Sum(value => value * value));
            axis = length > 0 ? [.. next.Select(value => value / length)] : axis;
        }
        double skew = 0;
        for (int i = 0; i < count; i++)
        {
            double along = axis[0] * differences[0][i] + axis[1] * differences[1][i] + axis[2] * differences[2][i];
            skew += along * along * along;
        }
        double sign = skew < 0 ? -1 : 1;
        isDark = sign * axis.Sum() < -1;
        float[] factors = [.. axis.Select(value => (float)(sign * value / Math.Sqrt(3)))];
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = factors[0] * colours[0].Values[i] + factors[1] * colours[1].Values[i] + factors[2] * colours[2].Values[i];
        }
        return new Plane(values, colours[0].Width, colours[0].Height);
    }

    private static float[] Minus(float[] a, float[] b)
    {
        float[] difference = new float[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    /// <summary>Ink over paper. Dark ink in less light stands out less, by as much as the paper there is darker.</summary>
    private static Plane Difference(Plane grey, Plane paper, bool isDark)
    {
        float light = isDark ? -Quantile(paper.Values, 0.5) : 0;
        float[] ink = Minus(grey.Values, paper.Values);
        for (int i = 0; i < ink.Length; i++)
        {
            ink[i] = Math.Max(0, ink[i]) * (isDark ? light / Math.Max(-paper.Values[i], 0.25f * light) : 1);
        }
        return new Plane(ink, grey.Width, grey.Height);
    }

    /// <summary>All pixels above <paramref name="weak"/> that are connected with one above <paramref name="strong"/>.</summary>
    private static bool[] Grow(Plane ink, float weak, float strong)
    {
        bool[] isInk = new bool[ink.Values.Length];
        Func<int, bool> take = place => !isInk[place] && ink.Values[place] >= weak && (isInk[place] = true);
        for (int start = 0; start < isInk.Length; start++)
        {
            if (ink.Values[start] >= strong)
            {
                ConnectedPixels.Visit(start, ink.Width, ink.Height, take);
            }
        }
        return isInk;
    }

    private static float Quantile(float[] values, double share)
    {
        if (values.Length == 0)
        {
            return 0;
        }
        // Of many values some are enough; an odd stride meets all columns.
        const int Enough = 1 << 16;
        int stride = values.Length / Enough + 1 | 1;
        float[] sorted = new float[(values.Length + stride - 1) / stride];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = values[i * stride];
        }
        Array.Sort(sorted);
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
