using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>What is done with a trained model, and with data: evaluate, predict, data, help.</summary>
public sealed class UseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public UseTests()
    {
        _data = SmallDigits.Write(_folder["digits"]);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", _data, "--epochs", "5", "--out", "run");
        Assert.True(code == 0, error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_gives_the_figures_of_each_digit_as_json()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", _data, "--json");

        Assert.True(code == 0, error);
        JsonElement summary = JsonDocument.Parse(output).RootElement;
        Evaluation expected = Network.Load(_folder["run/model.safetensors"]).Evaluate(IdxFolder.Load(_data).Test);
        Assert.Equal(expected.Accuracy, summary.GetProperty("accuracy").GetDouble());
        Assert.Equal(expected.Loss, summary.GetProperty("loss").GetDouble());
        Assert.Equal(10, summary.GetProperty("classes").GetArrayLength());
        Assert.Equal(expected.Confusion!.Recall(3), summary.GetProperty("classes")[3].GetProperty("recall").GetDouble());
        Assert.Equal(expected.Confusion[4, 9], summary.GetProperty("confusion")[4][9].GetInt32());
    }

    [Fact]
    public void Evaluate_prints_tables_for_people()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", _data);
        Assert.True(code == 0, error);
        foreach (string expected in new[] { "accuracy ", "precision", "recall", "F1", "Confusion matrix (rows: actual, columns: predicted)", "Most confused" })
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Predict_gives_the_scores_of_every_class_as_json()
    {
        Network network = Network.Load(_folder["run/model.safetensors"]);
        byte[] digit = ((ByteFeatures)IdxFolder.Load(_data).Test.Features)[0].ToArray();
        float[] scores = new float[10];
        network.Score(digit, scores);
        PictureFile.WritePng(_folder["digit.png"], digit, 28, 28);

        (int code, string output, string error) = NablaProcess.Run(_folder, "predict", "run", "missing.png", "digit.png", "--json");

        Assert.Equal(1, code);
        Assert.Contains("missing.png", error, StringComparison.Ordinal);
        JsonElement summary = Assert.Single(JsonDocument.Parse(output).RootElement.EnumerateArray());
        Assert.Equal("digit.png", summary.GetProperty("image").GetString());
        Assert.Equal(network.Predict(digit).Label, summary.GetProperty("label").GetInt32());
        Assert.Equal(scores, summary.GetProperty("scores").EnumerateArray().Select(score => score.GetSingle()));
    }

    [Fact]
    public void Predict_reads_pictures_of_both_kinds_light_or_dark()
    {
        Network network = Network.Load(_folder["run/model.safetensors"]);
        ByteFeatures images = (ByteFeatures)IdxFolder.Load(_data).Test.Features;
        byte[] digit = images[0].ToArray();
        byte[] inverted = [.. digit.Select(pixel => (byte)(255 - pixel))];
        PictureFile.WritePng(_folder["light.png"], digit, 28, 28);
        PictureFile.WritePng(_folder["dark.png"], inverted, 28, 28);
        File.WriteAllBytes(_folder["digit.pgm"], [.. "P5 28 28 255\n"u8, .. digit]);

        (int code, string output, string error) = NablaProcess.Run(_folder, "predict", "run", "light.png", "dark.png", "digit.pgm");

        Assert.True(code == 0, error);
        Prediction expected = network.Predict(digit);
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(["light.png", "dark.png", "digit.pgm"], lines.Select(line => line.Split(':')[0]));
        Assert.All(lines, line => Assert.Contains($" {expected.Label}  ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains($"(then {expected.RunnerUp}, ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Predict_goes_on_after_a_bad_picture_and_exits_with_1()
    {
        File.WriteAllText(_folder["text.png"], "no picture at all");
        PictureFile.WritePng(_folder["good.png"], ((ByteFeatures)IdxFolder.Load(_data).Test.Features)[1], 28, 28);

        (int code, string output, string error) = NablaProcess.Run(_folder, "predict", "run", "text.png", "missing.png", "good.png");

        Assert.Equal(1, code);
        string[] errors = error.TrimEnd().Split('\n');
        Assert.Equal(2, errors.Length);
        Assert.Contains("text.png: is no picture of a known kind", errors[0], StringComparison.Ordinal);
        Assert.Contains("missing.png", errors[1], StringComparison.Ordinal);
        Assert.StartsWith("good.png: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_cut_at_any_place_is_refused()
    {
        byte[] model = File.ReadAllBytes(_folder["run/model.safetensors"]);
        foreach (int length in new[] { 0, 7, 8, 100, model.Length / 2, model.Length - 1 })
        {
            File.WriteAllBytes(_folder["cut.safetensors"], model[..length]);
            (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "cut.safetensors", "--data", _data);
            Assert.Equal(1, code);
            Assert.Equal("", output);
            TrainTests.AssertOneLine(error);
            Assert.Contains("cut.safetensors", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Data_says_what_is_where()
    {
        using NablaProcess process = NablaProcess.Start(_folder, _data, "data");
        (int code, string output, string error) = process.Finish();
        Assert.True(code == 0, error);
        Assert.Contains(_data, output, StringComparison.Ordinal);
        Assert.Contains("train-images-idx3-ubyte", output, StringComparison.Ordinal);
        Assert.DoesNotContain("data fetch", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_says_what_is_where_as_json()
    {
        using NablaProcess process = NablaProcess.Start(_folder, _data, "data", "--json");
        (int code, string output, string error) = process.Finish();
        Assert.True(code == 0, error);
        JsonElement mnist = JsonDocument.Parse(output).RootElement.GetProperty("mnist");
        Assert.Equal("NABLA_DATA", mnist.GetProperty("place").GetString());
        Assert.Equal(_data, mnist.GetProperty("folder").GetString());
        Assert.True(mnist.GetProperty("exists").GetBoolean());
        Assert.True(mnist.GetProperty("readable").GetBoolean());
        Assert.False(mnist.GetProperty("verified").GetBoolean(), "these are other digits than MNIST's");
        Assert.Equal(4, mnist.GetProperty("files").GetArrayLength());
        JsonElement file = mnist.GetProperty("files")[0];
        Assert.Equal("train-images-idx3-ubyte", file.GetProperty("name").GetString());
        Assert.Equal("Different", file.GetProperty("state").GetString());
        FileInfo images = new(file.GetProperty("path").GetString()!);
        Assert.Equal(images.Length, file.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public void Data_without_files_is_said_as_json_with_the_same_exit_code()
    {
        using NablaProcess process = NablaProcess.Start(_folder, _folder["nowhere"], "data", "--json");
        (int code, string output, string error) = process.Finish();
        Assert.Equal(1, code);
        TrainTests.AssertOneLine(error);
        JsonElement mnist = JsonDocument.Parse(output).RootElement.GetProperty("mnist");
        Assert.False(mnist.GetProperty("exists").GetBoolean());
        Assert.All(mnist.GetProperty("files").EnumerateArray(), file => Assert.Equal("Missing", file.GetProperty("state").GetString()));
        (code, output, error) = NablaProcess.Run(_folder, "data", "--json");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal("cache", JsonDocument.Parse(output).RootElement.GetProperty("mnist").GetProperty("place").GetString());
    }

    [Fact]
    public void Data_show_gives_values_as_json()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "data", "show", "--data", _data, "--digit", "7", "--count", "2", "--json");
        Assert.True(code == 0, error);
        DataSet train = IdxFolder.Load(_data).Train;
        int[] sevens = [.. Enumerable.Range(0, train.Count).Where(row => ((ClassLabels)train.Targets).Values[row] == 7).Take(2)];
        JsonElement[] samples = [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
        Assert.Equal(sevens, samples.Select(sample => sample.GetProperty("image").GetInt32()));
        Assert.All(samples, sample => Assert.Equal((7, "7"), (sample.GetProperty("label").GetInt32(), sample.GetProperty("name").GetString())));
        Assert.Equal([28, 28], samples[1].GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()));
        byte[] pixels = ((ByteFeatures)train.Features)[sevens[1]].ToArray();
        Assert.Equal(pixels, samples[1].GetProperty("values").EnumerateArray().Select(value => value.GetByte()));
    }

    [Fact]
    public void Data_show_draws_the_digits_asked_for()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "data", "show", "--data", _data, "--digit", "7", "--count", "3");
        Assert.True(code == 0, error);
        Assert.Equal(3, output.Split("7 (image ").Length - 1);
        Assert.Contains('█', output);
    }

    [Fact]
    public void Data_show_says_so_where_no_image_is_of_the_class()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "data", "show", "--data", _data, "--digit", "11");
        Assert.Equal(1, code);
        Assert.Equal("", output);
        TrainTests.AssertOneLine(error);
        Assert.Contains("--digit: found 11, but no training image is of that class, of 0 to 9", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_fails_where_the_folder_that_counts_is_wrong()
    {
        using NablaProcess process = NablaProcess.Start(_folder, _folder["nowhere"], "data");
        (int code, string output, string error) = process.Finish();
        Assert.Equal(1, code);
        Assert.Contains("no such folder", output, StringComparison.Ordinal);
        Assert.Contains("NABLA_DATA names no folder with four files like MNIST's", error, StringComparison.Ordinal);
        (code, output, error) = NablaProcess.Run(_folder, "data");
        Assert.True(code == 0, error);
        Assert.Contains("To download MNIST:", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Augmented_images_are_drawn_as_the_seed_says_by_a_recipe_or_as_suits_handwriting()
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, "data", "augment", "--data", "synthetic", "--count", "2", "--epochs", "3");
        Assert.Equal((0, "Wrote augmented.png", ""), (code, output.Trim(), error));
        byte[] first = File.ReadAllBytes(_folder["augmented.png"]);
        NablaProcess.Run(_folder, "data", "augment", "--data", "synthetic", "--count", "2", "--epochs", "3", "--seed", "2");
        Assert.NotEqual(first, File.ReadAllBytes(_folder["augmented.png"]));
        File.WriteAllText(_folder["own.json"], """
            {"name": "own", "layers": [{"type": "dense", "units": 10}], "training": {"augmentation": [{"type": "affine"}, {"type": "elastic"}, {"type": "stroke-thickness"}, {"type": "mixup"}]}}
            """);
        (code, output, error) = NablaProcess.Run(_folder, "data", "augment", "--data", "synthetic", "--count", "2", "--epochs", "3", "--recipe", "own.json", "--out", "own.png");
        Assert.Equal((0, "Wrote own.png", "mixup mixes images of a batch, which the sheet does not show."), (code, output.Trim(), error.Trim()));
        Assert.Equal(first, File.ReadAllBytes(_folder["own.png"]));
        (code, _, error) = NablaProcess.Run(_folder, "data", "augment", "--recipe", "dense");
        Assert.Equal(1, code);
        Assert.Contains("--recipe: 'dense' has no augmentation; leave --recipe out", error, StringComparison.Ordinal);
    }

    /// <summary>The commands that the help lists, and those that theirs list.</summary>
    [Fact]
    public void Help_of_each_command_has_examples()
    {
        List<string> commands = [];
        Queue<string> left = new([""]);
        while (left.TryDequeue(out string? command))
        {
            (int code, string output, string error) = NablaProcess.Run(_folder, [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.True((code, error) == (0, ""), $"{command}: {error}");
            Assert.Matches($"Examples:\\s+nabla {command}", output);
            commands.Add(command);
            Match listed = Regex.Match(output.ReplaceLineEndings("\n"), @"^Commands:\n((?:  .*\n)+)", RegexOptions.Multiline);
            foreach (Match name in Regex.Matches(listed.Groups[1].Value, @"^  (\w+)", RegexOptions.Multiline))
            {
                left.Enqueue($"{command} {name.Groups[1].Value}".Trim());
            }
        }
        Assert.Superset(new HashSet<string> { "", "train", "ensemble", "data", "data augment", "recipes show" }, commands.ToHashSet());
    }

    [Fact]
    public void Version_is_a_version()
    {
        (int code, string output, _) = NablaProcess.Run(_folder, "--version");
        Assert.Equal(0, code);
        Assert.True(Version.TryParse(output.Trim(), out _), output);
    }
}
