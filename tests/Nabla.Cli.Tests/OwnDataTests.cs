using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Data as people have it: what is guessed is said, can be overruled, and is the same for training and use.</summary>
public sealed class OwnDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_of_levels_up_to_16_measures_bytes_and_floats_of_the_same_pictures_alike()
    {
        DataSet train = SyntheticDigits.Generate(300, 1), test = SyntheticDigits.Generate(100, 2);
        WritePart("sixteen", "train", train, 16);
        WritePart("sixteen", "t10k", test, 16);
        WritePart("bytes", "t10k", test, 255);
        WritePart("bits", "t10k", test, 1);
        string output = Run(0, "train", "dense", "--data", "sixteen", "--epochs", "5", "--out", "run").Output;
        Assert.Contains("values 0–16, scaled by 16\n", output, StringComparison.Ordinal);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.Equal((16, new ValueRange(0, 1)), (network.Preprocessing.ByteDivisor, network.Preprocessing.Values));
        Assert.True(network.Preprocessing.InkOnPaper);

        double Accuracy(string data)
        {
            (string json, string notes) = Run(0, "evaluate", "run", "--data", data, "--json");
            Assert.Equal(data != "sixteen", notes.Contains("became 0 to 1, which the model takes", StringComparison.Ordinal));
            return JsonDocument.Parse(json).RootElement.GetProperty("accuracy").GetDouble();
        }
        double own = Accuracy("sixteen");
        Assert.InRange(Accuracy("bytes"), own - 0.03, own + 0.03);
        Assert.InRange(Accuracy("bits"), own - 0.3, 1);
        // Somebody knows better.
        output = Run(0, "train", "dense", "--data", "sixteen", "--scale", "32", "--epochs", "1", "--out", "other").Output;
        Assert.Contains("values 0–16, scaled by 32\n", output, StringComparison.Ordinal);
        Assert.Equal(32, Network.Load(_folder["other/model.safetensors"]).Preprocessing.ByteDivisor);
    }

    [Fact]
    public void A_test_part_alone_is_measured_and_not_learnt_from()
    {
        WritePart("all", "train", SyntheticDigits.Generate(200, 1), 255);
        WritePart("test", "t10k", SyntheticDigits.Generate(50, 2), 255);
        string output = Run(0, "train", "dense", "--data", "all", "--epochs", "1", "--out", "run").Output;
        Assert.Contains("a tenth of it set aside for testing; 180 images", output, StringComparison.Ordinal);
        output = Run(0, "evaluate", "run", "--data", "test").Output;
        Assert.Contains("only a test part\n", output, StringComparison.Ordinal);
        Assert.Contains("not the official MNIST; the test images\n", output, StringComparison.Ordinal);
        Assert.Contains("test: has a test part alone, which is not to be learnt from; expected a training part, too", Run(1, "train", "dense", "--data", "test").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_images_that_are_not_all_ink_sees_none_turned_round()
    {
        // One class of two is bright at its rim: a rule for each image would make both the same.
        byte[] dark = [.. Enumerable.Range(0, 64).Select(i => i is 27 or 28 or 35 or 36 ? (byte)250 : (byte)5)], light = [.. dark.Select(value => (byte)(255 - value))];
        foreach (string part in new[] { "train", "test" })
        {
            foreach ((string name, byte[] pixels) in new[] { ("dark", dark), ("light", light) })
            {
                for (int i = 0; i < (part == "train" ? 30 : 4); i++)
                {
                    byte[] own = [.. pixels];
                    own[9 + i] ^= 3;
                    string path = _folder[$"two/{part}/{name}/{i}.png"];
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    PictureFile.WritePng(path, own, 8, 8);
                }
            }
        }
        Run(0, "train", "dense", "--data", "two", "--epochs", "10", "--out", "run");
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.False(network.Preprocessing.InkOnPaper);
        // The light class alone would be taken for ink on paper.
        Directory.CreateDirectory(_folder["alone/test"]);
        Directory.Move(_folder["two/test/light"], _folder["alone/test/light"]);
        string json = Run(0, "evaluate", "run", "--data", "alone", "--json").Output;
        Assert.Equal(1, JsonDocument.Parse(json).RootElement.GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Options_are_remembered_by_the_model_and_refused_where_they_say_nothing()
    {
        WritePart("idx", "train", SyntheticDigits.Generate(100, 1), 255);
        Run(0, "train", "dense", "--data", "idx", "--transpose", "--epochs", "1", "--out", "run");
        Assert.Equal("yes", Network.Load(_folder["run/model.safetensors"]).Training!.DataReading!["--transpose"]);
        string output = Run(0, "evaluate", "run").Output;
        Assert.Contains("the tenth that was set aside for testing when the model was trained on it", output, StringComparison.Ordinal);
        Assert.Contains("--size: found it for idx, which is a folder of IDX files", Run(1, "train", "dense", "--data", "idx", "--size", "8x8").Error, StringComparison.Ordinal);
        Assert.Contains("--size: found '8', expected height and width in pixels", Run(1, "train", "dense", "--data", "idx", "--size", "8").Error, StringComparison.Ordinal);
        Assert.Contains("--scale: is for files and folders of one's own", Run(1, "train", "--data", "synthetic", "--scale", "9").Error, StringComparison.Ordinal);
        Assert.Contains("--fit: found 'x', expected pad, crop or stretch.", Run(1, "data", "idx", "--fit", "x").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_says_what_it_found_and_what_is_doubtful()
    {
        DataSet digits = SyntheticDigits.Generate(60, 1);
        WritePart("idx", "train", digits, 255);
        WritePart("idx", "t10k", digits.Slice(0, 7), 255);
        string output = Run(0, "data", "idx", "--sheet", "sheet.png").Output;
        Assert.Contains("train: 60 samples of 28×28, values 0 to 255\n  test: 7 samples of 28×28", output, StringComparison.Ordinal);
        Assert.Contains("values 0–255, scaled by 255; ", output, StringComparison.Ordinal);
        Assert.Contains("images on a plain dark background, in all classes", output, StringComparison.Ordinal);
        Assert.Contains("10 classes (train, test):\n  0        6", output, StringComparison.Ordinal);
        Assert.Contains("Doubts:\n  fewer than 10 samples of 0 (6), ", output, StringComparison.Ordinal);
        Assert.Contains("  7 of 7 samples of the test part stand in the training part, too: a network can know them by heart\nWrote sheet.png\n", output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["sheet.png"]));
        JsonElement json = JsonDocument.Parse(Run(0, "data", "idx", "--json").Output).RootElement;
        Assert.Equal(60, json.GetProperty("parts")[0].GetProperty("count").GetInt32());
        Assert.Equal("Dark", json.GetProperty("background").GetString());
        Assert.Equal(255, json.GetProperty("scaledBy").GetDouble());
        Assert.Contains("none: there is no such file", Run(1, "data", "none").Error, StringComparison.Ordinal);
        Assert.Contains("--sheet: found it without a file or folder", Run(1, "data", "--sheet", "a.png").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_is_doubtful_and_not_trained()
    {
        for (int i = 0; i < 12; i++)
        {
            Directory.CreateDirectory(_folder["one/3"]);
            PictureFile.WritePng(_folder[$"one/3/{i}.png"], [.. Enumerable.Range(0, 64).Select(k => (byte)(k == i + 20 ? 255 : 0))], 8, 8);
        }
        Assert.Contains("all samples are of one class, 3: a network that always answers that would be right", Run(0, "data", "one").Output, StringComparison.Ordinal);
        Assert.Contains("of one class, 3", Run(1, "train", "dense", "--data", "one").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cases_that_people_have_are_trained_on()
    {
        string cases = Cases.Require();
        foreach (string name in new[] { "letters-1-to-26", "float-idx", "no-test-part", "keys.npz", "cifar-like-batch", "jpeg-folders", "bmp-folders" })
        {
            // A few samples and one epoch: it may well learn nothing, but is not refused.
            (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", Path.Combine(cases, name), "--epochs", "1", "--out", name);
            Assert.True(code == 0 || error.Contains("has learnt nothing", StringComparison.Ordinal), error);
            Assert.Contains("Saved ", output, StringComparison.Ordinal);
        }
        Assert.Contains("all samples are of one class, 3", Run(0, "data", Path.Combine(cases, "one-class")).Output, StringComparison.Ordinal);
    }

    private (string Output, string Error) Run(int expected, params string[] arguments)
    {
        (int code, string output, string error) = NablaProcess.Run(_folder, arguments);
        Assert.True(code == expected, $"{code}: {output}{error}");
        return (output, error);
    }

    /// <summary>Digits as levels of 0 to <paramref name="full"/>.</summary>
    private void WritePart(string folder, string part, DataSet digits, int full)
    {
        Directory.CreateDirectory(_folder[folder]);
        byte[] levels = [.. ((ByteFeatures)digits.Features).Values.ToArray().Select(value => (byte)Math.Round(value * full / 255.0))];
        Idx.WriteImages(_folder[$"{folder}/{part}-images-idx3-ubyte"], new ByteFeatures(levels, [28, 28]));
        Idx.WriteLabels(_folder[$"{folder}/{part}-labels-idx1-ubyte"], (ClassLabels)digits.Targets);
    }
}
