using System.Text.Json;
using AngleSharp.Dom;
using Nabla.Cli.Reports;
using Nabla.Tests;

namespace Nabla.Cli.Tests.Reports;

/// <summary><c>nabla compare</c>: what it prints, its JSON and its page.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_runs_are_set_side_by_side()
    {
        SmallDigits.Write(_folder["digits"], train: 400, test: 200);
        Run("train", "dense", "--data", "digits", "--epochs", "2", "--out", "a");
        Run("train", "dense", "--data", "digits", "--epochs", "5", "--seed", "2", "--out", "b");
        string output = Run("compare", "a", "b", "--out", "page.html");
        Assert.Matches(@"training\.epochs +2 +5", output);
        Assert.Matches(@"training\.seed +1 +2", output);
        Assert.EndsWith("Wrote page.html\n", output, StringComparison.Ordinal);

        using JsonDocument json = JsonDocument.Parse(Run("compare", "a", "b", "--json"));
        JsonElement found = json.RootElement, pair = found.GetProperty("pairs")[0];
        (int both, int first, int second, int none) = (Count("bothRight"), Count("onlyFirstRight"), Count("onlySecondRight"), Count("bothWrong"));
        Assert.Equal(200, both + first + second + none);
        Assert.Equal(["training.epochs", "training.seed"], found.GetProperty("differences").EnumerateArray().Select(difference => difference.GetProperty("path").GetString()!));
        Assert.Equal([2, 5], found.GetProperty("differences")[0].GetProperty("values").EnumerateArray().Select(value => value.GetInt32()));
        foreach ((string run, int right) in new[] { ("a", both + first), ("b", both + second) })
        {
            using JsonDocument own = JsonDocument.Parse(Run("evaluate", run, "--json"));
            JsonElement compared = found.GetProperty("runs").EnumerateArray().Single(one => one.GetProperty("name").GetString() == run);
            Assert.Equal(own.RootElement.GetProperty("correct").GetInt32(), right);
            Assert.Equal(own.RootElement.GetProperty("loss").GetDouble(), compared.GetProperty("loss").GetDouble());
            Assert.Equal(own.RootElement.GetProperty("calibrationError").GetDouble(), compared.GetProperty("calibrationError").GetDouble());
        }
        McNemarTest test = new(first, second);
        Assert.Equal(test.PValue, pair.GetProperty("pValue").GetDouble());
        string sentence = $"{(first > second ? "A" : "B")} gets {Math.Abs(first - second)} more right than {(first > second ? "B" : "A")}: {(test.PValue < 0.05 ? "more than chance explains" : "the difference is within chance")} ({test.PValueText}).";
        Assert.Contains(sentence, output, StringComparison.Ordinal);

        IDocument page = Page.Read(_folder["page.html"]);
        Assert.Equal(["runs", "recipes", "curves", "difference", "samples"], Page.Sections(page));
        Assert.Equal(sentence, page.Text(".statements li"));
        Assert.Equal([["A, B", $"{both}", $"{first}", $"{second}", $"{none}", test.PValueNumber]], page.Cells("#difference table"));
        Assert.Equal([["training.epochs", "2", "5"], ["training.seed", "1", "2"]], page.Cells(".differences"));
        Assert.Equal([2, 5], page.QuerySelectorAll("#curves .chart")[0].QuerySelectorAll(".line").Select(curve => curve.GetAttribute("d")!.Split('M', 'L').Length - 1).Order());
        Assert.Equal(Math.Min(16, first) + Math.Min(16, second), page.QuerySelectorAll("#samples img").Length);
        Assert.All(page.QuerySelectorAll("#samples li"), sample => Assert.Equal(1, sample.QuerySelectorAll(".mistaken").Length));

        int Count(string name) => pair.GetProperty(name).GetInt32();
    }

    [Fact]
    public void A_run_does_not_differ_from_itself()
    {
        SmallDigits.Write(_folder["digits"]);
        Run("train", "dense", "--data", "digits", "--epochs", "1", "--out", "a");
        string output = Run("compare", "a", "a", "--out", "page.html");
        Assert.Contains("Their recipes do not differ.\n", output, StringComparison.Ordinal);
        Assert.Contains("A and B are right and wrong on the same samples: there is no difference (p = 1).\n", output, StringComparison.Ordinal);
        IDocument page = Page.Read(_folder["page.html"]);
        Assert.Empty(page.QuerySelectorAll("#samples img, .differences"));
        Assert.Contains("None of them has the figures of more than one epoch", page.Text("#curves"), StringComparison.Ordinal);

        // Of a model file alone there is no recipe: then both files are compared.
        File.Copy(_folder["a/model.safetensors"], _folder["m.safetensors"]);
        Assert.Contains("Their descriptions in the model files do not differ.\n", Run("compare", "a", "m.safetensors"), StringComparison.Ordinal);
    }

    [Fact]
    public void Regressions_are_compared_by_who_is_nearer()
    {
        File.WriteAllLines(_folder["t.csv"], ["x,y", .. Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{i % 17},{3 * (i % 17) + i % 3}"))]);
        RunTo(1, "train", "t.csv", "--target", "y", "--epochs", "1", "--learning-rate", "1e-6", "--out", "bad");
        Run("train", "t.csv", "--target", "y", "--epochs", "30", "--out", "good");
        string output = Run("compare", "bad", "good", "--out", "page.html");
        Assert.Matches(@"B is nearer than A in (2[5-9]|30) of 30: more than chance explains \(p < 0\.001\)\.", output);
        IDocument page = Page.Read(_folder["page.html"]);
        Assert.Equal(12, page.Cells("#samples table").Length);
        Assert.Contains("sign test", page.Text("#difference"), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Run("compare", "bad", "good", "--json"));
        Assert.InRange(json.RootElement.GetProperty("runs")[1].GetProperty("regression").GetProperty("r2").GetDouble(), 0.9, 1);
    }

    [Fact]
    public void Models_of_other_input_sizes_are_compared_on_the_same_pictures()
    {
        DataSet digits = SyntheticDigits.Generate(120, seed: 5);
        for (int i = 0; i < digits.Count; i++)
        {
            string folder = _folder[$"pictures/{((ClassLabels)digits.Targets).NameOf(((ClassLabels)digits.Targets).Values[i])}"];
            Directory.CreateDirectory(folder);
            PictureFile.WritePng(Path.Combine(folder, $"{i}.png"), ((ByteFeatures)digits.Features)[i], 28, 28);
        }
        RunTo(null, "train", "dense", "--data", "pictures", "--epochs", "8", "--out", "a");
        RunTo(null, "train", "dense", "--data", "pictures", "--size", "14x14", "--epochs", "8", "--out", "b");
        using JsonDocument json = JsonDocument.Parse(Run("compare", "a", "b", "--json"));
        Assert.Equal((12, 2), (json.RootElement.GetProperty("samples").GetInt32(), json.RootElement.GetProperty("runs").GetArrayLength()));
        Assert.Contains(json.RootElement.GetProperty("differences").EnumerateArray(), difference => difference.GetProperty("path").GetString() == "--size");
    }

    [Fact]
    public void What_cannot_be_compared_is_said_in_one_line()
    {
        SmallDigits.Write(_folder["digits"]);
        SmallDigits.Write(_folder["other"], train: 300, test: 60);
        File.WriteAllLines(_folder["t.csv"], ["a,b,kind", .. Enumerable.Range(0, 100).Select(i => FormattableString.Invariant($"{i % 7},{i % 5},{(i % 2 == 0 ? "red" : "blue")}"))]);
        Run("train", "dense", "--data", "digits", "--epochs", "1", "--out", "a");
        Run("train", "dense", "--data", "other", "--epochs", "1", "--out", "b");
        RunTo(null, "train", "t.csv", "--epochs", "1", "--out", "table");
        RunTo(null, "train", "t.csv", "--skip", "kind", "--target", "b", "--epochs", "1", "--out", "numbers");
        Refused("found 1 run, expected two to 8; 'nabla report a' tells of one.", "compare", "a");
        Refused("found 9 runs, expected two to 8", ["compare", .. Enumerable.Repeat("a", 9)]);
        Refused("a was trained on digits, b on other; name the data to measure all of them on with --data.", "compare", "a", "b");
        Refused("a knows the classes 0, 1, 2, 3, 4, 5 … (10), table blue, red; expected runs of the same classes.", "compare", "a", "table");
        Refused("a tells classes apart and numbers answers numbers, expected runs that answer the same.", "compare", "a", "numbers");
        Refused("a: ", "compare", "a", "b", "--data", "t.csv");
        Refused("nowhere", "compare", "a", "nowhere");
        Refused("expected a file that ends in .html", "compare", "a", "a", "--out", "page");
        // Named, the data of either does for both.
        Assert.Contains("60 images\n", Run("compare", "a", "b", "--data", "other"), StringComparison.Ordinal);
    }

    private string Run(params string[] arguments) => RunTo(0, arguments);

    private string RunTo(int? expected, params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(expected is null || code == expected, error);
        return output.ReplaceLineEndings("\n");
    }

    private void Refused(string expected, params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(code == 1, output);
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
