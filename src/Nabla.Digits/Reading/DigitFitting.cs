namespace Nabla.Reading;

/// <summary>
/// Brings the ink of one digit into the form of MNIST's: its longer side 20 pixels, its centre of mass in the middle of 28×28, its pen about as wide. Y. LeCun, C. Cortes and
/// C. Burges, "The MNIST database of handwritten digits", tells of the first two.
/// </summary>
internal static class DigitFitting
{
    private const int BoxSide = 20;

    /// <summary>The digit is first brought to so many times the final size, where its pen is made thicker or thinner.</summary>
    private const int Fine = 4;

    /// <summary>Widths of a pen, in final pixels, beyond which it is changed, and what it becomes. Nearly all of MNIST's digits are between.</summary>
    private const double ThinPen = 1.5, ThickPen = 4.6, UsualPen = 2.2, GreatPen = 3.8;

    /// <summary>28×28 levels, 0 to 255, of a digit's ink.</summary>
    /// <param name="ink">Its ink, about 0 to 1, nothing else.</param>
    /// <param name="faint">What is below this may be noise: the digit ends there.</param>
    /// <param name="steps">Receives what was done on the way; null for nobody.</param>
    public static byte[] Fit(Plane ink, float faint, ICollection<ReadingStep>? steps = null)
    {
        ink = Saturated(ink, faint);
        int enlarge = Math.Max(1, (int)Math.Ceiling(Fine * BoxSide / (double)Math.Max(ink.Width, ink.Height)));
        Plane fine = ToBox(ink.Enlarge(enlarge), Fine * BoxSide, faint, rim: Fine * 3);
        steps?.Add(new ReadingStep("cut out, longer side 20", InkPage.ToPicture(fine)));
        double pen = PenWidth(fine) / Fine;
        bool isUsual = pen is >= ThinPen and <= ThickPen;
        if (pen < ThinPen)
        {
            fine = ToBox(fine.Thicken((int)Math.Round((UsualPen - pen) / 2 * Fine)), Fine * BoxSide, faint, rim: Fine * 3);
        }
        else if (pen > ThickPen)
        {
            fine = ToBox(fine.Thicken((int)Math.Round((pen - GreatPen) / 2 * Fine), isErosion: true), Fine * BoxSide, faint, rim: Fine * 3);
        }
        if (!isUsual)
        {
            steps?.Add(new ReadingStep(pen < ThinPen ? "pen made thicker" : "pen made thinner", InkPage.ToPicture(fine)));
        }
        (double x, double y) = CenterOfMass(fine);
        Plane fitted = fine.Average(x - MnistForm.Middle * Fine, y - MnistForm.Middle * Fine, Fine, MnistForm.Side, MnistForm.Side);
        return [.. fitted.Values.Select(value => (byte)Math.Round(255 * Math.Clamp(value, 0, 1)))];
    }

    /// <summary>The mean width of a pen: twice the area over the length of its edge, which the steepness of grey levels adds up to.</summary>
    public static double PenWidth(Plane ink)
    {
        double area = 0, edge = 0;
        for (int y = 0; y < ink.Height - 1; y++)
        {
            for (int x = 0; x < ink.Width - 1; x++)
            {
                area += ink[x, y];
                float across = ink[x + 1, y] - ink[x, y], down = ink[x, y + 1] - ink[x, y];
                edge += Math.Sqrt(across * across + down * down);
            }
        }
        return edge > 0 ? 2 * area / edge : 0;
    }

    /// <summary>Full ink is 1: strokes are about as dark as their darker half.</summary>
    private static Plane Saturated(Plane ink, float faint)
    {
        float[] strong = [.. ink.Values.Where(value => value > 0.25f)];
        if (strong.Length == 0)
        {
            return ink;
        }
        Array.Sort(strong);
        float full = strong[(int)(0.75 * (strong.Length - 1))], floor = faint / 2;
        return ink.Map(value => Math.Clamp((value / full - floor) / (1 - floor), 0, 1));
    }

    /// <summary>The ink scaled so that its longer side has <paramref name="side"/> pixels, with a rim around it.</summary>
    private static Plane ToBox(Plane ink, int side, float faint, int rim)
    {
        (int left, int top, int right, int bottom) = (ink.Width, ink.Height, 0, 0);
        for (int y = 0; y < ink.Height; y++)
        {
            for (int x = 0; x < ink.Width; x++)
            {
                if (ink[x, y] > faint)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                }
            }
        }
        if (right <= left)
        {
            return new Plane(side + 2 * rim, side + 2 * rim);
        }
        double step = Math.Max(right - left, bottom - top) / (double)side;
        double x0 = (left + right) / 2.0 - step * (side / 2.0 + rim), y0 = (top + bottom) / 2.0 - step * (side / 2.0 + rim);
        return ink.Average(x0, y0, step, side + 2 * rim, side + 2 * rim);
    }

    private static (double X, double Y) CenterOfMass(Plane ink)
    {
        double sum = 0, sumX = 0, sumY = 0;
        for (int y = 0; y < ink.Height; y++)
        {
            for (int x = 0; x < ink.Width; x++)
            {
                sum += ink[x, y];
                sumX += ink[x, y] * (x + 0.5);
                sumY += ink[x, y] * (y + 0.5);
            }
        }
        return sum > 0 ? (sumX / sum, sumY / sum) : (ink.Width / 2.0, ink.Height / 2.0);
    }
}
