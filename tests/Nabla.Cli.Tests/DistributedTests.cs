using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Trainings of several processes under the launchers of both MPIs: the weights of one process, one line for what goes wrong, and nothing lost when a process dies.</summary>
public sealed class DistributedTests : IDisposable
{
    private const string Images = """
        {
          "name": "images", "layers": [
            { "type": "convolution2d", "filters": 8, "kernelHeight": 5, "kernelWidth": 5, "stride": 2, "padding": 2, "bias": false }, { "type": "batchnormalization", "activation": "ReLU" },
            { "type": "convolution2d", "filters": 16, "kernelHeight": 3, "kernelWidth": 3, "stride": 2, "bias": false }, { "type": "batchnormalization", "activation": "ReLU" },
            { "type": "globalaveragepooling2d" }, { "type": "dropout", "rate": 0.1 }, { "type": "dense", "units": 10 }],
          "optimizer": { "type": "adam", "learningRate": 0.01 },
          "training": { "epochs": EPOCHS, "batchSize": 128, "averageDecay": 0.9, "augmentation": [{ "type": "affine" }, { "type": "elastic" }] }
        }
        """;

    private const string Rows = """
        { "name": "rows", "layers": [{ "type": "dense", "units": 30, "activation": "ReLU" }, { "type": "dense", "units": 10 }], "training": { "epochs": EPOCHS, "batchSize": 4200 } }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Mpis => [.. Mpiexec.Kinds];

    [Theory]
    [MemberData(nameof(Mpis))]
    public void The_weights_are_those_of_one_process(string mpi)
    {
        Mpiexec.SkipUnlessInstalled(mpi);
        string expected = TrainAlone(Images, epochs: 4);
        foreach ((int processes, int threads) in new[] { (2, 1), (4, 2) })
        {
            (string output, string hash) = Train(mpi, processes, threads, "images.json");
            Assert.Equal(expected, hash);
            Assert.Contains($"Distributed: {processes} processes by {(mpi == "mpich" ? "MPICH" : "Open MPI")}", output, StringComparison.Ordinal);
            // What one process prints, once.
            Assert.Single(output.Split('\n'), line => line.StartsWith("Saved ", StringComparison.Ordinal));
        }
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Mpis))]
    public void The_weights_are_those_of_one_process_for_every_number_of_processes_and_threads(string mpi)
    {
        foreach ((string name, string recipe) in new[] { ("images", Images), ("rows", Rows) })
        {
            string expected = TrainAlone(recipe, epochs: 2);
            foreach (int processes in new[] { 1, 2, 4, 8 })
            {
                foreach (int threads in new[] { 1, 2, 3 })
                {
                    (_, string hash) = Train(mpi, processes, threads, $"{name}.json", "--distributed", "mpi");
                    TestContext.Current.TestOutputHelper?.WriteLine($"| {name} | {mpi} | {processes} | {threads} | {hash} |");
                    Assert.Equal(expected, hash);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Mpis))]
    public void What_cannot_be_shared_is_one_line_and_leaves_nothing(string mpi)
    {
        SmallDigits.Write(_folder["idx"]);
        using NablaProcess process = NablaProcess.StartDistributed(mpi, 2, _folder, "train", "dense", "--batch-size", "1", "--data", "idx", "--out", "online");
        (int code, _, string error) = process.Finish();
        Assert.Equal(1, code);
        string line = Assert.Single(error.Split('\n'), line => line.StartsWith("nabla", StringComparison.Ordinal));
        Assert.Matches("^nabla train: 2 processes have nothing to share: a batch of 1 samples is one shard", line);
        Assert.False(Directory.Exists(_folder["online"]));
    }

    [Theory]
    [MemberData(nameof(Mpis))]
    public void A_process_that_is_killed_ends_all_with_a_line_and_the_training_goes_on_with_another_number_of_them(string mpi) => Kill(mpi, kills: 1, seed: 3);

    [Theory(Explicit = true)]
    [MemberData(nameof(Mpis))]
    public void Fifteen_kills_at_any_moment_lose_nothing(string mpi) => Kill(mpi, kills: 15, seed: 4);

    /// <summary>Kills one of the processes again and again, goes on with another number of processes each time, and compares with a training that nobody disturbed.</summary>
    private void Kill(string mpi, int kills, uint seed)
    {
        Mpiexec.SkipUnlessInstalled(mpi);
        string expected = TrainAlone(Images, epochs: 60 * kills);
        NumPyRandom random = new(seed);
        int[] sizes = [3, 2, 4, 8];
        int forced = 0, polite = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            // The first command may be killed before there is a run to go on with.
            bool isBegun = File.Exists(_folder["killed/run.json"]);
            using NablaProcess process = NablaProcess.StartDistributed(mpi, sizes[kill % sizes.Length], _folder, ["train", .. isBegun ? ["--resume", "killed"] : new[] { "images.json", "--data", "idx", "--out", "killed" }, "--checkpoint-every", "0"]);
            process.WaitFor("parameters in all");
            Thread.Sleep(TimeSpan.FromMilliseconds(200 + random.NextDouble() * 500));
            Assert.False(process.HasExited, "The training was done before the kill; give it more epochs.");
            int[] ranks = ChildrenOf(process.Id);
            int victim = ranks[(int)(random.NextDouble() * ranks.Length)];
            bool isPolite = kill % 2 == 1;
            Process.Start("kill", [isPolite ? "-TERM" : "-KILL", victim.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
            (int code, string output, string error) = process.Finish();
            Assert.NotEqual(0, code);
            if (isPolite)
            {
                // All end after the same step, with a checkpoint.
                polite++;
                Assert.True(File.Exists(_folder["killed/checkpoint.safetensors"]), $"{output} {error}");
            }
            else
            {
                forced++;
                string line = Assert.Single(error.Split('\n'), line => line.StartsWith("nabla", StringComparison.Ordinal));
                Assert.Matches($@"^nabla: rank \d of {sizes[kill % sizes.Length]} \(pid {victim} on .+\) has died; the others stop", line);
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{mpi}: {forced} SIGKILL, {polite} SIGTERM");
        using NablaProcess last = NablaProcess.StartDistributed(mpi, 2, _folder, "train", "--resume", "killed");
        (int end, string all, string problem) = last.Finish();
        Assert.True(end == 0, $"{all} {problem}");
        Assert.Equal(expected, WeightsOf("killed"));
        Assert.Equal(["history.csv", "model.safetensors", "run.json", "summary.json"], Directory.GetFiles(_folder["killed"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string TrainAlone(string recipe, int epochs)
    {
        string name = recipe == Images ? "images" : "rows";
        SmallDigits.Write(_folder["idx"], train: recipe == Images ? 400 : 5000);
        File.WriteAllText(_folder[$"{name}.json"], recipe.Replace("EPOCHS", epochs.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        (int code, _, string error) = NablaProcess.Run(_folder, "train", $"{name}.json", "--data", "idx", "--out", $"{name}-alone");
        Assert.True(code == 0, error);
        return WeightsOf($"{name}-alone");
    }

    private (string Output, string Hash) Train(string mpi, int processes, int threads, string recipe, params string[] more)
    {
        string run = $"{recipe}-{mpi}-{processes}-{threads}";
        using NablaProcess process = NablaProcess.StartDistributed(mpi, processes, _folder, ["train", recipe, "--data", "idx", "--out", run, "--threads", threads.ToString(CultureInfo.InvariantCulture), .. more]);
        (int code, string output, string error) = process.Finish();
        Assert.True(code == 0, error);
        return (output, WeightsOf(run));
    }

    private string WeightsOf(string run)
    {
        Network network = Network.Load(_folder[$"{run}/model.safetensors"]);
        byte[] hash = SHA256.HashData([.. System.Runtime.InteropServices.MemoryMarshal.AsBytes(network.Parameters), .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(network.Buffers)]);
        return Convert.ToHexStringLower(hash)[..16];
    }

    /// <summary>The processes of the program that a launcher has started, which may have started others in between.</summary>
    private static int[] ChildrenOf(int launcher)
    {
        List<int> found = [], parents = [launcher];
        while (parents.Count > 0)
        {
            using Process ps = Process.Start(new ProcessStartInfo("ps", ["-o", "pid=,comm=", "--ppid", string.Join(',', parents)]) { RedirectStandardOutput = true })!;
            (int Id, string Name)[] children = [.. ps.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(line => line.Split(' ', 2)).Select(parts => (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1].Trim()))];
            found.AddRange(children.Where(child => child.Name.StartsWith("Nabla.Cli", StringComparison.Ordinal)).Select(child => child.Id));
            parents = [.. children.Where(child => !child.Name.StartsWith("Nabla.Cli", StringComparison.Ordinal)).Select(child => child.Id)];
        }
        return [.. found];
    }
}
