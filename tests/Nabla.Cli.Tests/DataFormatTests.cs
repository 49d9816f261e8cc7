using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>--data with a file: whatever its format, the same network comes out.</summary>
public sealed class DataFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_csv_files_trains_the_same_network_as_the_same_images_as_idx()
    {
        string idx = SmallDigits.Write(_folder["idx"], train: 200, test: 50);
        TrainAndTest digits = IdxFolder.Load(idx);
        Directory.CreateDirectory(_folder["csv"]);
        Csv.Write(_folder["csv/mnist_train.csv.gz"], digits.Train);
        Csv.Write(_folder["csv/mnist_test.csv"], digits.Test);
        foreach (string format in new[] { "idx", "csv" })
        {
            (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", format, "--epochs", "2", "--out", $"{format}-run");
            Assert.True(code == 0, error);
        }
        Network first = Network.Load(_folder["idx-run/model.safetensors"]);
        Network second = Network.Load(_folder["csv-run/model.safetensors"]);
        Assert.Equal(first.Parameters, second.Parameters);
        Assert.Equal(first.Training!.TestAccuracy, second.Training!.TestAccuracy);
    }

    [Fact]
    public void The_names_of_image_folders_are_what_a_model_says()
    {
        DataSet digits = SyntheticDigits.Generate(100, 1);
        ByteFeatures images = (ByteFeatures)digits.Features;
        ReadOnlySpan<int> labels = ((ClassLabels)digits.Targets).Values;
        string[] names = ["a null", "b one", "c two", "d three", "e [four]", "f five", "g six", "h seven", "i eight", "j nine"];
        for (int i = 0; i < digits.Count; i++)
        {
            Directory.CreateDirectory(_folder[$"images/{names[labels[i]]}"]);
            PictureFile.WritePng(_folder[$"images/{names[labels[i]]}/{i}.png"], images[i], 28, 28);
        }
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "images", "--epochs", "2", "--out", "run");
        Assert.True(code == 0, error);
        Network network = Network.Load(_folder["run/model.safetensors"]);
        Assert.Equal(names, network.ClassNames);

        string picture = Path.Combine("images", names[labels[0]], "0.png");
        (_, string output, _) = NablaProcess.Run(_folder, "predict", "run", picture);
        Assert.StartsWith($"{picture}: {names[network.Predict(images[0]).Label]}  ", output, StringComparison.Ordinal);
        (code, output, error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", "images");
        Assert.True(code == 0, error);
        Assert.Contains("4 e [four]", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Dark_digits_of_three_classes_and_another_size_are_learnt_and_read()
    {
        // Three classes whose names are numbers, dark on light, 20×24 pixels: where the digits have ink.
        DataSet digits = SyntheticDigits.Generate(600, 1);
        ByteFeatures images = (ByteFeatures)digits.Features;
        ReadOnlySpan<int> labels = ((ClassLabels)digits.Targets).Values;
        string[] names = ["0", "2", "10"];
        List<(string Path, string Name)> pictures = [];
        for (int i = 0; i < digits.Count; i++)
        {
            if (labels[i] < names.Length)
            {
                byte[] pixels = new byte[24 * 20];
                for (int y = 0; y < 24; y++)
                {
                    for (int x = 0; x < 20; x++)
                    {
                        pixels[y * 20 + x] = (byte)(255 - images[i][(y + 2) * 28 + x + 4]);
                    }
                }
                string name = names[labels[i]], path = Path.Combine("my digits", name, $"{i}.png");
                Directory.CreateDirectory(_folder[Path.Combine("my digits", name)]);
                PictureFile.WritePng(_folder[path], pixels, width: 20, height: 24);
                pictures.Add((path, name));
            }
        }
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "my digits", "--epochs", "12", "--out", "a run");
        Assert.True(code == 0, error);
        Assert.Contains("The data has 3 classes: the last layer puts out 3 values, not the 10 of the recipe.", output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("Next: nabla evaluate 'a run/model.safetensors'", output, StringComparison.Ordinal);
        }
        Assert.Equal(names, Network.Load(_folder["a run/model.safetensors"]).ClassNames);

        (code, output, error) = NablaProcess.Run(_folder, ["predict", "a run", .. pictures.Select(picture => picture.Path)]);
        Assert.True(code == 0, error);
        int right = pictures.Count(picture => output.Contains($"{picture.Path}: {picture.Name}  ", StringComparison.Ordinal));
        Assert.True(right > 0.9 * pictures.Count, $"{right} of {pictures.Count} of the training pictures");
    }

    [Fact]
    public void Of_a_file_of_one_part_a_model_that_was_trained_on_it_is_measured_on_what_it_has_not_seen()
    {
        Csv.Write(_folder["digits.csv"], SyntheticDigits.Generate(200, 1));
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "digits.csv", "--epochs", "1", "--out", "run");
        Assert.True(code == 0, error);
        Assert.Contains("a tenth of it set aside for testing; 180 images to train and validate on, 20 to test on", output, StringComparison.Ordinal);
        double? accuracy = Network.Load(_folder["run/model.safetensors"]).Training!.TestAccuracy;

        // Named, not named, and under another name.
        File.Copy(_folder["digits.csv"], _folder["copy.csv"]);
        foreach (string[] data in new[] { [], ["--data", "digits.csv"], new[] { "--data", "copy.csv" } })
        {
            output = Evaluate(data);
            Assert.Contains("; the tenth that was set aside for testing when the model was trained on it\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.Contains(FormattableString.Invariant($"accuracy {accuracy:0.00%} ("), output, StringComparison.Ordinal);
        }
        Assert.Contains("\"part\": \"the tenth that was set aside", Evaluate("--json"), StringComparison.Ordinal);

        Csv.Write(_folder["others.csv"], SyntheticDigits.Generate(150, 2));
        Assert.Contains("; all of it\n", Evaluate("--data", "others.csv").ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Csv.Write(_folder["digits.csv"], SyntheticDigits.Generate(190, 1));
        output = Evaluate();
        Assert.Contains("; all of it; the data is not what it was when the model was trained on it, which may have seen some", output, StringComparison.Ordinal);
        Assert.Contains(" of 190), loss", output, StringComparison.Ordinal);

        File.Delete(_folder["digits.csv"]);
        (code, output, error) = NablaProcess.Run(_folder, "evaluate", "run");
        Assert.Equal((1, "", "nabla evaluate: digits.csv: the data that the model was trained on is not there; name it, or other data, with --data.\n"), (code, output, error.ReplaceLineEndings("\n")));

        string Evaluate(params string[] more)
        {
            (int code, string output, string error) = NablaProcess.Run(_folder, ["evaluate", "run", .. more]);
            Assert.True(code == 0, error);
            return output;
        }
    }

    [Fact]
    public void Of_fewer_samples_than_can_be_split_it_is_said_that_they_were_trained_on()
    {
        Csv.Write(_folder["few.csv"], SyntheticDigits.Generate(9, 1));
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "few.csv", "--epochs", "1", "--out", "run");
        Assert.True(code == 0, error);
        (code, string output, error) = NablaProcess.Run(_folder, "evaluate", "run");
        Assert.True(code == 0, error);
        Assert.Contains("; all of it, so few samples that the model was trained on them\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_with_a_test_part_that_has_changed_since_is_told()
    {
        SmallDigits.Write(_folder["idx"], train: 200, test: 50);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "1", "--out", "run");
        Assert.True(code == 0, error);
        Assert.EndsWith("; the test images", Part(), StringComparison.Ordinal);
        SmallDigits.Write(_folder["idx"], train: 210, test: 50);
        Assert.EndsWith("; the test images; the data is not what it was when the model was trained on it, which may have seen some", Part(), StringComparison.Ordinal);

        string Part()
        {
            (int code, string output, string error) = NablaProcess.Run(_folder, "evaluate", "run");
            Assert.True(code == 0, error);
            return output.ReplaceLineEndings("\n").Split('\n').Single(line => line.StartsWith("Data: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_validation_part_of_its_own_is_validated_on()
    {
        DataSet digits = SyntheticDigits.Generate(200, 1);
        byte[] pixels = [.. ((ByteFeatures)digits.Features).Values];
        byte[] labels = [.. ((ClassLabels)digits.Targets).Values.ToArray().Select(label => (byte)label)];
        using (FileStream file = File.Create(_folder["digits.npz"]))
        using (ZipArchive zip = new(file, ZipArchiveMode.Create))
        {
            int at = 0;
            foreach ((string part, int count) in new[] { ("train", 100), ("val", 60), ("test", 40) })
            {
                Add($"x_{part}", $"({count}, 28, 28)", pixels[(at * 784)..((at + count) * 784)]);
                Add($"y_{part}", $"({count},)", labels[at..(at + count)]);
                at += count;
            }

            void Add(string name, string shape, byte[] contents)
            {
                string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
                using Stream entry = zip.CreateEntry($"{name}.npy").Open();
                entry.Write([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), .. contents]);
            }
        }
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "digits.npz", "--epochs", "2", "--out", "run");
        Assert.True(code == 0, error);
        Assert.Contains("100 images to train on, 60 to validate on, 40 to test on", output, StringComparison.Ordinal);
        Assert.Equal(100, Network.Load(_folder["run/model.safetensors"]).Training!.Samples);

        // Recipes without validation learn from all.
        (code, output, error) = NablaProcess.Run(_folder, "train", "quadratic-sgd", "--data", "digits.npz", "--epochs", "1", "--out", "other");
        Assert.True(code is 0 or 1, error);
        Assert.Contains("sets nothing aside for validation: the 60 images that the data has for it are trained on, too.", output, StringComparison.Ordinal);
        Assert.Equal(160, Network.Load(_folder["other/model.safetensors"]).Training!.Samples);
    }

    [Fact]
    public void Folders_named_by_words_are_the_digits_of_a_model_without_names()
    {
        string idx = SmallDigits.Write(_folder["idx"], train: 600, test: 100);
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "5", "--out", "run");
        Assert.True(code == 0, error);
        DataSet test = IdxFolder.Load(idx).Test;
        int correct = Network.Load(_folder["run/model.safetensors"]).Evaluate(test).Correct!.Value;
        string[] words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
        WriteFolders("words", words);
        (code, string output, error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", "words");
        Assert.True(code == 0, error);
        Assert.Contains($"({correct} of 100), loss", output, StringComparison.Ordinal);

        WriteFolders("letters", [.. "abcdefghij".Select(letter => $"{letter}")]);
        (code, _, error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", "letters");
        Assert.Equal(1, code);
        Assert.Equal("nabla evaluate: The network knows the classes 0 to 9 without names, but the data set has a, b, c, d, e, f, g, h, i, j; give them the same names, or the numbers of the network's classes.\n", error.ReplaceLineEndings("\n"));

        void WriteFolders(string folder, string[] names)
        {
            for (int i = 0; i < test.Count; i++)
            {
                string name = names[((ClassLabels)test.Targets).Values[i]];
                Directory.CreateDirectory(_folder[$"{folder}/{name}"]);
                PictureFile.WritePng(_folder[$"{folder}/{name}/{i}.png"], ((ByteFeatures)test.Features)[i], 28, 28);
            }
        }
    }

    [Fact]
    public void One_class_is_an_error()
    {
        Directory.CreateDirectory(_folder["images/3"]);
        DataSet digits = SyntheticDigits.Generate(60, 1);
        for (int i = 0; i < digits.Count; i++)
        {
            PictureFile.WritePng(_folder[$"images/3/{i}.png"], ((ByteFeatures)digits.Features)[i], 28, 28);
        }
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "images", "--out", "run");
        Assert.Equal(1, code);
        Assert.Equal("nabla train: All 54 samples to learn from are of one class, 3, expected at least two: a network that always gives the same answer would be right; add samples of other classes.\n", error.ReplaceLineEndings("\n"));
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void A_network_that_has_learnt_nothing_is_no_success()
    {
        SmallDigits.Write(_folder["idx"], train: 400, test: 500);
        for (int seed = 1; seed <= 6; seed++)
        {
            // Its initial weights stay as they are; some recognise more than the commonest class, by luck.
            (int code, string output, string error) = NablaProcess.Run(
                _folder, "train", "dense", "--data", "idx", "--epochs", "1", "--optimizer", "sgd", "--learning-rate", "1e-9", "--seed", $"{seed}", "--out", $"{seed}", "--json");
            Assert.Equal(1, code);
            using JsonDocument summary = JsonDocument.Parse(output);
            Assert.True(summary.RootElement.GetProperty("hasLearntNothing").GetBoolean());
            bool isBelowCommonest = summary.RootElement.GetProperty("testCorrect").GetInt32() <= summary.RootElement.GetProperty("commonestCount").GetInt32();
            Assert.Contains(
                $"nabla train: the network has learnt nothing: {(isBelowCommonest ? "it recognises no more of the test images than one that always answers" : "its loss never fell below 2.3")}",
                error,
                StringComparison.Ordinal);
            Assert.True(File.Exists(_folder[$"{seed}/model.safetensors"]));
        }
    }

    [Fact]
    public void Weights_out_of_all_bounds_are_told_whatever_they_recognise()
    {
        SmallDigits.Write(_folder["idx"], train: 400, test: 500);
        for (int seed = 1; seed <= 3; seed++)
        {
            (int code, string output, string error) = NablaProcess.Run(
                _folder, "train", "dense", "--data", "idx", "--epochs", "2", "--learning-rate", "1e10", "--seed", $"{seed}", "--out", $"{seed}");
            Assert.True(code is 0 or 1);
            Assert.Contains(code == 0 ? "The loss never fell below 2.3" : "the network has learnt nothing", output + error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_network_that_has_learnt_little_is_not_said_to_have_learnt_nothing()
    {
        SmallDigits.Write(_folder["idx"], train: 400, test: 500);
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "1", "--out", "run", "--json");
        Assert.True(code == 0, error);
        using JsonDocument summary = JsonDocument.Parse(output);
        Assert.InRange(summary.RootElement.GetProperty("testAccuracy").GetDouble(), 0.15, 0.9);
    }

    [Fact]
    public void A_test_part_of_one_class_is_told()
    {
        SmallDigits.Write(_folder["idx"], train: 400, test: 40);
        DataSet test = IdxFolder.Load(_folder["idx"]).Test;
        int[] threes = [.. Enumerable.Range(0, test.Count).Where(i => ((ClassLabels)test.Targets).Values[i] == 3)];
        foreach (int i in threes)
        {
            Directory.CreateDirectory(_folder["threes/3"]);
            PictureFile.WritePng(_folder[$"threes/3/{i}.png"], ((ByteFeatures)test.Features)[i], 28, 28);
        }
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "dense", "--data", "idx", "--epochs", "3", "--out", "run");
        Assert.True(code == 0, error);
        (code, string output, error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", "threes");
        Assert.True(code == 0, error);
        Assert.Contains("All of these images are of one class: a network that always gives the same answer would be right.", output, StringComparison.Ordinal);
    }
}
