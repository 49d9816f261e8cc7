using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>The command as a process, on digits of our own; of the figures only what does not depend on the digits is looked at.</summary>
public sealed class ReproduceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Trains_what_is_named_with_each_seed_and_writes_the_page()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 1000, test: 1000);
        (int code, string output, string error) = NablaProcess.Run(_folder, "reproduce", "linear", "--seeds", "2", "--data", data, "--out", "pages/page.md");

        Assert.True(code == 0, error);
        Assert.Matches(@"recipe +notebook +NumPy +seed 1 +mean +range +reached +time", output);
        Assert.Contains("2/2  linear, seed 2: ", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80 || line.StartsWith("Data:", StringComparison.Ordinal), line));
        Network network = Network.Create([28, 28], Layer.Dense(10, bias: false, weights: Initializer.Zeros));
        TrainAndTest digits = IdxFolder.Load(data);
        new Trainer(network, Loss.Quadratic, new Sgd { LearningRate = 0.01 }).Fit(
            digits.Train, new TrainingOptions { Epochs = 100, BatchSize = 1000, Order = SampleOrder.AsGiven, ValidationFraction = 0 });
        string correct = network.Evaluate(digits.Test).Correct!.Value.ToString("N0", CultureInfo.InvariantCulture);
        // Zero weights in file order: every seed does the same.
        Assert.Contains(
            $"| linear | 002 | 100 | 1,000 | – | 725 | 2 | {correct} | {correct}.0 | {correct} | {correct} | none printed |",
            File.ReadAllText(_folder["pages/page.md"]),
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["docs"]));
    }

    [Fact]
    public void Processes_that_name_a_folder_share_the_trainings_and_keep_them()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 1000, test: 1000);
        string[] command = ["reproduce", "linear", "--seeds", "6", "--data", data, "--folder", "shared", "--out"];
        string[] outputs;
        using (NablaProcess first = NablaProcess.Start(_folder, null, [.. command, "first.md"]), second = NablaProcess.Start(_folder, null, [.. command, "second.md"]))
        {
            outputs = [first.Finish().Output, second.Finish().Output];
        }
        string[] trained = [.. outputs.SelectMany(output => output.Split('\n')).Where(line => line.Contains("linear, seed ", StringComparison.Ordinal)).Select(line => line.Split("seed ")[1].Split(':')[0])];
        Assert.Equal(["1", "2", "3", "4", "5", "6"], trained.Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllText(_folder["first.md"]), File.ReadAllText(_folder["second.md"]));
        (int code, string output, string error) = NablaProcess.Run(_folder, [.. command, "third.md"]);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("linear, seed ", output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_folder["first.md"]), File.ReadAllText(_folder["third.md"]));
    }

    [Fact]
    public void A_figure_that_is_not_reached_is_said_in_a_word_and_by_the_exit_code()
    {
        // Images without ink cannot be told apart, so about a tenth is recognised.
        Directory.CreateDirectory(_folder["blank"]);
        ClassLabels labels = (ClassLabels)SyntheticDigits.Generate(1000, seed: 1).Targets;
        foreach (string part in new[] { "train", "t10k" })
        {
            Idx.WriteImages(_folder[$"blank/{part}-images-idx3-ubyte.gz"], new ByteFeatures(new byte[1000 * 784], [28, 28]));
            Idx.WriteLabels(_folder[$"blank/{part}-labels-idx1-ubyte.gz"], labels);
        }
        (int code, string output, string error) = NablaProcess.Run(
            _folder, "reproduce", "tanh-softmax", "linear", "--seeds", "1", "--data", _folder["blank"], "--json", "--out", "page.md");

        Assert.Equal(1, code);
        Assert.EndsWith("nabla reproduce: no seed reaches the notebook's figure of tanh-softmax.\n", error, StringComparison.Ordinal);
        JsonElement[] recipes = [.. JsonDocument.Parse(output).RootElement.GetProperty("recipes").EnumerateArray()];
        Assert.Equal(["NoFigure", "Missed"], recipes.Select(recipe => recipe.GetProperty("verdict").GetString()));
        Assert.InRange(recipes[1].GetProperty("points")[0].GetProperty("correct")[0].GetInt32(), 50, 200);
        Assert.Contains("| NONE of 1 |", File.ReadAllText(_folder["page.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_keeps_the_recipes_that_are_finished()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot send Ctrl-C to one process alone.");
        string data = SmallDigits.Write(_folder["digits"], train: 1000, test: 1000);
        using NablaProcess process = NablaProcess.Start(
            _folder, null, "reproduce", "linear", "relu-dropout-400-online", "--seeds", "10", "--data", data, "--out", "page.md");
        while (!File.Exists(_folder["page.md"]))
        {
            Thread.Sleep(10);
        }
        Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        (int code, string output, string error) = process.Finish();

        Assert.Equal(130, code);
        Assert.Equal("", error);
        Assert.Contains("Stopped; 1 of 2 recipes were finished.", output, StringComparison.Ordinal);
        string page = File.ReadAllText(_folder["page.md"]);
        Assert.Contains("**Not finished: 1 of 2 recipes.**", page, StringComparison.Ordinal);
        Assert.Contains("| linear |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("| relu-dropout-400-online |", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("did you mean 'tanh-softmax'?", "tanhsoftmax")]
    [InlineData("'dense' is from no notebook", "dense")]
    [InlineData("of 10000 test images, but", "quadratic-sgd", "--data", "digits")]
    [InlineData("it is a folder", "linear", "--data", "digits", "--out", "digits")]
    [InlineData("is a file", "linear", "--data", "digits", "--out", "file/page.md")]
    public void Mistakes_are_explained_in_one_line_and_leave_nothing(string expected, params string[] arguments)
    {
        SmallDigits.Write(_folder["digits"], train: 1000, test: 20);
        File.WriteAllText(_folder["file"], "");
        (int code, _, string error) = NablaProcess.Run(_folder, ["reproduce", .. arguments]);
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(["digits", "file"], Directory.GetFileSystemEntries(_folder.FullName).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }
}
