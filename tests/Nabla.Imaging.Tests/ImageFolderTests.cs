using Nabla.Tests;
using SkiaSharp;

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
        Assert.Equal($"pictures from {_folder.FullName}", parts.Source);
        Assert.Null(parts.Validation);
        Assert.Null(parts.Test);
        Assert.Equal(["10", "a", "b"], ImageFolder.ClassNames(_folder.FullName));
        Assert.Equal([0, 1, 2, 2], ((ClassLabels)parts.Train.Targets).Values);
        Assert.Equal(["10", "a", "b"], ((ClassLabels)parts.Train.Targets).ClassNames);
        Assert.Equal(3, parts.Train.Targets.Width);
        Assert.Equal(10, AllDataFiles.Load(_folder.FullName, new() { ClassCount = 10 }).Train.Targets.Width);
        Assert.Equal([2, 3], parts.Train.Features.SampleShape);
        // 10.png comes before 2.png.
        ByteFeatures features = Assert.IsType<ByteFeatures>(parts.Train.Features);
        Assert.Equal([.. Pixels(6, 255), .. Pixels(6, 200), .. Pixels(6, 6), .. Pixels(6, 7)], features.Values.ToArray());
        Assert.Equal(["pictures of 2×3; grey"], parts.Notes);
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
                Assert.Equal([.. Pixels(16, (byte)first), .. Pixels(16, (byte)(first + 10))], ((ByteFeatures)part.Features).Values.ToArray());
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
            + "mnist_train.csv with mnist_test.csv, or x_train.npy with y_train.npy, or a subfolder of pictures for each class.",
            Assert.Throws<IOException>(() => AllDataFiles.Load(_folder.FullName)).Message);
        Assert.Equal($"{_folder.FullName}: has no subfolders, expected one with pictures for each class.",
            Assert.Throws<IOException>(() => ImageFolder.Load(_folder.FullName)).Message);
        Assert.Equal($"{_folder["none"]}: there is no such folder; expected one with a subfolder of pictures for each class.",
            Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Load(_folder["none"])).Message);

        Write("a/1.png", 2, 3, 1);
        Directory.CreateDirectory(_folder["b"]);
        File.WriteAllBytes(_folder["b/1.png"], [1, 2, 3]);
        Refuses($"{_folder["b/1.png"]}: is no picture of a known kind, expected a JPEG, PNG, WebP, BMP, GIF or PGM picture; save it as one of these; --skip-broken passes over it.");
        File.WriteAllBytes(_folder["b/1.png"], []);
        Refuses($"{_folder["b/1.png"]}: is empty, expected a JPEG, PNG, WebP, BMP, GIF or PGM picture; --skip-broken passes over it.");
        File.WriteAllBytes(_folder["a/1.png"], PngBytes.Make(1025, 1, 8, PngBytes.Grey, new byte[1025]));
        File.Copy(_folder["a/1.png"], _folder["b/1.png"], overwrite: true);
        Refuses($"{_folder.FullName}: has pictures of 1×1025 pixels, expected at most 1024 a side; make them smaller with --size, such as --size 64x64.");
        File.Delete(_folder["b/1.png"]);
        Refuses($"{_folder["b"]}: holds no pictures; delete the folder if it is no class.");
        Directory.CreateDirectory(_folder["b/c"]);
        Assert.Equal($"{_folder["b/c"]}: is a folder, expected a file.", Assert.Throws<IOException>(() => AllDataFiles.Load(_folder.FullName)).Message);
        Assert.Equal($"{_folder.FullName}: has 2 subfolders, expected at most 1, one for each class.",
            Assert.Throws<MalformedFileException>(() => AllDataFiles.Load(_folder.FullName, new() { ClassCount = 1 })).Message);
    }

    [Fact]
    public void Classes_are_those_of_the_training_part()
    {
        Write("train/a/1.png", 2, 3, 1);
        Write("train/b/1.png", 2, 3, 1);
        Write("Test/b/1.png", 2, 3, 1);
        Write("extra/b/1.png", 2, 3, 1);
        Write("train/loose.png", 2, 3, 1);
        DataParts parts = AllDataFiles.Load(_folder.FullName);
        Assert.Equal([1], ((ClassLabels)parts.Test!.Targets).Values);
        Assert.Equal(2, parts.Test.Targets.Width);
        Assert.Equal(["left out: extra beside the train and Test part", $"left out: 1 picture beside the folders of the classes in {_folder["train"]}", "Test: no pictures of a", "pictures of 2×3; grey"], parts.Notes);
        Write("Test/c/1.png", 2, 3, 1);
        Refuses($"{_folder["Test/c"]}: is a class 'c' that the training part does not have, expected one of a, b.");
    }

    [Fact]
    public void A_class_may_be_called_train_and_a_test_part_stand_alone()
    {
        Write("train/1.png", 2, 3, 1);
        Write("test/1.png", 2, 3, 1);
        Assert.Equal(["test", "train"], ((ClassLabels)AllDataFiles.Load(_folder.FullName).Train.Targets).ClassNames);
        using TemporaryFolder other = new();
        Directory.CreateDirectory(other["test/x"]);
        File.Copy(_folder["train/1.png"], other["test/x/1.png"]);
        DataParts parts = AllDataFiles.Load(other.FullName);
        Assert.True(parts.IsTestOnly);
        Assert.Equal(["x"], ((ClassLabels)parts.Train.Targets).ClassNames);
        Assert.Contains("only a test part", parts.Notes);
    }

    [Fact]
    public void Names_are_compared_after_normalisation_and_files_of_systems_passed_over()
    {
        Write("train/caf\u00e9/1.png", 2, 3, 1);
        Write("train/b (1)/1.png", 2, 3, 1);
        Write("test/cafe\u0301/1.png", 2, 3, 1);
        Write("train/__MACOSX/1.png", 2, 3, 1);
        Write("train/@eaDir/1.png", 2, 3, 1);
        File.WriteAllText(_folder["train/b (1)/Desktop.ini"], "system");
        File.WriteAllText(_folder["train/b (1)/._1.png"], "system");
        DataParts parts = AllDataFiles.Load(_folder.FullName);
        Assert.Equal(["b (1)", "caf\u00e9"], ((ClassLabels)parts.Train.Targets).ClassNames);
        Assert.Equal([1], ((ClassLabels)parts.Test!.Targets).Values);
        Write("train/cafe\u0301/1.png", 2, 3, 1);
        Refuses($"{_folder["train"]}: has 2 subfolders named 'caf\u00e9', whose names differ in Unicode normalisation alone; put them together.");
    }

    [Fact]
    public void Pictures_of_all_kinds_and_sizes_come_to_one()
    {
        byte[] level = [.. Enumerable.Repeat((byte)100, 64)];
        Save("a/1.jpg", SKEncodedImageFormat.Jpeg, 8, 8);
        Save("a/2.webp", SKEncodedImageFormat.Webp, 8, 8);
        Save("b/1.png", SKEncodedImageFormat.Png, 8, 8);
        Save("b/2.png", SKEncodedImageFormat.Png, 16, 8);
        File.WriteAllBytes(_folder["b/3.pgm"], [.. "P5 8 8 255\n"u8, .. level]);
        DataParts parts = AllDataFiles.Load(_folder.FullName);
        Assert.Equal([8, 8], parts.Train.Features.SampleShape);
        Assert.Equal(["pictures of 8×8, the commonest size: 1 others are brought to it (--size, --fit); grey"], parts.Notes);
        Assert.All(((ByteFeatures)parts.Train.Features).Values.ToArray(), value => Assert.InRange(value, 97, 103));
        Assert.Equal([4, 6], AllDataFiles.Load(_folder.FullName, new() { Size = (4, 6) }).Train.Features.SampleShape);
        Assert.Equal([8, 8, 3], AllDataFiles.Load(_folder.FullName, new() { Channels = 3 }).Train.Features.SampleShape);
        PictureFile.WritePng(_folder["b/4.png"], level, 8, 8);
        using (SKBitmap red = new(8, 8))
        {
            red.Erase(SKColors.Red);
            using FileStream file = File.Create(_folder["b/4.png"]);
            red.Encode(file, SKEncodedImageFormat.Png, 100);
        }
        parts = AllDataFiles.Load(_folder.FullName);
        Assert.Equal([8, 8, 3], parts.Train.Features.SampleShape);
        Assert.Equal([255, 0, 0], ((ByteFeatures)parts.Train.Features)[^1][..3].ToArray());
        Assert.EndsWith("; in colours, since not all are grey (--channels)", parts.Notes[^1], StringComparison.Ordinal);
        Assert.Equal(76, ((ByteFeatures)AllDataFiles.Load(_folder.FullName, new() { Channels = 1 }).Train.Features)[^1][0]);

        void Save(string name, SKEncodedImageFormat format, int width, int height)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            using SKBitmap bitmap = new(width, height);
            bitmap.Erase(new SKColor(100, 100, 100));
            using FileStream file = File.Create(_folder[name]);
            bitmap.Encode(file, format, 95);
        }
    }

    [Fact]
    public void Broken_pictures_are_passed_over_on_demand()
    {
        Write("a/1.png", 4, 4, 1);
        Write("b/1.png", 4, 4, 9);
        File.WriteAllBytes(_folder["a/0.jpg"], [0xff, 0xd8, 0xff, 0xe0]);
        File.WriteAllText(_folder["b/2.txt"], "no picture");
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => AllDataFiles.Load(_folder.FullName));
        Assert.StartsWith($"{_folder["a/0.jpg"]}: is damaged", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; --skip-broken passes over it.", error.Message, StringComparison.Ordinal);
        DataParts parts = AllDataFiles.Load(_folder.FullName, new() { SkipBroken = true });
        Assert.Equal([0, 1], ((ClassLabels)parts.Train.Targets).Values);
        Assert.StartsWith($"2 broken pictures passed over, the first {_folder["a/0.jpg"]}", parts.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Ink_on_paper_is_turned_round_and_a_class_that_is_bright_at_its_rim_is_not()
    {
        byte[] paper = [.. Enumerable.Range(0, 36).Select(i => i is 14 or 15 or 20 ? (byte)20 : (byte)240)];
        foreach (string name in new[] { "a", "b", "c" })
        {
            Directory.CreateDirectory(_folder[name]);
            PictureFile.WritePng(_folder[$"{name}/1.png"], paper, 6, 6);
        }
        DataParts parts = AllDataFiles.Load(_folder.FullName);
        Assert.Equal(Inverted(paper), ((ByteFeatures)parts.Train.Features)[0].ToArray());
        Assert.Contains("images dark on light: inverted, as MNIST is (--invert no leaves them)", parts.Notes);
        Assert.Equal(paper, ((ByteFeatures)AllDataFiles.Load(_folder.FullName, new() { Invert = false }).Train.Features)[0].ToArray());
        PictureFile.WritePng(_folder["b/1.png"], Inverted(paper), 6, 6);
        PictureFile.WritePng(_folder["c/1.png"], Inverted(paper), 6, 6);
        Assert.Equal([.. paper, .. Inverted(paper), .. Inverted(paper)], ((ByteFeatures)AllDataFiles.Load(_folder.FullName).Train.Features).Values.ToArray());
    }

    [Fact]
    public void Light_ink_on_nothing_is_laid_on_black()
    {
        foreach ((string name, SKColor ink) in new[] { ("white", SKColors.White), ("black", SKColors.Black) })
        {
            using TemporaryFolder folder = new();
            foreach (string label in new[] { "a", "b" })
            {
                Directory.CreateDirectory(folder[label]);
                using SKBitmap bitmap = new(6, 6);
                bitmap.Erase(SKColors.Transparent);
                bitmap.SetPixel(2, 3, ink);
                using FileStream file = File.Create(folder[$"{label}/{name}.png"]);
                bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
            }
            // Either way ink is light on dark in the end.
            ByteFeatures images = (ByteFeatures)AllDataFiles.Load(folder.FullName).Train.Features;
            Assert.Equal((255, 0), (images[0][3 * 6 + 2], images[0][0]));
        }
    }

    [Fact]
    public void The_cases_that_people_have_are_read()
    {
        string cases = Cases.Require();
        DataParts jpeg = AllDataFiles.Load(Path.Combine(cases, "jpeg-folders"), new() { Size = (28, 28) });
        Assert.Equal((40, 10), (jpeg.Train.Count, jpeg.Train.Targets.Width));
        Assert.Equal([28, 28], jpeg.Train.Features.SampleShape);
        Assert.Contains("images dark on light: inverted, as MNIST is (--invert no leaves them)", jpeg.Notes);
        DataParts bmp = AllDataFiles.Load(Path.Combine(cases, "bmp-folders"));
        Assert.Equal(20, bmp.Train.Count);
        Assert.Equal([40, 40], bmp.Train.Features.SampleShape);
        Assert.Equal(1, AllDataFiles.Load(Path.Combine(cases, "one-class")).Train.Targets.Width);
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
