using System.Globalization;
using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using Nabla.Tests;

namespace Nabla.Cli.Tests.Reports;

/// <summary>The pages of <c>nabla report</c>, as the command writes them.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_gets_a_page_with_every_section_and_the_figures_of_evaluate()
    {
        string data = SmallDigits.Write(_folder["some digits"]);
        Run("train", "dense", "--data", "some digits", "--epochs", "3", "--out", "my run");
        Assert.Equal("Wrote my run/report.html\n", Run("report", "my run").Replace('\\', '/'));
        Assert.InRange(new FileInfo(_folder["my run/report.html"]).Length, 20_000, 500_000);

        IDocument page = Page.Read(_folder["my run/report.html"]);
        Assert.Equal(["summary", "network", "classes", "calibration", "mistakes", "unsure", "weights", "recipe", "machine"], Page.Sections(page));
        Assert.Equal("my run", page.Text("h1"));
        using JsonDocument json = JsonDocument.Parse(Run("evaluate", "my run", "--json"));
        JsonElement evaluation = json.RootElement;
        Assert.Equal(Percent(evaluation.GetProperty("accuracy")), Page.Headline(page, "Test accuracy"));
        Assert.Equal(evaluation.GetProperty("loss").GetDouble().ToString("F4", CultureInfo.InvariantCulture), Page.Headline(page, "Test loss"));
        Assert.Equal(Percent(evaluation.GetProperty("calibrationError")), Page.Headline(page, "Calibration error"));
        Assert.Equal("101,770", Page.Headline(page, "Parameters"));
        Assert.Contains("the test images (100)", page.Text("#summary p"), StringComparison.Ordinal);

        string[][] confusion = page.Cells(".confusion"), classes = page.Cells("#classes .figures-table");
        for (int label = 0; label < 10; label++)
        {
            JsonElement row = evaluation.GetProperty("confusion")[label], own = evaluation.GetProperty("classes")[label];
            Assert.Equal([label.ToString(CultureInfo.InvariantCulture), .. row.EnumerateArray().Select((count, predicted) => count.GetInt32() == 0 && predicted != label ? "·" : count.ToString())], confusion[label]);
            Assert.Equal([$"{label}", own.GetProperty("samples").ToString(), Percent(own.GetProperty("precision")), Percent(own.GetProperty("recall")), Percent(own.GetProperty("f1"))], classes[label]);
        }

        int mistakes = 100 - evaluation.GetProperty("correct").GetInt32();
        IElement[] worst = [.. page.QuerySelectorAll("#mistakes li")];
        Assert.Equal(Math.Min(24, mistakes), worst.Length);
        Assert.All(worst, sample => Assert.True(sample.QuerySelector(".is")!.TextContent != sample.QuerySelector(".answer")!.GetAttribute("title")));
        double[] confidences = [.. worst.Select(sample => double.Parse(sample.QuerySelector(".answer span:last-child")!.TextContent.TrimEnd('%'), CultureInfo.InvariantCulture))];
        Assert.Equal(confidences.OrderDescending(), confidences);
        // The same as 'nabla show' has for the worst.
        Assert.Contains($"predicted as {worst[0].QuerySelector(".answer")!.GetAttribute("title")} {confidences[0].ToString("0.0", CultureInfo.InvariantCulture)}%", Run("show", "my run", "--mistakes", "--count", "1"), StringComparison.Ordinal);
        Assert.Equal(24, page.QuerySelectorAll("#unsure li").Length);

        Assert.Equal(3, page.QuerySelectorAll(".network .box").Length);
        Assert.Equal(2, page.QuerySelectorAll("#weights figure img").Length);
        Assert.Equal(2, page.QuerySelectorAll("#network figure .chart").Length);
        Assert.All(page.QuerySelectorAll("#network .chart .line"), curve => Assert.Equal(3, curve.GetAttribute("d")!.Split('M', 'L').Length - 1));
        Assert.Contains("\"epochs\": 3,", page.Text("#recipe pre"), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("nabla train dense --data 'some digits' --epochs 3 --out 'my run'", page.Text("#machine pre"));
        }
        Assert.Contains(Environment.Version.ToString(), page.Text("#machine .facts"), StringComparison.Ordinal);

        // What a model says travels with it; where it was trained stays here.
        Assert.DoesNotContain(_folder.FullName, Encoding.Latin1.GetString(File.ReadAllBytes(_folder["my run/model.safetensors"])), StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.FullName, page.Source.Text, StringComparison.Ordinal);

        // Its model file is the run, too, and a page of ours is written anew.
        string first = File.ReadAllText(_folder["my run/report.html"]);
        Run("report", Path.Combine("my run", "model.safetensors"));
        Assert.Equal(first, File.ReadAllText(_folder["my run/report.html"]));
        Assert.True(Directory.Exists(data));
    }

    [Fact]
    public void Names_of_others_are_text_and_no_markup()
    {
        const string Script = "<script>alert(1)</script>";
        File.WriteAllLines(_folder["t.csv"], [$"a,<b>x</b>,\"y\"\" onload=\"\"z\",{Script}", .. Enumerable.Range(0, 120).Select(i => $"{i % 3},{i % 7},{i % 5},{(i % 2 == 0 ? Script : "</style>'&amp;")}")]);
        File.WriteAllText(_folder["r.json"], $$"""{ "name": "</pre><img src=x onerror=alert(1)>", "description": "{{Script}}", "layers": [ { "type": "dense", "units": 4, "activation": "ReLU", "name": "<i>" }, { "type": "dense", "units": 2 } ], "training": { "epochs": 2 } }""");
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "r.json", "--data", "t.csv", "--label", "4", "--out", "run");
        Assert.True(code == 0 || error.Contains("has learnt nothing", StringComparison.Ordinal), error);
        Run("report", "run");

        IDocument page = Page.Read(_folder["run/report.html"]);
        Assert.Contains("Recipe </pre><img src=x onerror=alert(1)>", page.Text(".lead"), StringComparison.Ordinal);
        Assert.Contains(Script, page.Text("#recipe p"), StringComparison.Ordinal);
        string[] names = [.. page.Cells("#classes .figures-table").Select(row => row[0])];
        Assert.Contains(names, name => name.EndsWith(Script, StringComparison.Ordinal));
        Assert.Contains(names, name => name.EndsWith("</style>'&amp;", StringComparison.Ordinal));
        Assert.Contains("<b>x</b>", page.Text("#weights figcaption"), StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("#unsure img, main i b, script"));
    }

    [Fact]
    public void A_regression_has_charts_of_its_answers_instead()
    {
        WriteHouses();
        Run("train", "house.csv", "--target", "price", "--epochs", "40", "--out", "run");
        Run("report", "run");
        IDocument page = Page.Read(_folder["run/report.html"]);
        Assert.Equal(["summary", "network", "answers", "residuals", "weights", "recipe", "machine"], Page.Sections(page));
        using JsonDocument json = JsonDocument.Parse(Run("evaluate", "run", "--json"));
        JsonElement figures = json.RootElement.GetProperty("regression");
        Assert.Equal(figures.GetProperty("r2").GetDouble().ToString("0.0000", CultureInfo.InvariantCulture), Page.Headline(page, "R²"));
        Assert.Equal(figures.GetProperty("rootMeanSquaredError").GetDouble().ToString("G4", CultureInfo.InvariantCulture), Page.Headline(page, "RMSE"));
        Assert.Equal(20, page.QuerySelectorAll("#answers .point").Length);
        Assert.Equal(20, page.QuerySelectorAll("#answers .bar title").Sum(bar => int.Parse(bar.TextContent.Split(' ')[0], CultureInfo.InvariantCulture)));
        Assert.Equal(12, page.Cells("#residuals table").Length);
        Assert.Empty(page.QuerySelectorAll("img.sample"));
        Assert.Contains("2 inputs (rooms, age)", page.Text("#weights figcaption"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_data_a_run_is_reported_without_what_would_need_it()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        Run("train", "dense", "--data", "digits", "--epochs", "1", "--out", "run");
        Directory.Move(data, _folder["elsewhere"]);
        Assert.StartsWith("Not measured on test data: digits: the data that the model was trained on is not there", Run("report", "run"), StringComparison.Ordinal);
        IDocument page = Page.Read(_folder["run/report.html"]);
        Assert.Equal(["summary", "network", "weights", "recipe", "machine"], Page.Sections(page));
        Assert.Contains("as measured at the end of the training", page.Text(".headline"), StringComparison.Ordinal);
        Assert.Contains("Not measured on test data", page.Text("#summary p"), StringComparison.Ordinal);
        Assert.Contains("one epoch", page.Text("#network"), StringComparison.Ordinal);

        // Named, it is measured again; and a model alone says what it knows.
        File.Copy(_folder["run/model.safetensors"], _folder["mine.safetensors"]);
        Assert.Equal("Wrote report.html\n", Run("report", "mine.safetensors", "--data", "elsewhere"));
        page = Page.Read(_folder["report.html"]);
        Assert.Equal("mine.safetensors", page.Text("h1"));
        Assert.Contains("classes", Page.Sections(page));
        Assert.Contains("The recipe is not kept", page.Text("#recipe"), StringComparison.Ordinal);
        Assert.Contains("\"dataPath\": \"digits\"", page.Text("#recipe pre"), StringComparison.Ordinal);
        Assert.Contains("is not kept: this is a model file alone", page.Text("#machine"), StringComparison.Ordinal);

        Network unknown = Network.Load(_folder["mine.safetensors"]);
        unknown.Training = null;
        unknown.Save(_folder["unknown.safetensors"]);
        Assert.Contains("the model does not say what it was trained on; name test data with --data", Run("report", "unknown.safetensors"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_reported_is_said_in_one_line_and_nothing_is_lost()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        Run("train", "dense", "--data", "digits", "--epochs", "1", "--out", "run");
        File.WriteAllText(_folder["run/report.html"], "my own notes");
        File.WriteAllText(_folder["text"], "no model");
        Refused("--out: run/report.html is there already and no page of nabla's", "report", "run");
        Assert.Equal("my own notes", File.ReadAllText(_folder["run/report.html"]));
        Refused("--out: found 'page.pdf', expected a file that ends in .html", "report", "run", "--out", "page.pdf");
        Refused("nowhere", "report", "nowhere");
        Refused("text", "report", "text");
        Refused("nothing", "report", "run", "--data", "nothing", "--out", "page.html");
        Refused("there is no folder", "report", "run", "--out", "missing/page.html");
        File.WriteAllText(_folder["run/summary.json"], "{ \"recipe\": 7 }");
        Refused("summary.json: is no summary of a training", "report", "run", "--out", "page.html");
        File.WriteAllText(_folder["run/history.csv"], "a,b\n");
        File.Delete(_folder["run/summary.json"]);
        Refused("history.csv: begins with 'a,b'", "report", "run", "--out", "page.html");
        File.Delete(_folder["run/history.csv"]);
        Run("report", "run", "--out", "page.html");
        Assert.Contains("The figures of its epochs are not kept", Page.Read(_folder["page.html"]).Text("#network"), StringComparison.Ordinal);
        Assert.True(Directory.Exists(data));
    }

    private void WriteHouses()
    {
        NumPyRandom random = new(4);
        File.WriteAllLines(_folder["house.csv"], ["rooms,age,price", .. Enumerable.Range(0, 200).Select(_ =>
        {
            (double rooms, double age) = (random.NextDouble(), random.NextDouble());
            return FormattableString.Invariant($"{rooms:F2},{age:F2},{250_000 + 30_000 * rooms - 20_000 * age:F0}");
        })]);
    }

    private static string Percent(JsonElement share) => share.GetDouble().ToString("0.00%", CultureInfo.InvariantCulture);

    private string Run(params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(code == 0, error);
        return output.ReplaceLineEndings("\n");
    }

    private void Refused(string expected, params string[] arguments)
    {
        (int code, _, string error) = NablaProcess.Run(_folder, arguments);
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["page.html"]));
    }
}
