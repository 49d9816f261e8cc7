using Nabla.Tests;

namespace Nabla.Imaging.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sorted_subfolders_are_the_classes()
    {
        Write("b/2.png", 2, 3, 7);
        Write("b/10.png", 2, 3, 6);
        Write("a/1.png", 2, 3, 200);
        Write("10/x.PNG", 2, 3, 255);
        Write(".hidden/x.png", 9, 9, 1);
        File.WriteAllText(_folder["readme.txt"], "beside the classes");
        File.WriteAllText(_folder["a/.DS_Store"], "system");
        File.WriteAllText(_folder["a/Thumbs.db"], "system");
        DataParts parts = AllDataFiles.Load(_folder.FullName);
        Assert.Equal($"PNG images from {_folder.FullName}", parts.Source);
        Assert.Null(parts.Validation);
        Assert.Null(parts.Test);
        Assert.Equal(["10", "a", "b"], ImageFolder.ClassNames(_folder.FullName));
        Assert.Equal([0, 1, 2, 2], ((ClassLabels)parts.Train.Targets).Values);
        Assert.Equal(["10", "a", "b"], ((ClassLabels)parts.Train.Targets).ClassNames);
        Assert.Equal(3, parts.Train.Targets.Width);
        Assert.Equal(10, AllDataFiles.Load(_folder.FullName, new() { ClassCount = 10 }).Train.Targets.Width);
        Assert.Equal([2, 3], parts.Train.Features.SampleShape);
        // All are light: with bytes that wrap around, 6 − 5 · 2 is 252. 10.png comes before 2.png.
        ByteFeatures features = Assert.IsType<ByteFeatures>(parts.Train.Features);
        Assert.Equal([.. Inverted(Pixels(6, 255)), .. Inverted(Pixels(6, 200)), .. Inverted(Pixels(6, 6)), .. Inverted(Pixels(6, 7))], features.Values.ToArray());
    }

    [Theory]
    [InlineData("train", "validation", "test")]
    [InlineData("train", "val", "test")]
    [InlineData("training", "valid", null)]
    [InlineData("training", null, "testing")]
    [InlineData("train", null, null)]
    public void Reads_parts_of_the_same_classes(string train, string? validation, string? test)
    {
        foreach ((string? part, byte first) in new[] { (train, (byte)1), (validation, (byte)2), (test, (byte)3) })
        {
            if (part is not null)
            {
                Write($"{part}/no/1.png", 4, 4, first);
                Write($"{part}/yes/1.png", 4, 4, (byte)(first + 10));
            }
        }
        DataParts parts = AllDataFiles.Load(_folder.FullName);
        Check(parts.Train, 1);
        Check(parts.Validation, validation is null ? 0 : 2);
        Check(parts.Test, test is null ? 0 : 3);
        Assert.Equal(["no", "yes"], ImageFolder.ClassNames(_folder.FullName));

        static void Check(DataSet? part, int first)
        {
            Assert.Equal(first == 0, part is null);
            if (part is not null)
            {
                Assert.Equal([.. Inverted(Pixels(16, (byte)first)), .. Inverted(Pixels(16, (byte)(first + 10)))], ((ByteFeatures)part.Features).Values.ToArray());
                Assert.Equal([0, 1], ((ClassLabels)part.Targets).Values);
            }
        }
    }

    [Fact]
    public void Other_data_and_files_are_read_as_ever()
    {
        File.WriteAllText(_folder["a"], "1,2,3\n");
        Assert.Equal("CSV file a", AllDataFiles.Load(_folder["a"]).Source);
        Write("sub/1.png", 2, 2, 1);
        File.WriteAllText(_folder["mnist_train.csv"], "1,2,3\n");
        Assert.Equal($"CSV files from {_folder.FullName}", AllDataFiles.Load(_folder.FullName).Source);
    }

    [Fact]
    public void Names_what_is_wrong()
    {
        Assert.Equal($"{_folder.FullName}: is a folder without data; expected the four IDX files of MNIST (train-images-idx3-ubyte and so on), "
            + "mnist_train.csv with mnist_test.csv, or x_train.npy with y_train.npy, or a subfolder of PNG images for each class.",
            Assert.Throws<IOException>(() => AllDataFiles.Load(_folder.FullName)).Message);
        Assert.Equal($"{_folder.FullName}: has no subfolders, expected one with PNG images for each class.",
            Assert.Throws<IOException>(() => ImageFolder.Load(_folder.FullName)).Message);
        Assert.Equal($"{_folder["none"]}: there is no such folder; expected one with a subfolder of PNG images for each class.",
            Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Load(_folder["none"])).Message);

        Write("a/1.png", 2, 3, 1);
        Write("b/1.png", 3, 2, 1);
        Refuses($"{_folder["b/1.png"]}: is an image of 3×2 pixels, expected 2×3 as in {_folder["a/1.png"]}; all images must have one size.");
        File.WriteAllBytes(_folder["b/1.png"], [1, 2, 3]);
        Refuses($"{_folder["b/1.png"]}, byte 0: begins with 010203, expected a PNG image (89504e47…); convert it, or move it out of the folder.");
        File.WriteAllBytes(_folder["b/1.png"], []);
        Refuses($"{_folder["b/1.png"]}, byte 0: is empty, expected a PNG image (89504e47…); convert it, or move it out of the folder.");
        File.WriteAllBytes(_folder["b/1.png"], PngBytes.Make(1025, 1, 8, PngBytes.Grey, new byte[1025]));
        Refuses($"{_folder["b/1.png"]}: is an image of 1×1025 pixels, expected 1 to 1024 each; scale it.");
        File.Delete(_folder["b/1.png"]);
        Refuses($"{_folder["b"]}: holds no images, expected PNG files; delete the folder if it is no class.");
        Directory.CreateDirectory(_folder["b/c"]);
        Assert.Equal($"{_folder["b/c"]}: is a folder, expected a file.", Assert.Throws<IOException>(() => AllDataFiles.Load(_folder.FullName)).Message);
        Assert.Equal($"{_folder.FullName}: has 2 subfolders, expected at most 1, one for each class.",
            Assert.Throws<MalformedFileException>(() => AllDataFiles.Load(_folder.FullName, new() { ClassCount = 1 })).Message);
    }

    [Fact]
    public void Parts_must_have_the_same_classes_and_size()
    {
        Write("train/a/1.png", 2, 3, 1);
        Write("train/b/1.png", 2, 3, 1);
        Write("test/a/1.png", 3, 3, 1);
        Refuses($"{_folder["test"]}: has the classes a, expected a, b as the training part has.");
        Write("test/b/1.png", 3, 3, 1);
        Refuses($"{_folder["test/a/1.png"]}: is an image of 3×3 pixels, expected 2×3 as in the training part; all images must have one size.");
    }

    [Fact]
    public void A_damaged_image_is_named()
    {
        Write("a/1.png", 2, 3, 1);
        byte[] contents = File.ReadAllBytes(_folder["a/1.png"]);
        NumPyRandom random = new(7);
        for (int i = 0; i < 1000; i++)
        {
            File.WriteAllBytes(_folder["a/1.png"], Damage.CutOrFlip(contents, random));
            MalformedFileException error = Assert.Throws<MalformedFileException>(() => AllDataFiles.Load(_folder.FullName));
            Assert.StartsWith(_folder["a/1.png"], error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Real_digits_come_back_as_they_were()
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_DATA does not name a folder with the MNIST files.");
        DataSet digits = Mnist.Load(folder, cancellation: TestContext.Current.CancellationToken).Test.Slice(0, 500);
        ReadOnlySpan<int> labels = ((ClassLabels)digits.Targets).Values;
        for (int i = 0; i < digits.Count; i++)
        {
            Directory.CreateDirectory(_folder[$"{labels[i]}"]);
            PictureFile.WritePng(_folder[$"{labels[i]}/{i:d5}.png"], ((ByteFeatures)digits.Features)[i], 28, 28);
        }
        // Class by class, and within a class in the order of the names.
        int[] order = [.. Enumerable.Range(0, digits.Count).OrderBy(i => ((ClassLabels)digits.Targets).Values[i])];
        DataSet expected = digits.Take(order);
        DataSet read = AllDataFiles.Load(_folder.FullName).Train;
        Assert.Equal(expected.Features.SampleShape, read.Features.SampleShape);
        Assert.Equal(((ByteFeatures)expected.Features).Values, ((ByteFeatures)read.Features).Values);
        Assert.Equal(((ClassLabels)expected.Targets).Values, ((ClassLabels)read.Targets).Values);
        Assert.Equal(10, read.Targets.Width);
    }

    private void Refuses(string message) =>
        Assert.Equal(message, Assert.Throws<MalformedFileException>(() => AllDataFiles.Load(_folder.FullName)).Message);

    private void Write(string name, int height, int width, byte first)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PictureFile.WritePng(path, Pixels(height * width, first), width, height);
    }

    private static byte[] Inverted(byte[] pixels) => [.. pixels.Select(pixel => (byte)(255 - pixel))];

    private static byte[] Pixels(int count, byte first) => [.. Enumerable.Range(0, count).Select(i => (byte)(first - (i * 5)))];
}
