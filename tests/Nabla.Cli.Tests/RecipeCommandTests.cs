using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class RecipeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lists_all_recipes()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "recipes");
        Assert.True(code == 0, error);
        Assert.All(RecipeBook.Names, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Prints_the_schema_and_a_recipe_may_name_it()
    {
        (int code, string schema, string error) = NablaProcess.Run(_folder, "recipes", "schema");
        Assert.True(code == 0, error);
        Assert.Equal("Recipe of Nabla", JsonDocument.Parse(schema).RootElement.GetProperty("title").GetString());

        string data = SmallDigits.Write(_folder["digits"], train: 1000, test: 1000);
        (_, string json, _) = NablaProcess.Run(_folder, "recipes", "show", "tanh-softmax");
        File.WriteAllText(_folder["mine.json"], "{ \"$schema\": \"recipe.schema.json\", " + json.TrimStart()[1..]);
        (code, _, error) = NablaProcess.Run(_folder, "train", "mine.json", "--data", data, "--epochs", "1", "--out", "run");
        Assert.True(code == 0, error);
    }

    [Fact]
    public void A_recipe_copied_out_changed_in_a_line_and_trained_does_what_it_says()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 1000, test: 1000);
        (_, string json, _) = NablaProcess.Run(_folder, "recipes", "show", "tanh-softmax");
        File.WriteAllText(_folder["mine.json"], json.Replace("\"epochs\": 300", "\"epochs\": 2", StringComparison.Ordinal));

        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "mine.json", "--data", data, "--seed", "5", "--out", "run");

        Assert.True(code == 0, error);
        Assert.Contains("Dense 784 → 100, Tanh, no bias", output, StringComparison.Ordinal);
        Assert.Contains("Dropout 0.5", output, StringComparison.Ordinal);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.Equal((2, 5u, 100), (network.Training!.Options.Epochs, network.Training.Options.Seed, network.Training.Options.BatchSize));
    }

    [Fact]
    public void Options_override_the_recipe()
    {
        string data = SmallDigits.Write(_folder["digits"], train: 100, test: 20);
        (int code, _, string error) = NablaProcess.Run(
            _folder, "train", "quadratic-sgd", "--data", data, "--epochs", "1", "--batch-size", "7", "--learning-rate", "0.5", "--hidden", "12", "--out", "run");
        Assert.True(code == 0, error);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.Equal(7, network.Training!.Options.BatchSize);
        Assert.Equal(0.5, network.Training.Optimizer.LearningRate);
        Assert.IsType<ConstantSchedule>(network.Training.Options.Schedule);
        Assert.Equal(["Dense 784 → 12, ReLU  (9,420 parameters)", "Dense 12 → 10, Sigmoid  (130 parameters)"], network.Layers.Select(layer => layer.ToString()));
    }

    [Fact]
    public void A_misspelt_member_is_explained_and_an_unknown_name_too()
    {
        File.WriteAllText(_folder["mine.json"], """{ "name": "n", "layers": [ { "type": "dense", "unit": 10 } ] }""");
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "mine.json");
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains("did you mean 'units'?", error, StringComparison.Ordinal);

        (code, _, error) = NablaProcess.Run(_folder, "train", "tanhsoftmax");
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        Assert.Contains("tanh-softmax", error, StringComparison.Ordinal);
    }
}
