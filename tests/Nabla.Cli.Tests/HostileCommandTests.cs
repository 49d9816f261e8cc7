using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Command lines and files that go wrong: each says so in one line, in the user's words and not in those of .NET.</summary>
public sealed class HostileCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, "nabla: 'trian' is not a command, option or argument that 'nabla' knows; did you mean 'train'? See 'nabla --help'.", "trian")]
    [InlineData(2, "nabla train: '--epoch' is not a command, option or argument that 'nabla train' knows; did you mean '--epochs'? See 'nabla train --help'.", "train", "--epoch", "5")]
    [InlineData(2, "nabla recipes: 'shwo' is not a command, option or argument that 'nabla recipes' knows; did you mean 'show'? See 'nabla recipes --help'.", "recipes", "shwo")]
    [InlineData(2, "nabla: 'xyzzy' is not a command, option or argument that 'nabla' knows. See 'nabla --help'.", "xyzzy")]
    [InlineData(1, "nabla train: there is no recipe or file 'tanh-sofmax'; did you mean 'tanh-softmax'?", "train", "tanh-sofmax")]
    [InlineData(1, "nabla train: there is no recipe or file 'something'; recipes are: best,", "train", "something")]
    public void What_was_probably_meant_is_said(int expected, string message, params string[] arguments)
    {
        (int code, _, string error) = NablaProcess.Run(_folder, arguments);
        Assert.Equal(expected, code);
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    public static TheoryData<string> CommandLines() => new()
    {
        "train|--out|", "train|--data|", "train|", "train|--threads|5000", "train|--threads|0", "train|--epochs|abc", "train|--hidden|1,,2", "train|--seed|-1",
        "train|--data|nothing", "train|--data|empty", "train|--data|folder", "train|--data|text", "train|--data|text.csv", "train|text", "train|nothing.json",
        "train|activation.json", "train|no-layers.json", "train|list.json", "train|broken.json", "train|--data|synthetic|--out|text", "train|--data|synthetic|--out|text/run",
        "train|--data|synthetic|--out|" + new string('a', 300),
        "evaluate|", "evaluate|nothing", "evaluate|text", "evaluate|empty", "evaluate|folder", "evaluate|model|--data|", "evaluate|model|--data|nothing",
        "predict|model|", "predict|model|nothing", "predict|model|text", "predict|model|empty", "predict|model|folder", "predict|model|text|--json", "predict|overflow|dot.pgm", "predict|overflow|dot.pgm|--json",
        "show|model|--data|text", "show|model|--data|synthetic|--out|", "show|model|--data|synthetic|--out|folder/x", "show|model|--count|0",
        "plot|", "plot|nothing", "plot|text", "plot|folder", "report|", "report|nothing", "report|text", "report|folder", "report|model|--out|text", "report|model|--out|no/page.html", "report|model|--data|nothing",
        "compare|model", "compare|model|nothing", "compare|model|text", "compare|model|model", "compare|model|model|--data|nothing", "compare|model|model|--data|synthetic|--out|text", "recipes|show|", "recipes|show|nothing", "data|show|--digit|x", "reproduce|nothing", "reproduce|linear|--seeds|0",
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void One_line_and_no_success(string line)
    {
        WriteFiles();
        (int code, string output, string error) = NablaProcess.Run(_folder, line.Split('|'));
        Assert.True(code is 1 or 2, $"{code}: {output}{error}");
        string[] lines = error.TrimEnd().Split('\n');
        Assert.True(lines.Length == 1, error);
        Assert.StartsWith("nabla", error, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"System\.|Nabla\.\w+(Exception|Spec|Options)|   at |Exception|Parameter '|mistake in Nabla|deserializ", error);
        Assert.DoesNotContain(error, character => char.IsControl(character) && character is not '\n' and not '\r');
        Assert.Equal(["activation.json", "broken.json", "dot.pgm", "empty", "list.json", "model", "no-layers.json", "overflow", "text", "text.csv"], _folder.FileNames);
    }

    [Fact]
    public void What_a_model_and_a_recipe_say_is_printed_and_not_obeyed()
    {
        Network network = Network.Create([28, 28], Layer.Dense(10));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(SyntheticDigits.Generate(50, 1), new TrainingOptions { Epochs = 1 });
        network.Training = network.Training! with { Data = "x\u001b[2J\u001b]0;title\u0007\nnabla: all is well \u202e txt" };
        network.Save(_folder["model"]);
        (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "model", "--data", "synthetic");
        Assert.True(code == 0, error);
        Assert.Contains(@"trained on x\u001b[2J\u001b]0;title\u0007\u000anabla: all is well \u202e txt", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", output, StringComparison.Ordinal);

        File.WriteAllText(_folder["r.json"], """{ "name": "x\u001b[2J\ny", "layers": [ { "type": "dense", "units": 10 } ] }""");
        SmallDigits.Write(_folder["idx"]);
        (_, output, _) = NablaProcess.Run(_folder, "train", "r.json", "--data", "idx", "--epochs", "1");
        Assert.Contains(@"Recipe: x\u001b[2J\u000ay", output, StringComparison.Ordinal);

        (code, _, error) = NablaProcess.Run(_folder, "evaluate", "no\u001b[2Jthing");
        Assert.Equal(1, code);
        Assert.StartsWith(@"nabla evaluate: no\u001b[2Jthing", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("recipes")]
    [InlineData("recipes show dense")]
    [InlineData("data")]
    [InlineData("--help")]
    public void Output_that_cannot_be_written_is_an_error(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        foreach (string to in new[] { ">/dev/full", ">&-" })
        {
            using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"'{Path.Combine(AppContext.BaseDirectory, "Nabla.Cli")}' {command} {to}"]) { RedirectStandardError = true })!;
            string error = shell.StandardError.ReadToEnd();
            shell.WaitForExit();
            Assert.Equal(1, shell.ExitCode);
            Assert.Matches(@"^nabla[a-z ]*: standard output cannot be written \(.+\); write to another place, or make room\.\n$", error);
        }
    }

    [Fact]
    public void Pipes_are_refused_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in its folders.");
        WriteFiles();
        using (Process process = Process.Start("mkfifo", _folder["pipe"]))
        {
            process.WaitForExit();
        }
        foreach (string line in new[] { "train|pipe", "train|--data|pipe", "evaluate|pipe", "predict|pipe|dot.pgm", "predict|model|pipe", "plot|pipe", "show|model|--data|pipe" })
        {
            (int code, _, string error) = NablaProcess.Run(_folder, line.Split('|'));
            Assert.Equal(1, code);
            Assert.EndsWith("pipe: is a named pipe, expected a regular file; save its contents to a file first.\n", error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        }
    }

    private void WriteFiles()
    {
        Directory.CreateDirectory(_folder["folder"]);
        File.WriteAllText(_folder["empty"], "");
        File.WriteAllText(_folder["text"], "This is a text\nof two lines.\n");
        File.WriteAllText(_folder["text.csv"], "a,b\nc,\u001b[2J\n");
        File.WriteAllText(_folder["activation.json"], """{ "name": "n", "layers": [ { "type": "dense", "units": 10, "activation": "softmax" } ] }""");
        File.WriteAllText(_folder["no-layers.json"], """{ "name": "n" }""");
        File.WriteAllText(_folder["list.json"], "[]");
        File.WriteAllText(_folder["broken.json"], "{ \"name\": \"n\",\n");
        PictureFile.WritePng(_folder["dot.pgm"], new byte[784], 28, 28);
        Network network = Network.Create([28, 28], Layer.Dense(10));
        network.Parameters.Fill(0.5f);
        network.MarkInitialized();
        network.Save(_folder["model"]);
        network = Network.Create([28, 28], Layer.Dense(10), Layer.Dense(10));
        network.Parameters.Fill(float.MaxValue);
        network.MarkInitialized();
        network.Save(_folder["overflow"]);
    }
}
