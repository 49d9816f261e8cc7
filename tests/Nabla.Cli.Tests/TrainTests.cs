using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Patience_ends_a_training_that_gets_no_better()
    {
        SmallDigits.Write(_folder["idx"], train: 400, test: 100);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "200", "--patience", "2", "--out", "run");
        Assert.True(code == 0, error);
        Assert.Matches(@"Ended after epoch \d+, which was no better; kept the model of epoch \d+: loss \d\.\d+, validation accuracy [\d.]+%\.", output);
        TrainingRecord record = Network.Load(_folder["run/model.safetensors"]).Training!;
        Assert.InRange(record.StoppedInEpoch!.Value, record.BestEpoch + 2, 199);
        Assert.False(record.Cancelled);
    }

    [Fact]
    public void Without_a_recipe_images_get_convolutions_and_as_many_epochs_as_few_images_need()
    {
        SmallDigits.Write(_folder["idx"], train: 900, test: 200);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "--data", "idx", "--out", "run");
        Assert.True(code == 0, error);
        Assert.Contains("There are 900 images: 67 epochs, so that the network sees some 60,300.", output, StringComparison.Ordinal);
        Assert.Contains("Recipe: quick", output, StringComparison.Ordinal);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.IsType<Convolution2D>(network.Layers[0]);
        Assert.Equal(67, network.Training!.Options.Epochs);
        Assert.True(network.Training.TestAccuracy > 0.9, output);

        (code, output, error) = NablaProcess.Run(_folder, "train", "--data", "idx", "--epochs", "120", "--batch-size", "450", "--patience", "1", "--out", "patient");
        Assert.True(code is 0 or 1 && !error.Contains("mistake", StringComparison.Ordinal), error);
        Assert.Equal(120, Network.Load(_folder["patient/model.safetensors"]).Training!.Options.Epochs);
    }

    [Fact]
    public void Without_a_recipe_dense_layers_are_for_who_asks_for_them_and_tables_have_their_own()
    {
        SmallDigits.Write(_folder["idx"], train: 300, test: 20);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "--data", "idx", "--hidden", "20", "--out", "hidden");
        Assert.True(code == 0, error);
        Assert.Contains("Recipe: dense", output, StringComparison.Ordinal);

        NumPyRandom random = new(1);
        File.WriteAllLines(_folder["table.csv"], ["label,a,b,c", .. Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{i % 2},{random.NextDouble() + i % 2:F3},{random.NextDouble():F3},{random.NextDouble():F3}"))]);
        (code, output, error) = NablaProcess.Run(_folder, "train", "--data", "table.csv", "--out", "table");
        Assert.True(code == 0, error);
        Assert.Contains("Recipe: table", output, StringComparison.Ordinal);
        (code, output, error) = NablaProcess.Run(_folder, "train", "--data", "table.csv", "--hidden", "7", "--out", "narrow");
        Assert.True(code == 0, error);
        Assert.Contains("Recipe: table", output, StringComparison.Ordinal);
        Assert.Contains("Dense 3 → 7, ReLU", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_says_whether_the_network_can_learn_and_trains_nothing()
    {
        SmallDigits.Write(_folder["idx"], train: 200, test: 20);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--check");
        Assert.True(code == 0, error);
        Assert.Contains("It learnt 64 samples by heart", output, StringComparison.Ordinal);
        Assert.EndsWith("This set-up can learn.", output.TrimEnd(), StringComparison.Ordinal);
        (code, output, _) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--check", "--learning-rate", "1e-9");
        Assert.Equal(1, code);
        Assert.Contains("The learning rate 1E-09 is too low: with ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public void Find_lr_suggests_a_rate_and_draws_the_picture()
    {
        SmallDigits.Write(_folder["idx"], train: 400, test: 20);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--find-lr", "--out", "range");
        Assert.True(code == 0, error);
        Assert.Matches(@"Suggestion: --learning-rate 0\.0\d+, where the loss falls most steeply", output);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_folder["range/learning-rate.png"])[..4]);
        Assert.False(File.Exists(_folder["range/model.safetensors"]));
    }

    [Fact]
    public void Options_of_the_rule_are_what_the_model_says()
    {
        SmallDigits.Write(_folder["idx"], train: 200, test: 20);
        (int code, _, string error) = NablaProcess.Run(
            _folder, "train", "dense", "--data", "idx", "--epochs", "1", "--out", "run", "--optimizer", "adam", "--weight-decay", "0.2", "--schedule", "one-cycle", "--warm-up", "3",
            "--l2", "0.001", "--clip-gradient-norm", "2", "--accumulate", "2", "--label-smoothing", "0.1", "--class-weights", "balanced", "--reduce-on-plateau", "2");
        Assert.True(code is 0 or 1 && !error.Contains("mistake", StringComparison.Ordinal), error);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        TrainingOptions options = network.Training!.Options;
        Assert.Equal(new AdamW { LearningRate = 0.004, WeightDecay = 0.2 }, network.Training.Optimizer);
        Assert.Equal(Schedule.WarmUp(3, Schedule.OneCycle()), options.Schedule);
        Assert.Equal((0.001, 2.0, 2, true), (options.L2, options.ClipGradientNorm, options.AccumulationSteps, options.BalanceClasses));
        SoftmaxCrossEntropyLoss loss = Assert.IsType<SoftmaxCrossEntropyLoss>(network.Loss);
        Assert.Equal((0.1, 10), (loss.LabelSmoothing, loss.ClassWeights!.Count));
    }

    [Fact]
    public void Explain_says_how_a_batch_goes_through_and_trains_nothing()
    {
        SmallDigits.Write(_folder["idx"], train: 100, test: 20);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--explain", "--threads", "2", "--batch-size", "32");
        Assert.True(code == 0, error);
        Assert.Contains("A batch of 32 samples, 2 threads: all go through at a time.", output, StringComparison.Ordinal);
        Assert.Matches(@"dense2 +[\d.]+ kB  ", output);
        Assert.False(Directory.Exists(_folder["runs"]));
    }

    [Fact]
    public void Default_network_recognises_at_least_98_5_percent_of_MNIST()
    {
        string? mnist = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "NABLA_DATA is not set: needs the real MNIST files.");

        using NablaProcess process = NablaProcess.Start(_folder, Path.GetFullPath(mnist!), "train", "--json");
        (int code, string output, string error) = process.Finish();

        Assert.True(code == 0, error);
        using JsonDocument summary = JsonDocument.Parse(output);
        Assert.True(summary.RootElement.GetProperty("testAccuracy").GetDouble() >= 0.985, output);
        Assert.Equal(10_000, summary.RootElement.GetProperty("testCount").GetInt32());
    }

    [Fact]
    public void Without_MNIST_and_network_the_default_says_why_and_trains_on_built_in_digits()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "--epochs", "1");

        Assert.True(code == 0, error);
        string line = Assert.Single(output.Split('\n'), line => line.StartsWith("***", StringComparison.Ordinal));
        Assert.Contains("built-in digits", line, StringComparison.Ordinal);
        Assert.Contains("could not be downloaded", line, StringComparison.Ordinal);
        Assert.Contains("Test accuracy", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Asked_for_MNIST_it_never_takes_anything_else()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "mnist");

        Assert.Equal(1, code);
        AssertOneLine(error);
        Assert.Contains("could not be downloaded", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Test accuracy", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["runs/1"]), "A failed run leaves no folder.");
    }

    [Fact]
    public void Leaves_model_history_and_summary_and_prints_only_the_summary_as_json()
    {
        string data = SmallDigits.Write(_folder["digits"]);

        (int code, string output, string error) = NablaProcess.Run(
            _folder, "train", "dense", "--data", data, "--epochs", "3", "--hidden", "20,15", "--optimizer", "adamw", "--seed", "7", "--out", "mine", "--json");

        Assert.True(code == 0, error);
        Assert.Contains("Epoch 3/3", error, StringComparison.Ordinal);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Assert.Equal(3, summary.GetProperty("epochs").GetInt32());
        Assert.Equal(784 * 20 + 20 + 20 * 15 + 15 + 15 * 10 + 10, summary.GetProperty("parameters").GetInt32());
        Assert.Equal(7, summary.GetProperty("seed").GetInt32());
        Assert.Equal(Path.Combine("mine", "model.safetensors"), summary.GetProperty("model").GetString());
        Assert.Contains(data, summary.GetProperty("data").GetString(), StringComparison.Ordinal);
        Assert.Equal(summary.GetProperty("testCorrect").GetInt32() / 100.0, summary.GetProperty("testAccuracy").GetDouble());
        Assert.True(summary.GetProperty("trainSeconds").GetDouble() > 0);
        Assert.Equal(output, File.ReadAllText(_folder["mine/summary.json"]));

        string[] history = File.ReadAllLines(_folder["mine/history.csv"]);
        Assert.Equal("epoch,loss,accuracy,validation_loss,validation_accuracy", history[0]);
        Assert.Equal(["1", "2", "3"], history[1..].Select(line => line.Split(',')[0]));
        Assert.All(history[1..], line => Assert.Equal(5, line.Split(',').Count(value => double.TryParse(value, CultureInfo.InvariantCulture, out _))));

        Network network = Network.Load(_folder["mine/model.safetensors"]);
        Evaluation evaluation = network.Evaluate(IdxFolder.Load(data).Test);
        Assert.Equal(summary.GetProperty("testCorrect").GetInt32(), evaluation.Correct);
        Assert.Equal(7u, network.Training!.Options.Seed);
        Assert.IsType<AdamW>(network.Training.Optimizer);
    }

    [Fact]
    public void Numbers_its_runs_and_suggests_a_next_command()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 60, test: 20);
        NablaProcess.Run(_folder, "train", "dense", "--data", data, "--epochs", "1");
        (int code, string output, _) = NablaProcess.Run(_folder, "train", "dense", "--data", data, "--epochs", "1");

        Assert.Equal(0, code);
        Assert.True(File.Exists(_folder["runs/1/model.safetensors"]));
        Assert.True(File.Exists(_folder["runs/2/model.safetensors"]));
        Assert.Contains($"evaluate {Path.Combine("runs", "2", "model.safetensors")}", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Same_seed_gives_the_same_file_for_any_number_of_threads()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        string[] common = ["train", "dense", "--data", data, "--epochs", "2", "--hidden", "64", "--seed", "3"];
        foreach (string threads in new[] { "1", "2", "3" })
        {
            NablaProcess.Run(_folder, [.. common, "--threads", threads, "--out", $"t{threads}"]);
        }
        byte[] expected = File.ReadAllBytes(_folder["t1/model.safetensors"]);
        Assert.Equal(expected, File.ReadAllBytes(_folder["t2/model.safetensors"]));
        Assert.Equal(expected, File.ReadAllBytes(_folder["t3/model.safetensors"]));
    }

    [Fact]
    public void Ctrl_C_keeps_the_best_model_and_exits_with_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot send Ctrl-C to one process alone.");
        string data = SmallDigits.Write(_folder["digits"]);
        using NablaProcess process = NablaProcess.Start(_folder, null, "train", "dense", "--data", data, "--epochs", "1000000", "--out", "stopped");
        process.WaitFor("  loss ");
        Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        (int code, string output, string error) = process.Finish();

        Assert.Equal(130, code);
        Assert.Equal("", error);
        Assert.Contains("Stopped; kept the best model so far", output, StringComparison.Ordinal);
        Assert.True(Network.Load(_folder["stopped/model.safetensors"]).Training!.Cancelled);
        Assert.True(JsonDocument.Parse(File.ReadAllText(_folder["stopped/summary.json"])).RootElement.GetProperty("cancelled").GetBoolean());
    }

    [Fact]
    public void Two_trainings_never_get_one_folder()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 60, test: 20);
        NablaProcess[] processes = [.. Enumerable.Range(0, 4).Select(_ => NablaProcess.Start(_folder, null, "train", "dense", "--data", data, "--epochs", "1"))];
        string[] saved = [.. processes.Select(process => process.Finish().Output.Split('\n').Single(line => line.StartsWith("Saved ", StringComparison.Ordinal)))];
        Assert.Equal(4, saved.Distinct().Count());
        Assert.Equal(4, Directory.GetDirectories(_folder["runs"]).Length);
        Assert.All(Directory.GetDirectories(_folder["runs"]), run => Assert.Equal(4, Directory.GetFiles(run).Length));
    }

    [Fact]
    public void A_folder_in_which_a_training_is_under_way_is_refused()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 60, test: 20);
        using NablaProcess first = NablaProcess.Start(_folder, null, "train", "dense", "--data", data, "--epochs", "1000000", "--out", "run");
        first.WaitFor("  loss ");
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", data, "--epochs", "1", "--out", "run");
        Assert.Equal(1, code);
        Assert.Equal("", output);
        AssertOneLine(error);
        Assert.Contains("belongs to a training that is under way", error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void A_full_disk_is_found_before_training_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Needs Linux and root, to mount a small disk.");
        string disk = Directory.CreateDirectory(_folder["disk"]).FullName;
        string data = SmallDigits.Write(_folder["digits"], train: 60, test: 20);
        using (Process mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", disk])!)
        {
            mount.WaitForExit();
            Assert.SkipUnless(mount.ExitCode == 0, "This machine does not let a test mount a small disk.");
        }
        try
        {
            (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", data, "--epochs", "1", "--out", Path.Combine(disk, "run"));
            Assert.Equal(1, code);
            AssertOneLine(error);
            Assert.Contains("has no room", error, StringComparison.Ordinal);
            Assert.DoesNotContain("Epoch", output, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Process.Start("umount", [disk])!.WaitForExit();
        }
    }

    [Fact]
    public void Diverging_training_says_what_to_try()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", data, "--optimizer", "sgd", "--learning-rate", "1e30", "--out", "bad");
        Assert.Equal(1, code);
        AssertOneLine(error);
        Assert.Contains("smaller learning rate", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["bad"]));
    }

    internal static void AssertOneLine(string error)
    {
        Assert.EndsWith("\n", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
