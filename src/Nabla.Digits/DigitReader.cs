using Nabla.Reading;

namespace Nabla;

/// <summary>
/// Reads handwritten digits in pictures of any size: photographs, scans, drawings, dark on light or light on dark. The ink is found, brought into the form of MNIST's digits and given to a
/// network.
/// </summary>
/// <remarks>
/// A reader is safe to be used from several threads at once. All of it is managed code on pixels; who decodes the picture does not matter.
/// </remarks>
public sealed class DigitReader
{
    // A digit alone may be a small part of a large photograph; of a page, each is.
    private const int SideForOne = 640, SideForPage = 1600;

    /// <summary>A gap of so many times the height of a digit ends a number.</summary>
    private const double NumberGap = 0.75;

    // Of the network that tells digits from other signs, trained by the recipe of its name: the class of digits; the other is of everything else.
    private const int DigitLabel = 1;
    private static readonly Lazy<Network> Detector = new(() => Digits.Load("digit-or-not"));

    private readonly Network _network;
    private readonly TestTimeAugmentation _views;
    private readonly Network? _detector;

    /// <param name="network">Takes images of 28×28; such as <see cref="Digits.Load()"/>, or one of your own.</param>
    /// <param name="views">How many views of each digit are averaged, see <see cref="TestTimeAugmentation"/>.</param>
    /// <exception cref="ArgumentException">The network takes other samples.</exception>
    public DigitReader(Network network, int views = 1)
    {
        if (!CanRead(network.InputShape))
        {
            throw new ArgumentException($"The network takes samples of {network.InputShape}, expected {MnistForm.Side}×{MnistForm.Side} grey levels.", nameof(network));
        }
        (_network, _views) = (network, new TestTimeAugmentation(network, views));
        _detector = IsOfDigits(network) ? Detector.Value : null;
    }

    /// <summary>Whether a network takes what is made of digits here: 28×28 grey levels.</summary>
    public static bool CanRead(Shape input) => input is [MnistForm.Side, MnistForm.Side] or [MnistForm.Side, MnistForm.Side, 1];

    /// <summary>
    /// Finds the one digit, or other sign, of a picture: the largest piece of ink with what is near it.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="steps">Receives what was done on the way, each step a name and a picture.</param>
    /// <returns>Null where the picture is blank.</returns>
    public static FoundDigit? Find(Picture picture, ICollection<ReadingStep>? steps = null)
    {
        if (AlreadyInForm(picture) is byte[] pixels)
        {
            steps?.Add(new ReadingStep("already as MNIST's", Picture.FromGrey(pixels, MnistForm.Side, MnistForm.Side)));
            return new FoundDigit(pixels, new PictureBox(0, 0, picture.Width, picture.Height));
        }
        InkPage page = InkPage.Of(picture, SideForOne);
        if (steps is not null)
        {
            page.Explain(picture, steps);
        }
        return Find(page, picture.Width, picture.Height, steps);
    }

    /// <summary>
    /// Finds the one digit, or other sign, of a drawing of which it is known what is ink, such as one that was drawn on a screen: much faster than in a picture, where it has to be found out.
    /// </summary>
    /// <param name="ink">[height, width], 0 for paper to 255 for full ink.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="steps">Receives what was done on the way, each step a name and a picture.</param>
    /// <returns>Null where nothing is drawn.</returns>
    /// <exception cref="ArgumentException">The drawing is no whole number of rows.</exception>
    public static FoundDigit? FindDrawn(ReadOnlySpan<byte> ink, int width, ICollection<ReadingStep>? steps = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (ink.Length % width != 0)
        {
            throw new ArgumentException($"The drawing has {ink.Length} levels, expected a multiple of its width, {width}.", nameof(ink));
        }
        steps?.Add(new ReadingStep("drawing", Picture.FromGrey(ink, width, ink.Length / width)));
        return Find(InkPage.OfDrawing(ink, width), width, ink.Length / width, steps);
    }

    /// <summary>Reads the one digit of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="steps">Receives what was done on the way, each step a name and a picture.</param>
    public DigitReading Read(Picture picture, ICollection<ReadingStep>? steps = null) =>
        Find(picture, steps) is FoundDigit found ? Read([found])[0] : DigitReading.Blank;

    /// <summary>Reads the one digit of a drawing of which it is known what is ink, see <see cref="FindDrawn"/>.</summary>
    /// <param name="ink">[height, width], 0 for paper to 255 for full ink.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="steps">Receives what was done on the way, each step a name and a picture.</param>
    /// <exception cref="ArgumentException">The drawing is no whole number of rows.</exception>
    public DigitReading ReadDrawn(ReadOnlySpan<byte> ink, int width, ICollection<ReadingStep>? steps = null) =>
        FindDrawn(ink, width, steps) is FoundDigit found ? Read([found])[0] : DigitReading.Blank;

    /// <summary>Reads all digits of a picture: line by line from the top, each from left to right.</summary>
    /// <param name="picture">The picture.</param>
    /// <returns>The lines; none where the picture is blank.</returns>
    public IReadOnlyList<IReadOnlyList<DigitReading>> ReadPage(Picture picture) => new PageReading(InkPage.Of(picture, SideForPage), picture, Read).Lines();

