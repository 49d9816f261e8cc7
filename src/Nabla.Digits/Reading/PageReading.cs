namespace Nabla.Reading;

/// <summary>Finds the digits of a page: which pieces of ink are one, which touch, and in which order they stand.</summary>
internal sealed class PageReading
{
    /// <summary>Pieces lower than this share of the usual height are dots and specks, unless they belong to a digit.</summary>
    private const double LeastHeight = 0.4;

    /// <summary>A digit wider than so many times its height, or less certain than this, is tried in parts.</summary>
    private const double WidestDigit = 1.15;
    private const float CertainDigit = 0.9f;

    /// <summary>So much surer must the network be of the parts, as a difference of logarithms for each of them, that a digit is split.</summary>
    private const double Gain = 0.15;

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
        return [.. InLines(digits).Select(line => (IReadOnlyList<DigitReading>)[.. Joined(line).SelectMany(ReadOne)])];
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
    private List<InkPiece> Joined(List<InkPiece> line)
    {
        List<InkPiece> joined = [line[0]];
        foreach (InkPiece next in line.Skip(1))
        {
            InkPiece whole = joined[^1].With(next);
            int height = Math.Max(joined[^1].Height, next.Height);
            bool isOne = joined[^1].DistanceTo(next) <= 0.25 * height && whole.Width <= WidestDigit * height && whole.Height <= 1.3 * height
                && Certainty(Whole(whole)) > (Certainty(Whole(joined[^1])) + Certainty(Whole(next))) / 2 + Gain;
            if (isOne)
            {
                joined[^1] = whole;
            }
            else
            {
                joined.Add(next);
            }
        }
        return joined;
    }

    private DigitReading Whole(InkPiece digit) => _read([new FoundDigit(DigitFitting.Fit(digit.Cut(_page, _map), _page.Faint), digit.BoxIn(_picture, _page))])[0];

    private IEnumerable<DigitReading> ReadOne(InkPiece digit)
    {
        DigitReading whole = Whole(digit);
        if (digit.Width <= 0.6 * digit.Height || (digit.Width <= WidestDigit * digit.Height && Certainty(whole) >= Math.Log(CertainDigit)))
        {
            return [whole];
        }
        DigitReading[] best = [whole];
        double bestCertainty = Certainty(whole);
        for (int parts = 2; parts <= Math.Max(2, (int)Math.Ceiling(digit.Width / (0.5 * digit.Height))) && parts <= 6; parts++)
        {
            if (Split(digit.Cut(_page, _map), whole.Found!.Box, parts) is { } split && split.Average(Certainty) > bestCertainty + Gain)
            {
                (best, bestCertainty) = (split, split.Average(Certainty));
            }
        }
        return best;
    }

    /// <summary>The logarithm of how probable the best guess is, and that it is a digit at all.</summary>
    private static double Certainty(DigitReading reading) => Math.Log(Math.Max(1e-6, reading.Prediction!.Value.Confidence * (reading.Digitness ?? 1)));

    /// <summary>Cuts the ink into so many parts, each cut where least ink is cut near an equal share, upright or slanted.</summary>
    private DigitReading[]? Split(Plane ink, PictureBox box, int parts)
    {
        // Each candidate: where a cut crosses the middle height, and its slope.
        List<FoundDigit> found = [];
        double[] slopes = [0, -0.3, 0.3];
        double left = 0;
        double leftSlope = 0;
        for (int part = 1; part <= parts; part++)
        {
            double right = ink.Width, rightSlope = 0;
            if (part < parts)
            {
                double share = ink.Width * part / (double)parts, reach = 0.25 * ink.Width / parts;
                double least = double.MaxValue;
                for (double at = share - reach; at <= share + reach; at++)
                {
                    foreach (double slope in slopes)
                    {
                        double cost = CutInk(ink, at, slope) + 0.02 * Math.Abs(at - share);
                        if (cost < least)
                        {
                            (least, right, rightSlope) = (cost, at, slope);
                        }
                    }
                }
            }
            Plane piece = Between(ink, left, leftSlope, right, rightSlope);
            if (piece.Values.Sum() < 0.05 * ink.Values.Sum() / parts)
            {
                return null;
            }
            double scale = box.Width / (double)ink.Width;
            int from = box.Left + (int)(Math.Max(0, left) * scale), to = box.Left + (int)(Math.Min(ink.Width, right) * scale);
            found.Add(new FoundDigit(DigitFitting.Fit(piece, _page.Faint), box with { Left = from, Width = Math.Max(1, to - from) }));
            (left, leftSlope) = (right, rightSlope);
        }
        return _read(found);
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
