using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Workers of a study are killed at any moment: nothing is lost, nothing is done twice, and every bit is as without.</summary>
public sealed partial class StudyKillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_a_few_kills_a_study_ends_as_without() => Kill("""{ "type": "halving", "epochs": 3, "factor": 2 }""", kills: 4, seed: 1);

    [Theory(Explicit = true)]
    [InlineData("""{ "type": "none" }""")]
    [InlineData("""{ "type": "halving", "epochs": 3, "factor": 2 }""")]
    public void After_thirty_kills_a_study_ends_as_without(string rule) => Kill(rule, kills: 30, seed: 2);

    private void Kill(string rule, int kills, uint seed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of this kind are Unix's.");
        SmallDigits.Write(_folder["idx"]);
        // So many checkpoints that most kills are in the middle of saving one.
        File.WriteAllText(_folder["study.json"], $$"""
            {
              "recipe": {
                "name": "little", "layers": [{ "type": "dense", "units": 100, "activation": "ReLU" }, { "type": "dropout" }, { "type": "dense", "units": 10 }],
                "training": { "epochs": {{20 * kills}}, "batchSize": 100 }
              },
              "data": "idx", "vary": { "optimizer.learningRate": [0.0001, 0.001, 0.004] }, "seeds": 2, "rule": {{rule}}, "leaseSeconds": 1,
            }
            """);
        (int code, _, string error) = NablaProcess.Run(_folder, "sweep", "study.json", "--out", "whole");
        Assert.True(code == 0, error);

        NumPyRandom random = new(seed);
        List<string> outputs = [];
        NablaProcess[] workers = [Start(0), Start(1)];
        int killed = 0, stops = 0;
        while (killed + stops < kills)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(200 + random.NextDouble() * 900));
            int worker = random.NextDouble() < 0.5 ? 0 : 1;
            bool isPolite = random.NextDouble() < 0.5;
            if (isPolite)
            {
                Process.Start("kill", ["-TERM", workers[worker].Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
                (code, string output, error) = workers[worker].Finish();
                // Done, asked for a requeue, or not even begun to listen.
                Assert.True(code is 0 or 75 or 143, $"{code} {error}");
                outputs.Add(output);
                stops += code == 0 ? 0 : 1;
            }
            else
            {
                killed += workers[worker].HasExited ? 0 : 1;
                workers[worker].Dispose();
                outputs.Add(workers[worker].OutputSoFar);
            }
            if (StudyFolderIsDone())
            {
                break;
            }
            workers[worker] = Start(worker);
        }
        foreach (NablaProcess worker in workers)
        {
            using (worker)
            {
                if (!worker.HasExited || !outputs.Contains(worker.OutputSoFar))
                {
                    (_, string output, error) = worker.Finish();
                    outputs.Add(output);
                    Assert.Equal("", error);
                }
            }
        }
        (code, string last, error) = NablaProcess.Run(_folder, "sweep", "study.json", "--out", "killed");
        Assert.True(code == 0, error);
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} SIGKILL, {stops} SIGTERM");
        Assert.True(killed + stops == kills, $"only {killed} + {stops} kills before the study was done");

        string[] expected = Names("whole");
        Assert.Equal(expected, Names("killed"));
        foreach (string run in expected)
        {
            foreach (string file in new[] { "model.safetensors", "history.csv" })
            {
                Assert.True(File.ReadAllBytes(_folder[$"whole/runs/{run}/{file}"]).AsSpan().SequenceEqual(File.ReadAllBytes(_folder[$"killed/runs/{run}/{file}"])), $"{run}/{file} is another");
            }
            Assert.Equal(Result("whole", run), Result("killed", run));
            Assert.Equal(["history.csv", "model.safetensors", "result.json", "run.json", "summary.json"], Directory.GetFiles(_folder[$"killed/runs/{run}"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
        string[] done = [.. outputs.Append(last).SelectMany(output => Done().Matches(output)).Select(match => match.Groups[1].Value)];
        Assert.Equal(done.Distinct().Order(), done.Order());

        NablaProcess Start(int worker) => NablaProcess.Start(_folder, null, "sweep", "study.json", "--out", "killed", "--checkpoint-every", "0", "--threads", "1", "--part", $"{worker + 1}/2");

        bool StudyFolderIsDone() => Directory.Exists(_folder["killed"]) && IsDone(_folder["killed"]);

        string[] Names(string study) => [.. Directory.GetDirectories(_folder[$"{study}/runs"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

        string Result(string study, string run)
        {
            JsonNode result = JsonNode.Parse(File.ReadAllText(_folder[$"{study}/runs/{run}/result.json"]))!;
            return $"{result["state"]} {result["epochs"]!.ToJsonString()} {result["best"]!.ToJsonString()}";
        }
    }

    private static bool IsDone(string folder) => StudyFolder.IsStudy(folder) && StudyFolder.Open(folder).Read().All(run => run.IsEnded);

    [GeneratedRegex(@"^Run (\d+) done", RegexOptions.Multiline)]
    private static partial Regex Done();
}
