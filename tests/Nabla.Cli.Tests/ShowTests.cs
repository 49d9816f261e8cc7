using System.Globalization;
using Nabla.Tests;
using SkiaSharp;

namespace Nabla.Cli.Tests;

public sealed class ShowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public ShowTests()
    {
        _data = SmallDigits.Write(_folder["digits"]);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", _data, "--epochs", "1", "--out", "run");
        Assert.True(code == 0, error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_images_are_shown_in_the_terminal_and_on_a_sheet()
    {
        string output = Show("--count", "5", "--out", "sheet.png");

        Network network = Network.Load(_folder["run/model.safetensors"]);
        DataSet test = IdxFolder.Load(_data).Test;
        Prediction[] predictions = network.Predict(test.Features);
        for (int row = 0; row < 5; row++)
        {
            int actual = ((ClassLabels)test.Targets).Values[row];
            Assert.Contains($"{actual} (image {row})", output, StringComparison.Ordinal);
            string mark = predictions[row].Label == actual ? "✓" : "✗ predicted as";
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{mark} {predictions[row].Label} {predictions[row].Confidence:0.0%}"), output, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("(image 5)", output, StringComparison.Ordinal);
        Assert.Contains('█', output);
        using SKBitmap sheet = SKBitmap.Decode(_folder["sheet.png"]);
        Assert.Equal(PredictionSheet.SizeOf(5, [28, 28, 1]), (sheet.Width, sheet.Height));
        ReadOnlySpan<byte> first = ((ByteFeatures)test.Features)[0];
        int brightest = first.IndexOf(first.ToArray().Max());
        Assert.Equal(first[brightest], sheet.GetPixel(12 + brightest % 28 * 5 + 2, 12 + brightest / 28 * 5 + 2).Red);
    }

    [Fact]
    public void Mistakes_are_all_wrong_and_the_most_confident_comes_first()
    {
        string output = Show("--mistakes", "--count", "1000");

        Network network = Network.Load(_folder["run/model.safetensors"]);
        DataSet test = IdxFolder.Load(_data).Test;
        Prediction[] predictions = network.Predict(test.Features);
        int[] labels = ((ClassLabels)test.Targets).Values.ToArray();
        int[] wrong = [.. Enumerable.Range(0, labels.Length).Where(row => predictions[row].Label != labels[row]).OrderByDescending(row => predictions[row].Confidence)];
        Assert.NotEmpty(wrong);
        Assert.Equal(wrong.Length, output.Split("✗ predicted as").Length - 1);
        Assert.DoesNotContain("✓", output, StringComparison.Ordinal);
        int[] places = [.. wrong.Select(row => output.IndexOf($"(image {row})", StringComparison.Ordinal))];
        Assert.Equal(places.Order(), places);
    }

    [Theory]
    [InlineData(2, "--count: found '0'", "run", "--count", "0")]
    [InlineData(1, "--out: found 'sheet.svg', expected a file that ends in .png", "run", "--out", "sheet.svg")]
    [InlineData(1, "there is no such model", "nowhere")]
    [InlineData(1, "there is no folder", "run", "--out", "missing/sheet.png")]
    public void Errors_are_one_line(int expectedCode, string expected, params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, ["show", .. arguments, "--data", _data]);
        Assert.Equal((expectedCode, ""), (code, output));
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private string Show(params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, ["show", "run", "--data", _data, .. arguments]);
        Assert.True(code == 0, error);
        Assert.Equal("", error);
        return output;
    }
}
