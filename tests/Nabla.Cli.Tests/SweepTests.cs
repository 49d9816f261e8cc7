using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary><c>nabla sweep</c> and <c>nabla study</c> as processes.</summary>
public sealed class SweepTests : IDisposable
{
    private const string Grid = """
        { "recipe": "dense", "data": "idx", "vary": { "training.batchSize": [20, 100], "training.epochs": [2] }, "seeds": 2 }
        """;

    private readonly TemporaryFolder _folder = new();

    public SweepTests() => SmallDigits.Write(_folder["idx"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_study_leaves_runs_as_train_does_a_ranking_and_a_recipe()
    {
        File.WriteAllText(_folder["grid.json"], Grid);
        string output = Succeeds("sweep", "grid.json", "--part", "2/2");
        Assert.Contains("4 runs, in grid; begins with part 2 of 2, by --part", output, StringComparison.Ordinal);
        Assert.Equal(["0002", "0004", "0001", "0003"], output.Split('\n').Where(line => line.Contains(" taken: ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]));
        Assert.Contains("Runs: 4 done", output, StringComparison.Ordinal);

        // The same file as of a training on its own.
        Succeeds("train", "dense", "--data", _folder["idx"], "--batch-size", "100", "--epochs", "2", "--seed", "2", "--out", "alone");
        Assert.True(File.ReadAllBytes(_folder["alone/model.safetensors"]).AsSpan().SequenceEqual(File.ReadAllBytes(_folder["grid/runs/0004/model.safetensors"])));
        Assert.Equal(File.ReadAllText(_folder["alone/history.csv"]), File.ReadAllText(_folder["grid/runs/0004/history.csv"]));
        JsonNode alone = Summary("alone"), swept = Summary("grid/runs/0004");
        foreach (string member in new[] { "trainSeconds", "model" })
        {
            alone.AsObject().Remove(member);
            swept.AsObject().Remove(member);
        }
        Assert.Equal(alone.ToJsonString(), swept.ToJsonString());
        Succeeds("compare", "grid/runs/0001", "grid/runs/0004");

        Assert.Contains("All of its runs have ended already.", Succeeds("sweep", "grid.json"), StringComparison.Ordinal);
        output = Succeeds("study", "grid");
        Assert.Contains("grid/best-recipe.json", output.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("training.batchSize", output, StringComparison.Ordinal);
        JsonNode study = JsonNode.Parse(Succeeds("study", "grid", "--json"))!;
        Assert.True((bool)study["done"]!);
        Assert.Equal(4, study["runs"]!.AsArray().Count);
        double[] means = [.. study["combinations"]!.AsArray().Select(combination => (double)combination!["mean"]!)];
        Assert.Equal(means.OrderDescending(), means);
        Assert.Equal(study["combinations"]![0]!["values"]!.GetValue<string>().Contains("batchSize 20", StringComparison.Ordinal) ? 20 : 100, Recipe.Load(_folder["grid/best-recipe.json"]).Training.BatchSize);
        string page = File.ReadAllText(_folder["grid/study.html"]);
        Assert.Contains("Which option mattered", page, StringComparison.Ordinal);
        Assert.Contains("line run1", page, StringComparison.Ordinal);

        output = Succeeds("ensemble", "grid", "--best", "2", "--out", "two.safetensors");
        Assert.Equal(2, output.Split('\n').Count(line => line.StartsWith("Run ", StringComparison.Ordinal)));
        Assert.Contains("4 runs of grid came to their end", Fails("ensemble", "grid", "--best", "5", "--out", "five.safetensors"), StringComparison.Ordinal);
        Assert.Contains("--best 5", Fails("ensemble", "grid", "--out", "five.safetensors"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_said_in_a_line_before_anything_runs()
    {
        File.WriteAllText(_folder["bad.json"], """{ "recipe": "dense", "vary": { "training.batchSise": [20] } }""");
        Assert.Contains("bad.json: with 'training.batchSise' = 20: found 'training.batchSise', which is not known there; did you mean 'batchSize'?", Fails("sweep", "bad.json"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["bad"]));
        Assert.Contains("has no study.json", Fails("sweep", "idx"), StringComparison.Ordinal);
        Assert.Contains("has no study.json", Fails("study", "idx"), StringComparison.Ordinal);
        Assert.Contains("no such file", Fails("sweep", "nothing.json"), StringComparison.Ordinal);
        Assert.Contains("--part: found '3/2'", Fails("sweep", "bad.json", "--part", "3/2"), StringComparison.Ordinal);
        File.WriteAllText(_folder["grid.json"], Grid);
        Assert.Contains("idx has files in it and is no study", Fails("sweep", "grid.json", "--out", "idx"), StringComparison.Ordinal);
        using NablaProcess process = NablaProcess.StartWith([("SLURM_ARRAY_TASK_ID", "two")], _folder, "sweep", "grid.json");
        (int code, _, string error) = process.Finish();
        Assert.Equal((1, "nabla sweep: SLURM_ARRAY_TASK_ID: found 'two' in the environment, expected a whole number of at least 0; unset it, or say --part I/N.\n"), (code, error));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("USR1")]
    [InlineData("INT")]
    public void A_signal_writes_the_checkpoint_gives_the_run_back_and_asks_for_a_requeue(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals of this kind are Unix's.");
        File.WriteAllText(_folder["long.json"], """{ "recipe": "dense", "data": "idx", "combinations": [{ "training.epochs": 1000000 }], "leaseSeconds": 60 }""");
        using NablaProcess process = NablaProcess.StartWith([("SLURM_ARRAY_TASK_ID", "1")], _folder, "sweep", "long.json");
        Assert.Contains("by SLURM_ARRAY_TASK_ID", process.WaitFor("0001 taken"), StringComparison.Ordinal);
        Assert.Contains("1 running", Succeeds("study", "long"), StringComparison.Ordinal);
        Thread.Sleep(300);
        Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        (int code, string output, string error) = process.Finish();
        Assert.Equal((75, ""), (code, error));
        Assert.Contains("0001 given back with a checkpoint", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["long/work/0001/1/checkpoint.safetensors"]));
        Assert.Equal("preempted", (string?)JsonNode.Parse(Succeeds("study", "long", "--json"))!["runs"]![0]!["state"]);
        // Nobody has to wait for a lease.
        using NablaProcess next = NablaProcess.Start(_folder, null, "sweep", "long");
        next.WaitFor("0001 taken up again");
    }

    private JsonNode Summary(string run) => JsonNode.Parse(File.ReadAllText(_folder[$"{run}/summary.json"]))!;

    private string Succeeds(params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(code == 0, error);
        return output;
    }

    private string Fails(params string[] arguments)
    {
        (int code, _, string error) = NablaProcess.Run(_folder, arguments);
        Assert.NotEqual(0, code);
        Assert.Single(error.TrimEnd().Split('\n'));
        return error;
    }
}
