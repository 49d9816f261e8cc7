using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Pictures as people have them, given to the command line.</summary>
public sealed class ReadTests : IDisposable
{
    private static readonly DataSet Digits = SyntheticDigits.Generate(20, seed: 7);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_finds_numbers_and_draws_boxes()
    {
        // Two lines of black ink on grey paper, the second with a wide gap within.
        int[][] lines = [[0, 1, 2], [3, 4, 5]];
        int[][] lefts = [[40, 64, 88], [40, 120, 144]];
        byte[] page = new byte[260 * 160];
        Array.Fill(page, (byte)210);
        for (int line = 0; line < 2; line++)
        {
            for (int i = 0; i < 3; i++)
            {
                Draw(page, 260, lines[line][i], lefts[line][i], 30 + 60 * line);
            }
        }
        PictureFile.WritePng(_folder["page.png"], page, 260, 160);

        (int code, string output, string error) = NablaProcess.Run(_folder, "read", "page.png", "--out", "boxes.png");
        Assert.True(code == 0, error);
        Assert.StartsWith("page.png: 6 digits in 2 lines", output, StringComparison.Ordinal);
        string first = string.Concat(lines[0].Select(Label)), second = $"{Label(3)} {Label(4)}{Label(5)}";
        Assert.Contains($"  {first}  at ", output, StringComparison.Ordinal);
        Assert.Contains($"  {second}  at ", output, StringComparison.Ordinal);
        Picture boxes = PictureFile.Read(_folder["boxes.png"]);
        Assert.Equal((260, 160), (boxes.Width, boxes.Height));
        Assert.False(boxes.IsGrey);

        (code, output, error) = NablaProcess.Run(_folder, "predict", "page.png");
        Assert.True(code == 0, error);
        Assert.StartsWith("page.png: several digits; '", output, StringComparison.Ordinal);

        (code, output, error) = NablaProcess.Run(_folder, "read", "digits-small", "page.png", "--json");
        Assert.True(code == 0, error);
        JsonElement root = JsonDocument.Parse(output).RootElement;
        Assert.Equal([first, second], root.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("text").GetString()));
        JsonElement digit = root.GetProperty("lines")[0].GetProperty("digits")[0];
        Assert.InRange(digit.GetProperty("left").GetInt32(), 40, 56);
        Assert.InRange(digit.GetProperty("top").GetInt32(), 30, 42);
        Assert.Equal(10, digit.GetProperty("scores").GetArrayLength());
    }

    [Fact]
    public void A_blank_page_has_no_digit()
    {
        byte[] page = new byte[100 * 80];
        Array.Fill(page, (byte)240);
        PictureFile.WritePng(_folder["blank.png"], page, 100, 80);
        (int code, string output, _) = NablaProcess.Run(_folder, "predict", "blank.png");
        Assert.Equal((0, "blank.png: no digit, the picture is blank"), (code, output.TrimEnd()));
        (code, output, _) = NablaProcess.Run(_folder, "predict", "blank.png", "--json");
        Assert.Equal(0, code);
        Assert.Equal("none", JsonDocument.Parse(output).RootElement[0].GetProperty("verdict").GetString());
        (code, output, _) = NablaProcess.Run(_folder, "read", "blank.png");
        Assert.Equal((0, "blank.png: no digit"), (code, output.TrimEnd()));
    }

    [Fact]
    public void Predict_explains_each_step()
    {
        byte[] page = new byte[200 * 120];
        Array.Fill(page, (byte)225);
        Draw(page, 200, 8, 120, 60);
        PictureFile.WritePng(_folder["a.png"], page, 200, 120);
        (int code, string output, string error) = NablaProcess.Run(_folder, "predict", "a.png", "--explain", "steps.png");
        Assert.True(code == 0, error);
        Assert.StartsWith($"a.png: {Label(8)}  ", output, StringComparison.Ordinal);
        Assert.Contains("Wrote steps.png", output, StringComparison.Ordinal);
        Assert.True(PictureFile.Read(_folder["steps.png"]).Width > 1000);

        (code, _, error) = NablaProcess.Run(_folder, "predict", "a.png", "a.png", "--explain", "steps.png");
        Assert.Equal((1, "nabla predict: --explain: found 2 pictures, expected one."), (code, error.TrimEnd()));
    }

    [Fact]
    public void Read_names_what_is_wrong()
    {
        File.WriteAllText(_folder["text.jpg"], "text");
        (int code, string output, string error) = NablaProcess.Run(_folder, "read", "text.jpg");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("nabla read: text.jpg: is no picture of a known kind", error, StringComparison.Ordinal);
        (code, _, error) = NablaProcess.Run(_folder, "read", "text.jpg", "text.jpg");
        Assert.Equal(1, code);
        Assert.Contains("expected one picture, or a model and a picture", error, StringComparison.Ordinal);
    }

    /// <summary>Ink of level 30 on the paper that is there.</summary>
    private static void Draw(byte[] page, int width, int digit, int left, int top)
    {
        ReadOnlySpan<byte> ink = ((ByteFeatures)Digits.Features)[digit];
        for (int i = 0; i < ink.Length; i++)
        {
            ref byte level = ref page[(top + i / 28) * width + left + i % 28];
            level = (byte)(level - (level - 30) * ink[i] / 255);
        }
    }

    private static string Label(int digit) => $"{((ClassLabels)Digits.Targets).Values[digit]}";
}
