using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class DivergedTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void After_good_epochs_the_best_model_and_the_history_are_saved()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        File.WriteAllText(_folder["wild.json"], Recipe("""{ "epochs": 2, "learningRate": 0.01 }, { "epochs": 3, "learningRate": 1e9 }"""));

        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "wild.json", "--data", data, "--out", "mine");

        Assert.Equal(1, code);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("so training stopped with the weights from epoch", error, StringComparison.Ordinal);
        Assert.Contains($"Saved {Path.Combine("mine", "model.safetensors")}: the best model before the training diverged", output, StringComparison.Ordinal);
        Network network = Network.Load(_folder["mine/model.safetensors"]);
        Assert.Equal(3, network.Training!.DivergedInEpoch);
        Assert.Null(network.Training.TestAccuracy);
        Assert.InRange(network.Evaluate(IdxFolder.Load(data).Test).Loss, 0, 10);
        Assert.Equal(["epoch", "1", "2"], File.ReadAllLines(_folder["mine/history.csv"]).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void Before_an_epoch_is_finished_nothing_is_left_behind()
    {
        string data = SmallDigits.Write(_folder["digits"]);
        File.WriteAllText(_folder["wild.json"], Recipe("""{ "epochs": 5, "learningRate": 1e9 }"""));

        (int code, _, string error) = NablaProcess.Run(_folder, "train", "wild.json", "--data", data, "--out", "mine");

        Assert.Equal(1, code);
        Assert.Contains("weights from before training", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["mine"]));
    }

    private static string Recipe(string phases) =>
        $$"""
        {
          "name": "wild", "layers": [ { "type": "dense", "units": 10 } ], "loss": { "type": "quadratic" }, "optimizer": { "type": "sgd" },
          "training": { "epochs": 5, "batchSize": 20, "schedule": { "type": "phases", "phases": [ {{phases}} ] } }
        }
        """;
}
