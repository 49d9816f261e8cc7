namespace Nabla.Reading;

/// <summary>Finds the digits of a page: which pieces of ink are one, which touch, and in which order they stand.</summary>
internal sealed class PageReading
{
    /// <summary>Pieces lower than this share of the usual height are dots and specks, unless they belong to a digit.</summary>
    private const double LeastHeight = 0.4;

    /// <summary>A digit wider than so many times its height, or less certain than this, is tried in parts.</summary>
    private const double WidestDigit = 1.15, NarrowDigit = 0.6;
    private const float CertainDigit = 0.4f;

    /// <summary>So sure must the network be of each part, or it is none.</summary>
    private const float LeastPart = 0.3f;

    /// <summary>Of a piece, so many cuts are tried by the network; of these parts again, so many times.</summary>
    private const int MostCandidates = 10, MostCuts = 5;

    /// <summary>So much surer, as a difference of logarithms, the network must be of each of the parts that a digit is split, or of the whole that parts are put together.</summary>
    private const double Gain = 0.3;

    /// <summary>The same for what is no wider than a digit: most of that is one, however it is written.</summary>
    private const double GainOfNarrow = 4;

    private static readonly double[] Slopes = [0, -0.15, 0.15, -0.3, 0.3];

    private readonly InkPage _page;
    private readonly Picture _picture;
    private readonly Func<IReadOnlyList<FoundDigit>, DigitReading[]> _read;
    private readonly int[] _map;
    private readonly List<InkPiece> _pieces;

    /// <param name="page">The page.</param>
    /// <param name="picture">The picture that it is of.</param>
    /// <param name="read">Reads digits that were found.</param>
    public PageReading(InkPage page, Picture picture, Func<IReadOnlyList<FoundDigit>, DigitReading[]> read)
    {
        (_page, _picture, _read) = (page, picture, read);
        _pieces = InkPiece.FindAll(page, out _map);
    }

    /// <summary>The lines of the page.</summary>
    public List<IReadOnlyList<DigitReading>> Lines()
    {
        List<InkPiece> digits = Digits();
        return [.. InLines(digits).Select(line => (IReadOnlyList<DigitReading>)[.. Joined(line).SelectMany(one => InParts(one.Digit, one.Reading))])];
    }

