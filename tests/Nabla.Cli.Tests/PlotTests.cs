using System.Xml.Linq;
using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Cli.Tests;

public sealed class PlotTests : IDisposable
{
    private const string Header = "epoch,loss,accuracy,validation_loss,validation_accuracy\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Draws_loss_and_accuracy_of_a_run()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        NablaProcess.Run(_folder, "train", "--data", data, "--epochs", "3", "--out", "run");

        (int code, string output, string error) = NablaProcess.Run(_folder, "plot", "run");

        Assert.True(code == 0, error);
        Assert.Equal($"Wrote {Path.Combine("run", "plot.png")} and {Path.Combine("run", "plot.svg")}", output.Trim());
        using SKBitmap picture = SKBitmap.Decode(_folder["run/plot.png"]);
        Assert.Equal((800, 720), (picture.Width, picture.Height));
        // Something blue, of the training, and something orange, of the validation, in each half.
        foreach (int top in new[] { 0, 360 })
        {
            SKColor[] half = [.. picture.Pixels.Skip(top * 800).Take(360 * 800)];
            Assert.Contains(new SKColor(0x1f, 0x4e, 0x79), half);
            Assert.Contains(new SKColor(0xe0, 0x7b, 0x00), half);
        }
        string text = string.Concat(XDocument.Load(_folder["run/plot.svg"]).DescendantNodes().OfType<XText>().Select(node => node.Value));
        foreach (string word in new[] { "Epoch", "Loss", "Accuracy, %", "training", "validation", "best: epoch" })
        {
            Assert.Contains(word, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1,2.3,0.1,2.2,0.2\n", 720)]
    [InlineData("1,2.3,,,\n2,1.5,,,\n", 360)]
    [InlineData("1,2.3,,,\n2,1E+30,,,\n3,NaN,,,\n4,∞,,,\n", 360)]
    [InlineData("1,NaN,,,\n", 360)]
    public void Draws_what_there_is(string epochs, int height)
    {
        File.WriteAllText(_folder["history.csv"], Header + epochs.Replace("∞", "Infinity", StringComparison.Ordinal));
        (int code, _, string error) = NablaProcess.Run(_folder, "plot", "history.csv", "--out", "curves.png");
        Assert.True(code == 0, error);
        using SKBitmap picture = SKBitmap.Decode(_folder["curves.png"]);
        Assert.Equal((800, height), (picture.Width, picture.Height));
        Assert.False(File.Exists(_folder["plot.svg"]));
    }

    [Theory]
    [InlineData(null, "curves.png", "history.csv: there is no such history")]
    [InlineData("a,b\n1,2\n", "curves.png", "history.csv, byte 0: begins with 'a,b'")]
    [InlineData(Header, "curves.png", "holds no epoch")]
    [InlineData(Header + "1,2.3,,,\n2,x,,,\n", "curves.png", "line 3: found '2,x,,,'")]
    [InlineData(Header + "1,,,,\n", "curves.png", "line 2: found '1,,,,'")]
    [InlineData(Header + "1,2.3,,,\n", "curves.gif", "--out: found 'curves.gif', expected a name that ends in .png or .svg")]
    [InlineData(Header + "1,2.3,,,\n", "nowhere/curves.png", "nowhere/curves.png")]
    public void Says_what_is_wrong(string? history, string picture, string message)
    {
        if (history is not null)
        {
            File.WriteAllText(_folder["history.csv"], history);
        }
        (int code, string output, string error) = NablaProcess.Run(_folder, "plot", "history.csv", "--out", picture);
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.False(File.Exists(_folder[picture]));
    }
}
