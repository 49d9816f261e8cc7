using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Imaging.Tests;

public sealed class DigitReaderTests
{
    /// <summary>MNIST's test images where they are, else built-in digits: what holds here holds for both.</summary>
    private static readonly DataSet Digits = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NABLA_DATA")) ? SyntheticDigits.Generate(1000, seed: 2) : Mnist.Load().Test;

    private static readonly Network Shipped = Nabla.Digits.Load();
    private static readonly DigitReader Reader = new(Shipped);

    private readonly ITestOutputHelper _output;

    public DigitReaderTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void A_picture_as_MNIST_has_them_passes_through_unchanged()
    {
        int taken = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] pixels = Pixels(i);
            byte[] found = DigitReader.Find(Grey(pixels, 28))!.Pixels;
            if (pixels.AsSpan().SequenceEqual(found))
            {
                taken++;
                Assert.Equal(found, DigitReader.Find(Grey([.. pixels.Select(level => (byte)(255 - level))], 28))!.Pixels);
            }
        }
        Assert.True(taken >= 450, $"{taken} of 500 passed through.");
    }

    [Fact]
    public void Enlarged_digits_are_read_as_well_as_the_originals()
    {
        const int Times = 8, Margin = 32, Side = 28 * Times + 2 * Margin;
        int read = 0, original = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] pixels = Pixels(i), page = new byte[Side * Side];
            Array.Fill(page, (byte)255);
            for (int k = 0; k < 28 * Times * 28 * Times; k++)
            {
                int y = k / (28 * Times), x = k % (28 * Times);
                page[(Margin + y) * Side + Margin + x] = (byte)(255 - pixels[y / Times * 28 + x / Times]);
            }
            read += Reader.Read(Grey(page, Side)).Prediction?.Label == Label(i) ? 1 : 0;
            original += Shipped.Predict(pixels).Label == Label(i) ? 1 : 0;
        }
        Assert.True(read >= original, $"{read} right of 300 enlarged, {original} of the originals.");
    }

    /// <summary>With the steps and the place of what is found: the same digit anywhere on a drawing is the same image.</summary>
    [Fact]
    public void Drawn_digits_are_read_as_well_as_in_a_picture()
    {
        const int Times = 4, Width = 150, Height = 140;
        int read = 0, original = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] pixels = Pixels(i);
            (int left, int top) = (i % (Width - 28 * Times), i * 7 % (Height - 28 * Times));
            byte[] ink = new byte[Width * Height];
            for (int k = 0; k < 28 * Times * 28 * Times; k++)
            {
                (int x, int y) = (k % (28 * Times), k / (28 * Times));
                ink[(top + y) * Width + left + x] = pixels[y / Times * 28 + x / Times];
            }
            DigitReading reading = Reader.ReadDrawn(ink, Width);
            read += reading.Prediction?.Label == Label(i) ? 1 : 0;
            original += Shipped.Predict(pixels).Label == Label(i) ? 1 : 0;
            if (i == 0)
            {
                PictureBox box = reading.Found!.Box;
                Assert.InRange(box.Left, left, left + 28 * Times);
                Assert.InRange(box.Left + box.Width, left, left + 28 * Times);
                List<ReadingStep> steps = [];
                Assert.Equal(reading.Found.Pixels, DigitReader.FindDrawn(ink, Width, steps)!.Pixels);
                Assert.Equal(["drawing", "cut out, longer side 20", "in the middle of 28×28"], steps.Select(step => step.Name));
                Assert.Equal(ink, steps[0].Picture.ToGrey());
                Assert.Equal(reading.Found.Pixels, steps[2].Picture.ToGrey());
            }
        }
        Assert.True(read >= original - 1, $"{read} right of 300 drawn, {original} of the originals.");
    }

    [Fact]
    public void A_drawing_without_ink_is_blank_and_one_of_broken_rows_is_refused()
    {
        Assert.Equal(ReadingVerdict.NoDigit, Reader.ReadDrawn(new byte[400], width: 20).Verdict);
        Assert.Null(DigitReader.FindDrawn(new byte[400], width: 20));
        Assert.Null(DigitReader.FindDrawn([], width: 20));
        Assert.Throws<ArgumentException>(() => DigitReader.FindDrawn(new byte[400], width: 30));
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitReader.FindDrawn(new byte[400], width: 0));
    }

    public static TheoryData<string, byte[], byte[]> Colours() => new()
    {
        { "black on white", [255, 255, 255], [0, 0, 0] },
        { "white on black", [0, 0, 0], [255, 255, 255] },
        { "yellow on blue", [20, 40, 120], [250, 230, 60] },
        { "red on a green as bright", [60, 130, 60], [220, 50, 60] },
        { "pencil on grey", [190, 188, 182], [120, 118, 115] },
    };

    [Theory]
    [MemberData(nameof(Colours))]
    public void Colours_of_paper_and_ink_do_not_matter(string kind, byte[] paper, byte[] ink)
    {
        int same = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] pixels = new byte[60 * 80 * 4], digit = Pixels(i);
            for (int k = 0; k < 60 * 80; k++)
            {
                int x = k % 80 - 40, y = k / 80 - 20;
                int level = (uint)x < 28 && (uint)y < 28 ? digit[y * 28 + x] : 0;
                for (int channel = 0; channel < 3; channel++)
                {
                    pixels[4 * k + channel] = (byte)(paper[channel] + level * (ink[channel] - paper[channel]) / 255);
                }
                pixels[4 * k + 3] = 255;
            }
            same += Reader.Read(new Picture(pixels, 80, 60)).Prediction?.Label == Shipped.Predict(digit).Label ? 1 : 0;
        }
        Assert.True(same >= 39, $"{kind}: {same} of 40 as in MNIST's colours.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(130)]
    public void Ink_on_nothing_is_read_whatever_its_colour(byte level)
    {
        int same = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] digit = Pixels(i), pixels = [.. digit.SelectMany(alpha => (byte[])[level, level, level, alpha])];
            same += Reader.Read(new Picture(pixels, 28, 28)).Prediction?.Label == Shipped.Predict(digit).Label ? 1 : 0;
        }
        Assert.True(same >= 39, $"{same} of 40.");
    }

    [Fact]
    public void Blank_pages_are_blank()
    {
        Philox random = new(1);
        foreach ((int width, int height) in new[] { (28, 28), (8, 8), (300, 200), (1, 1), (1000, 3) })
        {
            byte[] white = new byte[width * height], gradient = new byte[width * height], noise = new byte[width * height];
            for (int i = 0; i < white.Length; i++)
            {
                white[i] = 255;
                gradient[i] = (byte)(120 + 100 * (i % width) / width);
                noise[i] = (byte)(200 + 5 * random.NextNormal());
            }
            foreach (byte[] page in new[] { white, gradient, noise, new byte[width * height] })
            {
                DigitReading reading = Reader.Read(Picture.FromGrey(page, width, height));
                Assert.Equal(ReadingVerdict.NoDigit, reading.Verdict);
                Assert.Null(reading.Found);
                Assert.Empty(Reader.ReadPage(Picture.FromGrey(page, width, height)));
            }
        }
        Assert.Null(DigitReader.Find(new Picture(new byte[28 * 28 * 4], 28, 28)));
    }

    [Fact]
    public void Photographs_are_read()
    {
        int right = Enumerable.Range(0, 100).Count(i => Reader.Read(Photograph.OfOne(Pixels(i), (ulong)i)).Prediction?.Label == Label(i));
        Assert.True(right >= 97, $"{right} of 100 photographs of digits.");
    }

    [Fact]
    public void Numbers_of_a_page_are_found_placed_and_read()
    {
        int right = 0;
        for (int i = 0; i < 25; i++)
        {
            (Picture page, string[] expected, Photograph.Placed[] places) = Page(i, [4, 3]);
            IReadOnlyList<IReadOnlyList<DigitReading>> lines = Reader.ReadPage(page);
            bool isRight = expected.SequenceEqual(lines.Select(Text));
            right += isRight ? 1 : 0;
            if (isRight)
            {
                Assert.All(lines.SelectMany(line => line).Zip(places), pair =>
                {
                    PictureBox box = pair.First.Found!.Box;
                    double x = box.Left + box.Width / 2.0, y = box.Top + box.Height / 2.0;
                    Assert.True(Math.Abs(x - pair.Second.CenterX) < 0.3 * pair.Second.Side && Math.Abs(y - pair.Second.CenterY) < 0.3 * pair.Second.Side, $"page {i}: {box} is not at {pair.Second}.");
                });
            }
        }
        Assert.True(right >= 22, $"{right} of 25 pages of two numbers.");
    }

    [Fact]
    public void Digits_that_touch_are_split()
    {
        int right = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] first = Pixels(2 * i), second = Pixels(2 * i + 1);
            // As close as they come: the first column of the second on the last of the first.
            int end = Enumerable.Range(0, 28).Last(x => Enumerable.Range(0, 28).Any(y => first[y * 28 + x] > 100));
            int begin = Enumerable.Range(0, 28).First(x => Enumerable.Range(0, 28).Any(y => second[y * 28 + x] > 100));
            byte[] page = new byte[100 * 60];
            for (int k = 0; k < 784; k++)
            {
                int at = (16 + k / 28) * 100 + 20 + k % 28;
                page[at] = Math.Max(page[at], first[k]);
                page[at + end - begin] = Math.Max(page[at + end - begin], second[k]);
            }
            right += string.Concat(Reader.ReadPage(Picture.FromGrey(page, 100, 60)).Select(Text)) == $"{Label(2 * i)}{Label(2 * i + 1)}" ? 1 : 0;
        }
        _output.WriteLine($"{right} of 40 pairs that touch");
        Assert.True(right >= 32, $"{right} of 40 pairs that touch.");
    }

    [Fact]
    public void Letters_are_no_digits_and_digits_are()
    {
        (int refused, int others) = Letters(size: 60, paper: 255);
        int lost = Enumerable.Range(0, 300).Count(i => Reader.Read(Grey(Pixels(i), 28)).Verdict == ReadingVerdict.NoDigit);
        _output.WriteLine($"{refused} of {others} letters refused, {lost} of 300 digits");
        Assert.True(refused >= 0.85 * others, $"{refused} of {others} letters refused.");
        Assert.True(lost <= 6, $"{lost} of 300 digits refused.");
    }

    [Fact]
    public void Cases_are_read()
    {
        string folder = Cases.Require();
        foreach (string name in new[] { "white-on-transparent.png", "grey-paper.png", "off-centre.png", "large.jpg" })
        {
            DigitReading reading = Reader.Read(PictureFile.Read(Path.Combine(folder, name)));
            Assert.Equal((7, ReadingVerdict.Sure), (reading.Prediction?.Label, reading.Verdict));
        }
        Assert.Equal(ReadingVerdict.NoDigit, Reader.Read(PictureFile.Read(Path.Combine(folder, "blank.png"))).Verdict);
    }

    /// <summary>The figures of docs/pictures.md: dotnet test --project tests/Nabla.Imaging.Tests -- --explicit only --filter-method "*Figures_of_pictures"</summary>
    [Fact(Explicit = true)]
    public void Figures_of_pictures()
    {
        const int Singles = 2000, Numbers = 500;
        int right = 0, sure = 0, refused = 0, original = 0;
        Parallel.For(0, Singles, i =>
        {
            DigitReading reading = Reader.Read(Photograph.OfOne(Pixels(i), (ulong)i + 20_000));
            Interlocked.Add(ref right, reading.Prediction?.Label == Label(i) ? 1 : 0);
            Interlocked.Add(ref sure, reading.Verdict == ReadingVerdict.Sure ? 1 : 0);
            Interlocked.Add(ref refused, reading.Verdict == ReadingVerdict.NoDigit ? 1 : 0);
            Interlocked.Add(ref original, Shipped.Predict(Pixels(i)).Label == Label(i) ? 1 : 0);
        });
        _output.WriteLine($"photographs: {right} of {Singles} right (their originals {original}); {sure} sure, {refused} refused");
        int whole = 0;
        Parallel.For(0, Numbers, i =>
        {
            (Picture page, string[] expected, _) = Page(i + 20_000, [4]);
            Interlocked.Add(ref whole, expected.SequenceEqual(Reader.ReadPage(page).Select(Text)) ? 1 : 0);
        });
        _output.WriteLine($"numbers of four digits: {whole} of {Numbers}");
        int lost = Enumerable.Range(0, 10_000).AsParallel().Count(i => Reader.Read(Grey(Pixels(i % Digits.Count), 28)).Verdict == ReadingVerdict.NoDigit);
        (int letters, int others) = Letters(size: 60, paper: 235);
        ByteFeatures signs = OtherSigns.Generate(2000, seed: 99);
        int drawn = Enumerable.Range(0, signs.Count).AsParallel().Count(i => Reader.Read(Grey(signs[i].ToArray(), 28)).Verdict == ReadingVerdict.NoDigit);
        _output.WriteLine($"refused: {lost} of 10000 digits; {letters} of {others} printed letters; {drawn} of {signs.Count} letters, signs, scribbles and blots as the detector learnt them");
    }

    /// <summary>Printed letters that are not like digits.</summary>
    private static (int Refused, int Count) Letters(float size, byte paper)
    {
        const string All = "ACEFHJKLMNPQRTUVWXYacdefhjkmnpruvwx&%#@?!*+=<>€§";
        int refused = 0;
        using SKFont font = new(PictureFont.Typeface, size);
        using SKPaint paint = new() { IsAntialias = true, Color = new SKColor(30, 30, 40) };
        foreach (char letter in All)
        {
            using SKSurface surface = SKSurface.Create(new SKImageInfo(120, 120, SKColorType.Rgba8888, SKAlphaType.Opaque));
            surface.Canvas.Clear(new SKColor(paper, paper, paper));
            surface.Canvas.DrawText(letter.ToString(), 35, 80, SKTextAlign.Left, font, paint);
            using SKImage image = surface.Snapshot();
            using SKPixmap pixels = image.PeekPixels();
            refused += Reader.Read(new Picture(pixels.GetPixelSpan().ToArray(), 120, 120)).Verdict == ReadingVerdict.NoDigit ? 1 : 0;
        }
        return (refused, All.Length);
    }

    private static (Picture Page, string[] Expected, Photograph.Placed[] Places) Page(int seed, int[] lengths)
    {
        Philox random = new((ulong)seed, purpose: 5);
        int[][] chosen = [.. lengths.Select(length => new int[length])];
        foreach (int[] line in chosen)
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = random.NextBelow(Digits.Count);
            }
        }
        Picture page = Photograph.OfLines([.. chosen.Select(line => line.Select(Pixels).ToArray())], (ulong)seed, out Photograph.Placed[] places);
        return (page, [.. chosen.Select(line => string.Concat(line.Select(Label)))], places);
    }

    private static string Text(IReadOnlyList<DigitReading> line) => string.Concat(line.Select(reading => reading.Prediction!.Value.Label));

    private static Picture Grey(byte[] levels, int side) => Picture.FromGrey(levels, side, levels.Length / side);

    private static byte[] Pixels(int i) => ((ByteFeatures)Digits.Features)[i].ToArray();

    private static int Label(int i) => ((ClassLabels)Digits.Targets).Values[i];
}
