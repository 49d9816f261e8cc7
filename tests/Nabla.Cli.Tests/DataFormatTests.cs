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
            (int code, _, string error) = NablaProcess.Run(_folder, "train", "--data", format, "--epochs", "2", "--out", $"{format}-run");
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
            DigitImage.WritePng(_folder[$"images/{names[labels[i]]}/{i}.png"], images[i], 28, 28);
        }
        (int code, _, string error) = NablaProcess.Run(_folder, "train", "--data", "images", "--epochs", "2", "--out", "run");
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
                DigitImage.WritePng(_folder[path], pixels, width: 20, height: 24);
                pictures.Add((path, name));
            }
        }
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "--data", "my digits", "--epochs", "12", "--out", "a run");
        Assert.True(code == 0, error);
        Assert.Contains("The data has 3 classes: the last layer puts out 3 values, not the 10 of the recipe.", output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Contains("evaluate 'a run/model.safetensors' --data 'my digits'", output, StringComparison.Ordinal);
        }
        Assert.Equal(names, Network.Load(_folder["a run/model.safetensors"]).ClassNames);

        (code, output, error) = NablaProcess.Run(_folder, ["predict", "a run", .. pictures.Select(picture => picture.Path)]);
        Assert.True(code == 0, error);
        int right = pictures.Count(picture => output.Contains($"{picture.Path}: {picture.Name}  ", StringComparison.Ordinal));
        Assert.True(right > 0.9 * pictures.Count, $"{right} of {pictures.Count} of the training pictures");
    }

    [Fact]
    public void A_file_of_one_part_is_split_for_training_and_whole_for_evaluating()
    {
        Csv.Write(_folder["digits.csv"], SyntheticDigits.Generate(200, 1));
        (int code, string output, string error) = NablaProcess.Run(_folder, "train", "--data", "digits.csv", "--epochs", "1", "--out", "run");
        Assert.True(code == 0, error);
        Assert.Contains("a tenth of it set aside for testing; 180 images to train and validate on, 20 to test on", output, StringComparison.Ordinal);
        (code, output, error) = NablaProcess.Run(_folder, "evaluate", "run", "--data", "digits.csv");
        Assert.True(code == 0, error);
        Assert.Contains("all of it, also what a model may have been trained on", output, StringComparison.Ordinal);
        Assert.Contains("% of 200 recognised", output, StringComparison.Ordinal);
    }
}
