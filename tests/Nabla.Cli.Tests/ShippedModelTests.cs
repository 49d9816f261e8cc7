using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>The networks that come with the library and the command line.</summary>
public sealed class ShippedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("digits", 2_000_000)]
    [InlineData("digits-small", 100_000)]
    public void Each_is_small_and_says_how_it_was_trained_and_nothing_of_where(string name, int most)
    {
        using Stream file = Digits.Open(name);
        Assert.InRange(file.Length, 10_000, most - 1);
        TrainingRecord record = Network.Load(file, name).Training!;
        Assert.Equal("mnist", record.DataPath);
        Assert.DoesNotContain('/', record.Data!);
        Assert.False(record.Cancelled);
        Assert.True(record.TestAccuracy > 0.99);
        // The recipe of the same name made it.
        Recipe recipe = RecipeBook.Get(name);
        Assert.Equal((recipe.Training with { Threads = record.Options.Threads }, recipe.Optimizer), (record.Options, record.Optimizer));
    }

    [Fact]
    public void There_are_two_and_each_caller_has_its_own()
    {
        Assert.Equal(["digits", "digits-small"], Digits.Names);
        Assert.Contains("expected digits or digits-small", Assert.Throws<ArgumentException>(() => Digits.Open("letters")).Message, StringComparison.Ordinal);
        Network first = Digits.Load(), second = Digits.Load();
        first.Parameters.Clear();
        Assert.NotEqual(0, second.Parameters[0]);
        Assert.DoesNotContain(second.Layers, layer => layer is BatchNormalization);
    }

    [Fact]
    public void They_read_digits_that_nobody_trained_them_on()
    {
        DataSet drawn = SyntheticDigits.Generate(2000, seed: 77);
        Assert.InRange(Digits.Load().Evaluate(drawn).Accuracy!.Value, 0.98, 1);
        Assert.InRange(Digits.LoadSmall().Evaluate(drawn).Accuracy!.Value, 0.96, 1);

        string? mnist = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(mnist), "NABLA_DATA is not set: needs the real MNIST files.");
        DataSet test = Mnist.Load(mnist).Test;
        Assert.InRange(Digits.Load().Evaluate(test).Accuracy!.Value, 0.995, 1);
        Assert.InRange(Digits.LoadSmall().Evaluate(test).Accuracy!.Value, 0.99, 1);
    }

    [Fact]
    public void Predict_reads_a_picture_without_a_model_of_ones_own()
    {
        (byte[] pixels, int label) = Drawn();
        PictureFile.WritePng(_folder["some.png"], pixels, 28, 28);
        (int code, string output, string error) = NablaProcess.Run(_folder, "predict", "some.png");
        Assert.True(code == 0, error);
        Assert.StartsWith($"some.png: {label}  9", output, StringComparison.Ordinal);

        // The other one by its name, and with several looks.
        (code, output, error) = NablaProcess.Run(_folder, "predict", "digits-small", "some.png", "--views", "5", "--json");
        Assert.True(code == 0, error);
        JsonNode summary = JsonNode.Parse(output)![0]!;
        Assert.Equal(label, (int)summary["label"]!);
        float[] expected = new TestTimeAugmentation(Digits.LoadSmall(), 5).Score(new ByteFeatures(pixels, [28, 28]));
        Assert.Equal(expected, summary["scores"].Deserialize<float[]>());
    }

    [Fact]
    public void A_model_without_a_picture_and_a_picture_that_is_none_are_explained()
    {
        (int code, _, string error) = NablaProcess.Run(_folder, "predict", "digits");
        Assert.Equal(2, code);
        Assert.StartsWith("nabla predict: found the model digits and no picture, expected at least one after it", error, StringComparison.Ordinal);
        // What was meant as a model must not be left out, and another one answer.
        foreach ((string named, string file) in new[] { ("none.safetensors", "none.safetensors"), ("runs/7", "runs/7") })
        {
            (code, string output, error) = NablaProcess.Run(_folder, "predict", named, "some.png");
            Assert.Equal((1, ""), (code, output));
            Assert.Equal($"nabla predict: {file}: there is no such model; 'nabla train' makes one.", error.TrimEnd());
        }
    }

    [Fact]
    public void Evaluate_and_show_take_it_where_no_model_is_named()
    {
        string data = SmallDigits.Write(_folder["idx"], train: 20, test: 60);
        (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "--data", data, "--json");
        Assert.True(code == 0, error);
        Assert.Equal(Digits.Load().Evaluate(IdxFolder.Load(data).Test).Loss, (double)JsonNode.Parse(output)!["loss"]!, 1e-9);
        (code, output, error) = NablaProcess.Run(_folder, "evaluate", "--data", data, "--views", "3");
        Assert.True(code == 0, error);
        Assert.Contains(", the average over 3 views", output, StringComparison.Ordinal);
        (code, output, error) = NablaProcess.Run(_folder, "show", "--data", data, "--count", "4");
        Assert.True(code == 0, error);
        Assert.Contains("(image 3)", output, StringComparison.Ordinal);
        (code, _, error) = NablaProcess.Run(_folder, "evaluate", "--data", data, "--views", "3", "--calibration", "c.png");
        Assert.Equal(1, code);
        Assert.StartsWith("nabla evaluate: --calibration: found --views beside it", error, StringComparison.Ordinal);
    }

    private static (byte[] Pixels, int Label) Drawn()
    {
        DataSet drawn = SyntheticDigits.Generate(1, seed: 5);
        return (((ByteFeatures)drawn.Features)[0].ToArray(), ((ClassLabels)drawn.Targets).Values[0]);
    }
}