    /// <summary>What stands in a line, in the network's names: what is no digit is left out, and a wide gap, as between numbers, is a space.</summary>
    /// <param name="line">One of the lines of <see cref="ReadPage"/>.</param>
    public string TextOf(IReadOnlyList<DigitReading> line)
    {
        DigitReading[] digits = [.. line.Where(reading => reading.Verdict != ReadingVerdict.NoDigit)];
        double gap = digits.Length == 0 ? 0 : NumberGap * digits.Average(digit => digit.Found!.Box.Height);
        return string.Concat(digits.Select((digit, i) =>
        {
            bool begins = i > 0 && digit.Found!.Box.Left - (digits[i - 1].Found!.Box.Left + digits[i - 1].Found!.Box.Width) > gap;
            return (begins ? " " : "") + _network.NameOf(digit.Prediction!.Value.Label);
        }));
    }

    /// <summary>The levels of a picture that has MNIST's form already, also with light and dark exchanged; null for all others.</summary>
    private static byte[]? AlreadyInForm(Picture picture)
    {
        if (picture.Width != MnistForm.Side || picture.Height != MnistForm.Side || !picture.IsGrey)
        {
            return null;
        }
        for (int i = Picture.Channels - 1; i < picture.Pixels.Length; i += Picture.Channels)
        {
            if (picture.Pixels[i] != byte.MaxValue)
            {
                return null;
            }
        }
        byte[] levels = picture.ToGrey();
        if (levels[0] > byte.MaxValue / 2)
        {
            levels = [.. levels.Select(level => (byte)(byte.MaxValue - level))];
        }
        return MnistForm.Fits(levels) ? levels : null;
    }

    private static FoundDigit? Find(InkPage page, int width, int height, ICollection<ReadingStep>? steps)
    {
        List<InkPiece> pieces = InkPiece.FindAll(page, out int[] map);
        if (InkPiece.OfOneDigit(page, pieces) is not InkPiece digit)
        {
            return null;
        }
        FoundDigit found = new(DigitFitting.Fit(digit.Cut(page, map), page.Faint, steps), digit.BoxIn(width, height, page));
        steps?.Add(new ReadingStep("in the middle of 28×28", Picture.FromGrey(found.Pixels, MnistForm.Side, MnistForm.Side)));
        return found;
    }

    private DigitReading[] Read(IReadOnlyList<FoundDigit> found)
    {
        if (found.Count == 0)
        {
            return [];
        }
        byte[] pixels = [.. found.SelectMany(digit => digit.Pixels)];
        float[] values = new float[pixels.Length];
        _network.Preprocessing.FromLevels(pixels, values);
        int classes = _network.OutputShape.Size;
        float[] scores = _views.Score(new FloatFeatures(values, _network.InputShape), threads: 1);
        float[]? digitness = _detector?.Score(new ByteFeatures(pixels, _detector.InputShape), threads: 1);
        return [.. found.Select((digit, i) => new DigitReading(digit, scores[(i * classes)..((i + 1) * classes)], digitness?[2 * i + DigitLabel]))];
    }

    private static bool IsOfDigits(Network network)
    {
        string[] digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
        return network.OutputShape.Size == digits.Length && Enumerable.Range(0, digits.Length).All(label => network.NameOf(label) == digits[label]) && network.Loss is SoftmaxCrossEntropyLoss;
    }
}

/// <summary>A digit, or other sign, that was found in a picture.</summary>
/// <param name="Pixels">28×28 levels as MNIST has them, 0 for paper to 255 for ink.</param>
/// <param name="Box">Where it is.</param>
public sealed record FoundDigit(byte[] Pixels, PictureBox Box);

/// <summary>One step on the way from a picture to a digit.</summary>
/// <param name="Name">What was done, in a few words.</param>
/// <param name="Picture">What came of it.</param>
public sealed record ReadingStep(string Name, Picture Picture);

/// <summary>Whether something was read.</summary>
public enum ReadingVerdict
{
    /// <summary>A digit, or one of the network's classes.</summary>
    Sure,

    /// <summary>Perhaps a digit; perhaps another than the best guess.</summary>
    Unsure,

    /// <summary>Nothing, or something that is no digit.</summary>
    NoDigit,
}

/// <summary>What was read in one place.</summary>
public sealed class DigitReading
{
    /// <summary>Below the first probability of being a digit there is none; below the second, or where the best guess is less probable than the third, it is unsure.</summary>
    private const float LeastDigit = 0.5f, SureDigit = 0.8f, SureGuess = 0.6f;

    private readonly float[] _scores;

    internal DigitReading(FoundDigit found, float[] scores, float? digitness)
    {
        (Found, _scores, Digitness) = (found, scores, digitness);
        Prediction = Nabla.Prediction.FromScores(scores);
        Verdict = digitness < LeastDigit ? ReadingVerdict.NoDigit
            : digitness < SureDigit || Prediction.Value.Confidence < SureGuess ? ReadingVerdict.Unsure
            : ReadingVerdict.Sure;
    }

    private DigitReading() => (_scores, Verdict) = ([], ReadingVerdict.NoDigit);

    /// <summary>Where something was found, and its image; null on a blank page.</summary>
    public FoundDigit? Found { get; }

    /// <summary>The network's scores, one a class; none on a blank page.</summary>
    public IReadOnlyList<float> Scores => _scores;

    /// <summary>The best guess and the next; null on a blank page.</summary>
    public Prediction? Prediction { get; }

    /// <summary>Estimated probability that it is a digit at all, 0 to 1; null on a blank page, and where the network reads something else than the ten digits.</summary>
    public float? Digitness { get; }

    /// <summary>What is to be made of it.</summary>
    public ReadingVerdict Verdict { get; }

    internal static DigitReading Blank { get; } = new();
}
