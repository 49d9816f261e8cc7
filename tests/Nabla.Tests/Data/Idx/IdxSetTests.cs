using System.Buffers.Binary;

namespace Nabla.Tests.Data;

public sealed class IdxSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0x08)]
    [InlineData(0x09)]
    [InlineData(0x0b)]
    [InlineData(0x0c)]
    [InlineData(0x0d)]
    [InlineData(0x0e)]
    public void Reads_all_types(byte type)
    {
        Write("train-images-idx3-ubyte", type, [2, 2, 2], 0, 1, 2, 3, 4, 5, 6, 100);
        Write("train-labels-idx1-ubyte", type, [2], 3, 1);
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 100], Assert.IsType<ByteFeatures>(parts.Train.Features).Values.ToArray());
        Assert.Equal([2, 2], parts.Train.Features.SampleShape);
        Assert.Equal([3, 1], ((ClassLabels)parts.Train.Targets).Values);
        Assert.Null(parts.Test);
        Assert.False(parts.IsTestOnly);
    }

    [Fact]
    public void Floats_and_numbers_below_zero_stay_what_they_are()
    {
        Write("train-images-idx3-float", 0x0d, [2, 1, 2], 0, 0.5, 1, 0.25);
        Write("train-labels-idx1-int", 0x0c, [2], 3, 1);
        Write("t10k-images-idx3-float", 0x0d, [1, 1, 2], 0, 0.5);
        Write("t10k-labels-idx1-int", 0x0c, [1], 3);
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.Equal([0, 0.5f, 1, 0.25f], Assert.IsType<FloatFeatures>(parts.Train.Features).Values.ToArray());
        Assert.Equal(1, parts.Test!.Count);
        Write("train-images-idx3-float", 0x09, [2, 1, 2], 0, 127, -128, -1);
        Assert.Equal([0, 127, -128, -1], Assert.IsType<FloatFeatures>(DataFiles.Load(_folder.FullName).Train.Features).Values.ToArray());
    }

    [Fact]
    public void Any_number_of_dimensions()
    {
        Write("train-images-idx2-ubyte", 8, [2, 3], 1, 2, 3, 4, 5, 6);
        Write("train-labels-idx1-ubyte", 8, [2], 0, 1);
        Assert.Equal([3], DataFiles.Load(_folder.FullName).Train.Features.SampleShape);
        Write("train-images-idx2-ubyte", 8, [2, 1, 1, 3], 1, 2, 3, 4, 5, 6);
        Assert.Equal([1, 1, 3], DataFiles.Load(_folder.FullName).Train.Features.SampleShape);
        Write("train-images-idx2-ubyte", 8, [2], 1, 2);
        Assert.Contains("has one number for each sample, expected images", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_from_1_are_classes_of_these_names()
    {
        Write("train-images-idx3-ubyte", 8, [26, 1, 1], new double[26]);
        Write("train-labels-idx1-ubyte", 8, [26], [.. Enumerable.Range(1, 26).Select(i => (double)i)]);
        Write("t10k-images-idx3-ubyte", 8, [1, 1, 1], 0);
        Write("t10k-labels-idx1-ubyte", 8, [1], 26);
        DataParts parts = DataFiles.Load(_folder.FullName);
        ClassLabels train = (ClassLabels)parts.Train.Targets, test = (ClassLabels)parts.Test!.Targets;
        Assert.Equal((26, 26), (train.Width, test.Width));
        Assert.Equal("26", test.NameOf(test.Values[0]));
        Assert.Equal((0, "1"), (train.Values[0], train.NameOf(0)));
        Assert.Equal(["labels 1 to 26: 26 classes, named after them"], parts.Notes);
        Assert.Equal("'train-labels-idx1-ubyte' has the label 26 for sample 25, expected a whole number of 0 to 25.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder.FullName, new() { ClassCount = 26 })).Message.Split(": ")[^1]);
        // Digits stay digits where one does not occur, and more count from 0 as long as there is no gap.
        Write("train-labels-idx1-ubyte", 8, [26], [.. Enumerable.Range(0, 26).Select(i => i % 2 + 7.0)]);
        Write("t10k-labels-idx1-ubyte", 8, [1], 2);
        Assert.Equal(10, DataFiles.Load(_folder.FullName).Train.Targets.Width);
        Write("train-labels-idx1-ubyte", 8, [26], [.. Enumerable.Range(0, 26).Select(i => (double)i)]);
        parts = DataFiles.Load(_folder.FullName);
        Assert.Equal(26, parts.Train.Targets.Width);
        Assert.Null(((ClassLabels)parts.Train.Targets).ClassNames);
        Assert.Empty(parts.Notes);
    }

    [Fact]
    public void QMNISTs_labels_have_the_class_first()
    {
        Write("qmnist-train-images-idx3-ubyte", 8, [2, 1, 1], 1, 2);
        Write("qmnist-train-labels-idx2-int", 12, [2, 8], 5, 1, 2, 3, 4, 5, 6, 7, 9, 1, 2, 3, 4, 5, 6, 70_000);
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.Equal([5, 9], ((ClassLabels)parts.Train.Targets).Values);
        Assert.Equal(["qmnist-train-labels-idx2-int: 8 numbers a label, as QMNIST has them: the first is the class"], parts.Notes);
        Assert.Equal(2, DataFiles.Load(_folder["qmnist-train-images-idx3-ubyte"]).Train.Count);
    }

    [Fact]
    public void EMNISTs_names_are_known_and_its_images_turned()
    {
        foreach (string set in new[] { "emnist-letters", "emnist-digits" })
        {
            File.WriteAllBytes(_folder[$"{set}-train-images-idx3-ubyte.gz"], IdxBytes.Compress(Bytes(8, [1, 2, 3], 1, 2, 3, 4, 5, 6)));
            File.WriteAllBytes(_folder[$"{set}-train-labels-idx1-ubyte.gz"], IdxBytes.Compress(Bytes(8, [1], 1)));
            Write($"{set}-test-images-idx3-ubyte", 8, [1, 2, 3], 7, 8, 9, 10, 11, 12);
            Write($"{set}-test-labels-idx1-ubyte", 8, [1], 2);
        }
        Assert.Equal($"{_folder.FullName}: has several sets of IDX files, expected one: emnist-digits, emnist-letters; name one as {_folder["emnist-digits"]}, or give a folder with its files alone.",
            Assert.Throws<IOException>(() => DataFiles.Load(_folder.FullName)).Message);
        DataParts lying = DataFiles.Load(_folder["emnist-letters"]);
        Assert.Equal(["these are EMNIST's files by their names: their images lie on their side; --transpose puts them upright"], lying.Notes);
        Assert.Equal([1, 2, 3, 4, 5, 6], ((ByteFeatures)lying.Train.Features).Values.ToArray());
        DataParts upright = DataFiles.Load(_folder["emnist-letters"], new() { Transpose = true });
        Assert.Empty(upright.Notes);
        Assert.Equal([3, 2], upright.Train.Features.SampleShape);
        Assert.Equal([1, 4, 2, 5, 3, 6], ((ByteFeatures)upright.Train.Features).Values.ToArray());
        Assert.Equal([7, 10, 8, 11, 9, 12], ((ByteFeatures)upright.Test!.Features).Values.ToArray());
    }

    [Fact]
    public void Only_a_test_part_is_told()
    {
        Write("t10k-images-idx3-ubyte", 8, [1, 1, 1], 0);
        Assert.Equal($"{_folder.FullName}: the labels to t10k-images-idx3-ubyte are missing; expected a file named as it, with 'labels' in place of 'images', plain or .gz.",
            Assert.Throws<FileNotFoundException>(() => DataFiles.Load(_folder.FullName)).Message);
        Write("t10k-labels-idx1-ubyte", 8, [1], 2);
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.True(parts.IsTestOnly);
        Assert.Equal(1, parts.Train.Count);
        Assert.Null(parts.Test);
        Assert.Equal(["only a test part"], parts.Notes);
    }

    [Fact]
    public void Several_gzip_members_and_the_end_of_a_line_are_read()
    {
        byte[] images = Bytes(8, [2, 1, 2], 1, 2, 3, 4);
        Write("train-labels-idx1-ubyte", 8, [2], 0, 1);
        foreach (byte[] file in new byte[][]
        {
            [.. images, (byte)'\n'], [.. images, (byte)'\r', (byte)'\n'], [.. IdxBytes.Compress(images[..7]), .. IdxBytes.Compress([]), .. IdxBytes.Compress(images[7..])],
            [.. IdxBytes.Compress(images), (byte)'\n'], [.. IdxBytes.Compress(images[..7]), .. IdxBytes.Compress(images[7..]), (byte)'\r', (byte)'\n'],
        })
        {
            File.WriteAllBytes(_folder["train-images-idx3-ubyte"], file);
            Assert.Equal([1, 2, 3, 4], ((ByteFeatures)DataFiles.Load(_folder.FullName).Train.Features).Values.ToArray());
        }
        foreach (byte[] file in new byte[][]
        {
            [.. images, (byte)'\n', (byte)'\n'], [.. images, (byte)'\r'], [.. images, (byte)' '], [.. IdxBytes.Compress(images), (byte)'\r'], [.. IdxBytes.Compress(images[..7]), .. IdxBytes.Compress(images[7..]), 1],
            [.. IdxBytes.Compress(images[..7]), .. IdxBytes.Compress(images[7..])[..^1]],
        })
        {
            File.WriteAllBytes(_folder["train-images-idx3-ubyte"], file);
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder.FullName));
        }
    }

    [Fact]
    public void Limits_hold_before_memory_is_taken()
    {
        Write("train-labels-idx1-ubyte", 8, [2], 0, 1);
        Refuses(Bytes(8, [2, 0, 2]), "extent 2 of 3 is 0, expected 1 to 2147483647.");
        Refuses(Bytes(8, [2, 40_000, 40_000]), "has the shape (2, 40000, 40000), expected extents of at least 0, at most 1073741824 numbers and ");
        Refuses(Bytes(0x0e, [1000, 1000, 1000]), "has the shape (1000, 1000, 1000), expected extents");
        Refuses(Bytes(8, [60_000, 100, 100]), "ends within the numbers of 60000×100×100, 1 bytes each: found 0 bytes from byte 16 on, expected 600000000");
        Refuses(Bytes(8, [3, 1, 1], 1, 2, 3), "has 2 labels, expected 3, one for each image of");

        void Refuses(byte[] contents, string message)
        {
            File.WriteAllBytes(_folder["train-images-idx3-ubyte"], contents);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Contains(message, Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder.FullName)).Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    [Fact]
    public void Options_for_other_data_are_refused()
    {
        Write("train-images-idx3-ubyte", 8, [2, 1, 1], 0, 1);
        Write("train-labels-idx1-ubyte", 8, [2], 0, 1);
        Assert.Equal($"--size: found it for {_folder.FullName}, which is a folder of IDX files; it says nothing about such data, leave it out.",
            Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder.FullName, new() { Size = (4, 4) })).Message);
        Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["train-images-idx3-ubyte"], new() { LabelsArray = "y" }));
    }

    [Fact]
    public void The_cases_that_people_have_are_read()
    {
        string cases = Cases.Require();
        DataParts letters = DataFiles.Load(Path.Combine(cases, "letters-1-to-26"));
        Assert.Equal((300, 60, 26), (letters.Train.Count, letters.Test!.Count, letters.Train.Targets.Width));
        DataParts floats = DataFiles.Load(Path.Combine(cases, "float-idx"));
        Assert.Equal(1f, ValueScale.Of(Assert.IsType<FloatFeatures>(floats.Train.Features)).Greatest);
        Assert.Equal((100, 30, 10), (floats.Train.Count, floats.Test!.Count, floats.Train.Targets.Width));
        Assert.Null(DataFiles.Load(Path.Combine(cases, "no-test-part")).Test);
    }

    private void Write(string name, byte type, int[] extents, params double[] values) => File.WriteAllBytes(_folder[name], Bytes(type, extents, values));

    private static byte[] Bytes(byte type, int[] extents, params double[] values)
    {
        List<byte> bytes = [0, 0, type, (byte)extents.Length];
        byte[] number = new byte[8];
        foreach (int extent in extents)
        {
            BinaryPrimitives.WriteInt32BigEndian(number, extent);
            bytes.AddRange(number[..4]);
        }
        foreach (double value in values)
        {
            switch (type)
            {
                case 0x0b:
                    BinaryPrimitives.WriteInt16BigEndian(number, (short)value);
                    break;
                case 0x0c:
                    BinaryPrimitives.WriteInt32BigEndian(number, (int)value);
                    break;
                case 0x0d:
                    BinaryPrimitives.WriteSingleBigEndian(number, (float)value);
                    break;
                case 0x0e:
                    BinaryPrimitives.WriteDoubleBigEndian(number, value);
                    break;
                default:
                    number[0] = type == 9 ? (byte)(sbyte)value : (byte)value;
                    break;
            }
            bytes.AddRange(number[..(type switch { 0x0b => 2, 0x0c or 0x0d => 4, 0x0e => 8, _ => 1 })]);
        }
        return [.. bytes];
    }
}
