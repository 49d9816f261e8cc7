using System.Globalization;
using System.Xml.Linq;
using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Cli.Tests;

public sealed class PlotTests : IDisposable
{
    private const string Header = "epoch,loss,accuracy,validation_loss,validation_accuracy\n";

    private readonly TemporaryFolder _folder = new();

    public PlotTests() => Directory.CreateDirectory(_folder["run"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_gets_a_picture_of_both_kinds_with_both_panels()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", data, "--epochs", "3", "--out", "run");
        Assert.True(code == 0, error);

        string output = Plot("run");

        Assert.Equal(2, output.Split("Wrote ").Length - 1);
        using SKBitmap picture = SKBitmap.Decode(_folder["run/plot.png"]);
        Assert.Equal((900, 760), (picture.Width, picture.Height));
        Assert.True(HasColors(picture, top: 0), "the loss has its curves");
        Assert.True(HasColors(picture, top: 380), "the accuracy has its curves");
        string text = SvgText("run/plot.svg");
        foreach (string expected in new[] { "loss", "accuracy", "epoch", "training", "validation", "best" })
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1,0.3,0.9,0.2,0.94\n", "best: epoch 1, 94%")]
    [InlineData("1,2,0.3,1.8,0.4\n2,1.5,0.5,1.4,0.6\n3,NaN,0.1,NaN,0.1\n", "best: epoch 2, 60%")]
    [InlineData("1,2,,,\n2,1,,,\n", "best: epoch 2, 1")]
    public void The_best_epoch_is_named(string rows, string expected)
    {
        File.WriteAllText(_folder["run/history.csv"], Header + rows);
        Plot("run/history.csv", "--out", "curves.svg");
        Assert.Contains(expected, SvgText("curves.svg"), StringComparison.Ordinal);
        Assert.Equal(["curves.svg"], _folder.FileNames);
    }

    [Theory]
    [InlineData(1, 0.3, 0.9)]
    [InlineData(10, 2.3, 0.1)]
    [InlineData(10, 0, 1)]
    [InlineData(10, 1e30, 0)]
    [InlineData(2000, 2.3, 0.1)]
    public void Values_that_are_all_the_same_have_limits_and_ticks_beside_them(int epochs, double loss, double accuracy)
    {
        string row = FormattableString.Invariant($"{loss},{accuracy},{loss},{accuracy}");
        File.WriteAllText(_folder["run/history.csv"], Header + string.Concat(Enumerable.Range(1, epochs).Select(epoch => $"{epoch},{row}\n")));
        Plot("run");
        string[] texts = SvgText("run/plot.svg").Split('\n');
        double[] shares = [.. texts.Where(text => text.EndsWith('%') && !text.StartsWith("best", StringComparison.Ordinal)).Select(text => double.Parse(text[..^1], CultureInfo.InvariantCulture) / 100)];
        Assert.True(shares.Length >= 3, string.Join(' ', texts));
        Assert.InRange(shares.Min(), accuracy - 0.03, accuracy);
        Assert.InRange(shares.Max(), accuracy, accuracy + 0.03);
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.DoesNotContain(texts, text => text.StartsWith('-') || text.Length > 30);
        using SKBitmap picture = SKBitmap.Decode(_folder["run/plot.png"]);
        Assert.True(HasColors(picture, top: 0), "both lines of the loss are seen, though they are the same");
        Assert.True(HasColors(picture, top: 380), "both lines of the accuracy are seen, though they are the same");
    }

    [Fact]
    public void Losses_that_are_no_numbers_are_said_to_be()
    {
        File.WriteAllText(_folder["run/history.csv"], $"{Header}1,NaN,0.1,NaN,0.1\n2,NaN,0.1,NaN,0.1\n");
        Plot("run");
        string text = SvgText("run/plot.svg");
        Assert.Contains("no loss is a finite number", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    /// <summary>Curves that go where a legend would be: into the upper right corner with the loss, into the lower right one with the accuracy.</summary>
    [Fact]
    public void The_legend_covers_no_curve()
    {
        File.WriteAllText(_folder["run/history.csv"], Header + string.Concat(Enumerable.Range(1, 200).Select(epoch =>
            FormattableString.Invariant($"{epoch},{epoch},{1 - epoch / 200.0},,\n"))));
        Plot("run");
        using SKBitmap picture = SKBitmap.Decode(_folder["run/plot.png"]);
        foreach (int top in new[] { 0, 380 })
        {
            // From end to end of the axes, without the gap that a legend before the curve would leave.
            int[] columns = [.. Enumerable.Range(120, 740).Where(x => Enumerable.Range(top, 300).Any(y => picture.GetPixel(x, y) is { } pixel && pixel.Red > pixel.Blue + 100))];
            Assert.InRange(columns.Length, 730, 740);
        }
    }

    [Fact]
    public void Without_accuracy_there_is_one_panel()
    {
        File.WriteAllText(_folder["run/history.csv"], $"{Header}1,2,,1.8,\n2,1.5,,1.4,\n");
        Plot("run", "--out", "loss.PNG");
        using SKBitmap picture = SKBitmap.Decode(_folder["loss.PNG"]);
        Assert.Equal((900, 380), (picture.Width, picture.Height));
        Assert.True(HasColors(picture, top: 0));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(Header, "has no epoch")]
    [InlineData("a,b\n1,2\n", "begins with 'a,b'")]
    [InlineData($"{Header}1,0.5,x,,\n", "line 2 is '1,0.5,x,,'")]
    [InlineData($"{Header}1,0.5,,,\n1,0.4,,,\n", "line 3 has epoch 1 after 1")]
    public void A_bad_history_is_refused(string contents, string expected)
    {
        File.WriteAllText(_folder["run/history.csv"], contents);
        AssertRefused(expected, "run");
        AssertRefused("history.csv", "run");
    }

    [Fact]
    public void A_missing_run_or_a_bad_ending_is_refused()
    {
        AssertRefused("nowhere", "nowhere");
        AssertRefused("history.csv: there is no such file", "run");
        File.WriteAllText(_folder["run/history.csv"], $"{Header}1,0.5,,,\n");
        AssertRefused("--out: found 'curves.jpg', expected a file that ends in .png or .svg", "run", "--out", "curves.jpg");
        AssertRefused("there is no folder", "run", "--out", "missing/curves.png");
    }

    private string Plot(params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, ["plot", .. arguments]);
        Assert.True(code == 0, error);
        Assert.Equal("", error);
        return output;
    }

    private void AssertRefused(string expected, params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, ["plot", .. arguments]);
        Assert.Equal((1, ""), (code, output));
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.FullName, "*.p*", SearchOption.AllDirectories));
    }

    /// <summary>All texts of a document that is well-formed.</summary>
    private string SvgText(string name)
    {
        XElement root = XDocument.Load(_folder[name]).Root!;
        Assert.Equal("svg", root.Name.LocalName);
        return string.Join('\n', root.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()));
    }

    /// <summary>Whether a panel has pixels of both curves: orange for training, blue for validation.</summary>
    private static bool HasColors(SKBitmap picture, int top)
    {
        SKColor[] panel = [.. picture.Pixels.Skip(top * picture.Width).Take(380 * picture.Width)];
        return panel.Any(pixel => pixel.Red > pixel.Blue + 100) && panel.Any(pixel => pixel.Blue > pixel.Red + 80);
    }
}
