using System.Diagnostics;
using System.Globalization;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>However a training ends, the next command finds nothing in its way, and nothing is left behind.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly string[] Results = ["history.csv", "model.safetensors", "run.json", "summary.json"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_a_few_kills_at_any_moment_the_next_training_works() => KillAndTrain(10);

    [Fact(Explicit = true)]
    public void After_a_hundred_kills_at_any_moment_the_next_training_works() => KillAndTrain(100);

    [Fact]
    public void Numbered_folders_of_killed_trainings_are_used_again()
    {
        SmallDigits.Write(_folder["idx"]);
        using (NablaProcess process = NablaProcess.Start(_folder, null, "train", "dense", "--data", "idx", "--epochs", "1000000"))
        {
            process.WaitFor("Epoch ");
        }
        Assert.Equal(["run.json", "training.lock"], Directory.GetFiles(_folder["runs/1"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "1");
        Assert.True(code == 0, error);
        Assert.Contains("Saved runs/1/model.safetensors", output.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Equal(Results, Directory.GetFiles(_folder["runs/1"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_training_that_was_killed_a_few_times_is_resumed_to_the_same_bits() => KillAndResume(trainings: 3, kills: 3);

    [Fact(Explicit = true)]
    public void A_training_that_was_killed_fifty_times_is_resumed_to_the_same_bits_each_time() => KillAndResume(trainings: 50, kills: 1);

    [Fact]
    public void What_cannot_be_resumed_says_why()
    {
        SmallDigits.Write(_folder["idx"]);
        Fails("no run.json", "train", "--resume", "nowhere");
        Assert.Equal(0, NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "1", "--out", "done").Code);
        Fails("the training in done is finished", "train", "--resume", "done");
        using (NablaProcess process = NablaProcess.Start(_folder, null, "train", "dense", "--data", "idx", "--epochs", "1000000", "--out", "run", "--checkpoint-every", "0"))
        {
            process.WaitFor("Epoch ");
            Fails("under way", "train", "--resume", "run");
        }
        Fails("--epochs", "train", "--resume", "run", "--epochs", "3");
        Fails("go on with it by --resume run", "train", "dense", "--data", "idx", "--out", "run");
        SmallDigits.Write(_folder["idx"], train: 300);
        Fails("data was", "train", "--resume", "run");
        File.WriteAllText(_folder["run/run.json"], "{}");
        Fails("run.json", "train", "--resume", "run");

        void Fails(string reason, params string[] arguments)
        {
            (int code, _, string error) = NablaProcess.Run(_folder, arguments);
            Assert.Equal(1, code);
            Assert.Contains(reason, error, StringComparison.Ordinal);
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void A_second_interrupt_ends_it_at_once_and_leaves_no_folder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of this kind are Unix's.");
        SmallDigits.Write(_folder["idx"], train: 20_000, test: 10);
        // A step that takes longer than the second signal does.
        using NablaProcess process = NablaProcess.Start(_folder, null, "train", "dense", "--data", "idx", "--epochs", "1000", "--batch-size", "20000", "--hidden", "4000,4000", "--out", "run");
        process.WaitFor("parameters in all");
        Signal(process);
        Thread.Sleep(50);
        Signal(process);
        (int code, _, _) = process.Finish();
        Assert.Equal(130, code);
        Assert.False(Directory.Exists(_folder["run"]) && Directory.GetFiles(_folder["run"]).Any(path => !Results.Contains(Path.GetFileName(path))));
    }

    private static void Signal(NablaProcess process) => Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();

    private void KillAndResume(int trainings, int kills)
    {
        // So small steps and so many checkpoints that most kills are in the middle of saving one.
        SmallDigits.Write(_folder["idx"]);
        string[] train = ["train", "dense", "--data", "idx", "--epochs", "20", "--hidden", "300", "--optimizer", "adam", "--patience", "18", "--checkpoint-every", "0", "--out"];
        Stopwatch clock = Stopwatch.StartNew();
        (int code, _, string error) = NablaProcess.Run(_folder, [.. train, "whole"]);
        double milliseconds = clock.Elapsed.TotalMilliseconds;
        Assert.True(code == 0, error);
        byte[] whole = File.ReadAllBytes(_folder["whole/model.safetensors"]);
        NumPyRandom random = new(5);
        for (int i = 0; i < trainings; i++)
        {
            for (int kill = 0; kill < kills; kill++)
            {
                using NablaProcess process = NablaProcess.Start(_folder, null, File.Exists(_folder["run/run.json"]) ? ["train", "--resume", "run", "--checkpoint-every", "0"] : [.. train, "run"]);
                Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * milliseconds));
            }
            string[] resume = !File.Exists(_folder["run/run.json"]) ? [.. train, "run"] : ["train", "--resume", "run", "--threads", $"{1 + i % 3}"];
            (code, _, error) = NablaProcess.Run(_folder, resume);
            Assert.True(code == 0 || error.Contains("is finished", StringComparison.Ordinal), error);
            Assert.True(whole.AsSpan().SequenceEqual(File.ReadAllBytes(_folder["run/model.safetensors"])), $"training {i} ended with other bits");
            Assert.Equal(Results, Directory.GetFiles(_folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Directory.Delete(_folder["run"], recursive: true);
        }
    }

    private void KillAndTrain(int times)
    {
        SmallDigits.Write(_folder["idx"]);
        NumPyRandom random = new(4);
        string[] train = ["train", "dense", "--data", "idx", "--epochs", "2", "--threads", "1", "--out", "run"];
        for (int i = 0; i < times; i++)
        {
            using (NablaProcess.Start(_folder, null, train))
            {
                // Some are killed before they begin, some while they train or save, some when they are done.
                Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * 600));
            }
            if (File.Exists(_folder["run/model.safetensors"]))
            {
                // It is there as a whole.
                Network.Load(_folder["run/model.safetensors"]);
                File.Delete(_folder["run/model.safetensors"]);
            }
            if (i % 5 == 4)
            {
                (int code, _, string error) = NablaProcess.Run(_folder, train);
                Assert.True(code == 0, error);
                Assert.Equal(Results, Directory.GetFiles(_folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
                (code, _, error) = NablaProcess.Run(_folder, "evaluate", "run");
                Assert.True(code == 0, error);
                Directory.Delete(_folder["run"], recursive: true);
            }
        }
    }
}