    /// <summary>Pieces put together to digits.</summary>
    private List<InkPiece> Digits()
    {
        List<InkPiece> large = [.. _pieces.Where(piece => !piece.TouchesRim(_page))];
        if (large.Count == 0)
        {
            return [];
        }
        // The usual height is that of the middle one, by ink: specks are many, but light.
        double half = large.Sum(piece => piece.Mass) / 2, sum = 0;
        double height = large.OrderBy(piece => piece.Height).First(piece => (sum += piece.Mass) >= half).Height;
        List<InkPiece> digits = [.. large.Where(piece => piece.Height >= LeastHeight * height)];
        foreach (InkPiece part in large.Where(piece => piece.Height < LeastHeight * height && piece.Mass > 0.01 * height * height).OrderByDescending(piece => piece.Mass))
        {
            // The bar of a 5, the end of a broken stroke: with the nearest digit, if both together are no larger than one.
            int nearest = digits.Count == 0 ? -1 : Enumerable.Range(0, digits.Count).MinBy(i => digits[i].DistanceTo(part));
            if (nearest >= 0 && digits[nearest].DistanceTo(part) <= 0.25 * height && digits[nearest].With(part) is { } whole && whole.Height <= 1.5 * height && whole.Width <= 1.4 * height)
            {
                digits[nearest] = whole;
            }
        }
        // Large parts above each other or side by side within one width: a 4 or 5 of two strokes.
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 0; i < digits.Count && !changed; i++)
            {
                for (int k = i + 1; k < digits.Count && !changed; k++)
                {
                    int across = Math.Min(digits[i].Right, digits[k].Right) - Math.Max(digits[i].Left, digits[k].Left);
                    InkPiece whole = digits[i].With(digits[k]);
                    if (across >= 0.5 * Math.Min(digits[i].Width, digits[k].Width) && whole.Height <= 1.4 * height)
                    {
                        digits[i] = whole;
                        digits.RemoveAt(k);
                        changed = true;
                    }
                }
            }
        }
        return digits;
    }

    /// <summary>Each digit follows the one to its left that is at its height; the lines may slope.</summary>
    private static List<List<InkPiece>> InLines(List<InkPiece> digits)
    {
        List<List<InkPiece>> lines = [];
        foreach (InkPiece digit in digits.OrderBy(digit => digit.Left + digit.Right))
        {
            List<InkPiece>? line = lines
                .Select(line => (Line: line, Shared: Shared(line[^1], digit)))
                .Where(candidate => candidate.Shared > 0.3)
                .OrderByDescending(candidate => candidate.Shared).FirstOrDefault().Line;
            if (line is null)
            {
                lines.Add([digit]);
            }
            else
            {
                line.Add(digit);
            }
        }
        return [.. lines.OrderBy(line => line.Average(digit => digit.Top + digit.Bottom))];

        // The share of the lower one's height that both have in common.
        static double Shared(InkPiece a, InkPiece b) => (Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top)) / (double)Math.Min(a.Height, b.Height);
    }

    /// <summary>Neighbours that are one digit together, a 0 with a gap or a 4 of two strokes: where the network is surer of the whole than of the parts.</summary>
    private List<(InkPiece Digit, DigitReading Reading)> Joined(List<InkPiece> line)
    {
        List<(InkPiece Digit, DigitReading Reading)> joined = [(line[0], Whole(line[0]))];
        foreach (InkPiece next in line.Skip(1))
        {
            (InkPiece last, DigitReading lastReading) = joined[^1];
            DigitReading reading = Whole(next);
            InkPiece both = last.With(next);
            int height = Math.Max(last.Height, next.Height);
            bool isOneDigitsSize = last.DistanceTo(next) <= 0.25 * height && both.Width <= WidestDigit * height && both.Height <= 1.3 * height;
            if (isOneDigitsSize && Whole(both) is { } asOne && Certainty(asOne) > Math.Min(Certainty(lastReading), Certainty(reading)) + Gain)
            {
                joined[^1] = (both, asOne);
            }
            else
            {
                joined.Add((next, reading));
            }
        }
        return joined;
    }

    private DigitReading Whole(InkPiece digit) => _read([new FoundDigit(DigitFitting.Fit(digit.Cut(_page, _map), _page.Faint), digit.BoxIn(_picture.Width, _picture.Height, _page))])[0];

    private DigitReading[] InParts(InkPiece digit, DigitReading whole)
    {
        bool isOne = digit.Width <= NarrowDigit * digit.Height || (digit.Width <= WidestDigit * digit.Height && Certainty(whole) >= Math.Log(CertainDigit));
        return isOne ? [whole] : Split(digit.Cut(_page, _map), whole, MostCuts);
    }

    private static bool IsNarrow(Plane ink) => ink.Width <= NarrowDigit * ink.Height;

    /// <summary>Whether a part may be a digit.</summary>
    private static bool IsDigit(DigitReading part) => Certainty(part) >= Math.Log(LeastPart);

    /// <summary>The logarithm of how probable the best guess is, and that it is a digit at all.</summary>
    private static double Certainty(DigitReading reading) => Math.Log(Math.Max(1e-6, reading.Prediction!.Value.Confidence * (reading.Digitness ?? 1)));

    /// <summary>Cuts the ink in two where the network is then surest, and each part again, as long as it gets surer.</summary>
    private DigitReading[] Split(Plane ink, DigitReading whole, int cutsLeft)
    {
        if (cutsLeft == 0 || IsNarrow(ink))
        {
            return [whole];
        }
        (double At, double Slope)[] cuts = Cuts(ink);
        PictureBox box = whole.Found!.Box;
        Plane[] parts = [.. cuts.SelectMany(cut => (Plane[])[Between(ink, 0, 0, cut.At, cut.Slope), Between(ink, cut.At, cut.Slope, ink.Width, 0)])];
        DigitReading[] readings = _read([.. parts.Select((part, i) => new FoundDigit(DigitFitting.Fit(part, _page.Faint), Share(box, cuts[i / 2].At / ink.Width, isLeft: i % 2 == 0)))]);
        int best = Enumerable.Range(0, cuts.Length).MaxBy(i => Certainty(readings[2 * i]) + Certainty(readings[2 * i + 1]));
        DigitReading left = readings[2 * best], right = readings[2 * best + 1];
        Plane leftInk = Trimmed(parts[2 * best]), rightInk = Trimmed(parts[2 * best + 1]);
        // What is cut off is a digit, or can be cut again; most letters end here.
        if ((!IsDigit(left) && !IsDigit(right)) || (!IsDigit(left) && IsNarrow(leftInk)) || (!IsDigit(right) && IsNarrow(rightInk)))
        {
            return [whole];
        }
        DigitReading[] split = [.. Split(leftInk, left, cutsLeft - 1), .. Split(rightInk, right, cutsLeft - 1)];
        return Array.TrueForAll(split, IsDigit) && split.Min(Certainty) > Certainty(whole) + (ink.Width <= WidestDigit * ink.Height ? GainOfNarrow : Gain) ? split : [whole];
    }

    /// <summary>The cuts that go through least ink, upright or slanted, not too near each other.</summary>
    private static (double At, double Slope)[] Cuts(Plane ink)
    {
        double spacing = ink.Height / 14.0;
        List<(double At, double Slope, double Cost)> all = [];
        for (double at = 0.15 * ink.Height; at <= ink.Width - 0.15 * ink.Height; at += Math.Max(1, spacing / 4))
        {
            (double slope, double cost) = Slopes.Select(slope => (slope, CutInk(ink, at, slope))).MinBy(pair => pair.Item2);
            all.Add((at, slope, cost));
        }
        List<(double At, double Slope)> chosen = [];
        foreach ((double at, double slope, _) in all.OrderBy(cut => cut.Cost))
        {
            if (chosen.Count < MostCandidates && chosen.TrueForAll(cut => Math.Abs(cut.At - at) >= spacing))
            {
                chosen.Add((at, slope));
            }
        }
        return chosen.Count > 0 ? [.. chosen] : [(ink.Width / 2.0, 0)];
    }

    private static PictureBox Share(PictureBox box, double share, bool isLeft)
    {
        int cut = Math.Clamp((int)Math.Round(share * box.Width), 1, Math.Max(1, box.Width - 1));
        return isLeft ? box with { Width = cut } : box with { Left = box.Left + cut, Width = Math.Max(1, box.Width - cut) };
    }

    /// <summary>Without the columns at its sides that have no ink.</summary>
    private static Plane Trimmed(Plane ink)
    {
        int[] inked = [.. Enumerable.Range(0, ink.Width).Where(x => Enumerable.Range(0, ink.Height).Any(y => ink[x, y] > 0))];
        return inked.Length == 0 ? ink : ink.Crop(inked[0], 0, inked[^1] - inked[0] + 1, ink.Height);
    }

    private static double CutInk(Plane ink, double at, double slope)
    {
        double sum = 0;
        for (int y = 0; y < ink.Height; y++)
        {
            int x = (int)Math.Round(at + slope * (y - ink.Height / 2.0));
            sum += (uint)x < (uint)ink.Width ? ink[x, y] : 0;
        }
        return sum;
    }

    private static Plane Between(Plane ink, double left, double leftSlope, double right, double rightSlope)
    {
        Plane part = new(ink.Width, ink.Height);
        for (int y = 0; y < ink.Height; y++)
        {
            double from = left + leftSlope * (y - ink.Height / 2.0), to = right + rightSlope * (y - ink.Height / 2.0);
            for (int x = Math.Max(0, (int)Math.Round(from)); x < Math.Min(ink.Width, (int)Math.Round(to)); x++)
            {
                part[x, y] = ink[x, y];
            }
        }
        return part;
    }
}
