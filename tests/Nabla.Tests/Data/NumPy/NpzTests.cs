using System.Buffers.Binary;
using System.IO.Compression;
using static Nabla.Tests.Data.NpyBytes;

namespace Nabla.Tests.Data;

public sealed class NpzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    [InlineData("other_types.npz")]
    public void Reads_the_layout_of_Keras_whatever_the_types(string name)
    {
        DataParts expected = DataFiles.Load(NumPyFiles.PathOf("stored.npz"));
        DataParts parts = DataFiles.Load(NumPyFiles.PathOf(name));
        Assert.Equal($"npz file {name}", parts.Source);
        Assert.Null(parts.Validation);
        Assert.Equal([4, 4], parts.Train.Features.SampleShape);
        Assert.Equal(((ByteFeatures)expected.Train.Features).Values, Assert.IsType<ByteFeatures>(parts.Train.Features).Values);
        Assert.Equal(((ByteFeatures)expected.Test!.Features).Values, Assert.IsType<ByteFeatures>(parts.Test!.Features).Values);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], ((ClassLabels)parts.Train.Targets).Values);
        Assert.Equal([0, 1, 2, 0, 1], ((ClassLabels)parts.Test!.Targets).Values);
        Assert.Equal(10, parts.Test.Targets.Width);
    }

    [Fact]
    public void Reads_a_training_part_alone_and_a_folder_of_arrays()
    {
        (string Name, byte[] Contents)[] arrays =
            [("x_train.npy", Npy("|u1", "(2, 3)", 1, 2, 3, 4, 5, 6)), ("y_train.npy", Npy("|u1", "(2,)", 11, 0)), ("more.npy", [1])];
        File.WriteAllBytes(_folder["a"], Zip(CompressionLevel.Optimal, arrays));
        DataParts parts = DataFiles.Load(_folder["a"]);
        Assert.Null(parts.Test);
        Assert.Equal([3], parts.Train.Features.SampleShape);
        Assert.Equal(2, parts.Train.Targets.Width);
        Assert.Equal(["0", "11"], ((ClassLabels)parts.Train.Targets).ClassNames);
        Assert.Equal(["labels 0 to 11, with gaps: 2 classes, named after them", "left out: more"], parts.Notes);

        using TemporaryFolder folder = new();
        foreach ((string name, byte[] contents) in arrays)
        {
            File.WriteAllBytes(folder[name], contents);
        }
        DataParts same = DataFiles.Load(folder.FullName);
        Assert.Equal($"npy files from {folder.FullName}", same.Source);
        Assert.Equal([1, 2, 3, 4, 5, 6], ((ByteFeatures)same.Train.Features).Values.ToArray());
    }

    [Theory]
    // Whole floats above 1 and 256ths up to 255/256 are bytes; everything else stays as it is.
    [InlineData("<f4", new double[] { 0, 255, 7, 1 }, new double[] { 0, 1 }, 1)]
    [InlineData("<f4", new double[] { 0, 1 / 256.0, 128 / 256.0, 255 / 256.0 }, new double[] { 0, 0.5 }, 256)]
    [InlineData("<f8", new double[] { 0, 1 / 256.0, 128 / 256.0, 255 / 256.0 }, new double[] { 0, 0.5 }, 256)]
    [InlineData("<f4", new double[] { 0, 1, 1, 0 }, new double[] { 0, 1 }, 0)]
    [InlineData("<f4", new double[] { 0, 0.5, 0.25, 0 }, new double[] { 0, 0.5 }, 0)]
    [InlineData("<f4", new double[] { 0, 1 / 256.0, 128 / 256.0, 255 / 256.0 }, new double[] { 0, 0.1 }, 0)]
    [InlineData("<f4", new double[] { 0, 255, 7, 1 }, new double[] { 0, 0.5 }, 0)]
    [InlineData("<f4", new double[] { 0, 255, 7, 256 }, new double[] { 0, 1 }, 0)]
    [InlineData("<f4", new double[] { 0, 255, 7, -1 }, new double[] { 0, 1 }, 0)]
    public void Bytes_are_recognised_in_all_parts_or_in_none(string type, double[] train, double[] test, int factor)
    {
        File.WriteAllBytes(_folder["a"], Zip(CompressionLevel.Optimal,
            ("x_train.npy", Npy(type, "(2, 2)", Bytes(train))), ("y_train.npy", Npy("|u1", "(2,)", 1, 0)),
            ("x_test.npy", Npy(type, "(1, 2)", Bytes(test))), ("y_test.npy", Npy("|u1", "(1,)", 1))));
        DataParts parts = DataFiles.Load(_folder["a"]);
        if (factor == 0)
        {
            Assert.Equal(train.Select(v => (float)v), Assert.IsType<FloatFeatures>(parts.Train.Features).Values.ToArray());
            Assert.Equal(test.Select(v => (float)v), Assert.IsType<FloatFeatures>(parts.Test!.Features).Values.ToArray());
        }
        else
        {
            Assert.Equal(train.Select(v => (byte)(factor * v)), Assert.IsType<ByteFeatures>(parts.Train.Features).Values.ToArray());
            Assert.Equal(test.Select(v => (byte)(factor * v)), Assert.IsType<ByteFeatures>(parts.Test!.Features).Values.ToArray());
        }

        byte[] Bytes(double[] values) =>
            [.. values.SelectMany(v => type == "<f4" ? BitConverter.GetBytes((float)v) : BitConverter.GetBytes(v))];
    }

    [Fact]
    public void One_hot_labels_say_how_many_classes_there_are()
    {
        (string, byte[]) images = ("x_train.npy", Npy("|u1", "(2, 2)", 1, 2, 3, 4));
        Write(images, ("y_train.npy", Npy("<f4", "(2, 3)", [0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f])));
        ClassLabels labels = (ClassLabels)DataFiles.Load(_folder["a"]).Train.Targets;
        Assert.Equal([0, 2], labels.Values);
        Assert.Equal(3, labels.Width);
        Assert.Equal(10, DataFiles.Load(_folder["a"], new() { ClassCount = 10 }).Train.Targets.Width);
        Assert.Contains("at most 2 classes", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"], new() { ClassCount = 2 })).Message, StringComparison.Ordinal);

        // Booleans too, and the other part may have plain labels.
        Write(images, ("y_train.npy", Npy("|b1", "(2, 3)", 0, 1, 0, 1, 0, 0)), ("x_test.npy", Npy("|u1", "(1, 2)", 1, 2)), ("y_test.npy", Npy("|u1", "(1,)", 4)));
        DataParts parts = DataFiles.Load(_folder["a"]);
        Assert.Equal([1, 0], ((ClassLabels)parts.Train.Targets).Values);
        Assert.Equal((5, 5), (parts.Train.Targets.Width, parts.Test!.Targets.Width));
    }

    [Fact]
    public void Booleans_are_floats_of_0_and_1()
    {
        Write(("x_train.npy", Npy("|b1", "(2, 2)", 1, 0, 0, 1)), ("y_train.npy", Npy("|b1", "(2,)", 1, 0)));
        DataParts parts = DataFiles.Load(_folder["a"]);
        Assert.Equal([1, 0, 0, 1], Assert.IsType<FloatFeatures>(parts.Train.Features).Values);
        Write(("x_train.npy", Npy("|b1", "(2, 2)", 1, 0, 0, 2)), ("y_train.npy", Npy("|b1", "(2,)", 1, 0)));
        Refuses("'x_train' has booleans of 2, expected 0 and 1; the file is damaged.");
    }

    public static TheoryData<string, byte[], string> BadArrays() => new()
    {
        { "x_train", Npy("|u1", "(4,)", 1, 2, 3, 4), "'x_train' is |u1 of shape (4), expected at least one sample and two extents, such as (60000, 784) or (60000, 28, 28)." },
        { "x_train", Npy("|u1", "(0, 4)"), "'x_train' is |u1 of shape (0, 4), expected at least one sample and two extents, such as (60000, 784) or (60000, 28, 28)." },
        { "x_train", Npy("<f4", "(2, 1)", [0, 0, 0, 0, 0, 0, 0xc0, 0x7f]), "'x_train' has no finite 32-bit float as value 0 of sample 1, expected finite numbers only." },
        { "x_train", Npy("<f8", "(2, 1)", [.. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(1e39)]), "'x_train' has no finite 32-bit float as value 0 of sample 1, expected finite numbers only." },
        { "y_train", Npy("|u1", "(3,)", 1, 2, 3), "'y_train' is |u1 of shape (3), expected (2), one label for each sample of 'x_train', or one-hot (2, classes)." },
        { "y_train", Npy("|u1", "(3, 2)", 1, 0, 0, 1, 1, 0), "'y_train' is |u1 of shape (3, 2), expected (2), one label for each sample of 'x_train', or one-hot (2, classes)." },
        { "y_train", Npy("|u1", "(2, 2, 1)", 1, 0, 0, 1), "'y_train' is |u1 of shape (2, 2, 1), expected (2), one label for each sample of 'x_train', or one-hot (2, classes)." },
        { "y_train", Npy("|u1", "(2, 2)", 0, 1, 0, 0), "'y_train' has no one-hot label for sample 1, expected one 1 and otherwise 0 there." },
        { "y_train", Npy("|u1", "(2, 2)", 1, 1, 0, 1), "'y_train' has no one-hot label for sample 0, expected one 1 and otherwise 0 there." },
        { "y_train", Npy("|i1", "(2, 2)", 0, 1, 255, 1), "'y_train' has no one-hot label for sample 1, expected one 1 and otherwise 0 there." },
        { "y_train", Npy("|u1", "(2, 1001)", new byte[2002]), "'y_train' has 1001 numbers for each sample, expected one-hot labels of at most 1000 classes." },
        { "y_train", Npy("<i8", "(2,)", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "'y_train' has the label 72057594037927936 for sample 1, expected a whole number, at most 999999999." },
        { "y_train", Npy("<f4", "(2,)", [0, 0, 0, 0, 0, 0, 0, 0x3f]), "'y_train' has the label 0.5 for sample 1, expected a whole number, at most 999999999." },
    };

    [Theory]
    [MemberData(nameof(BadArrays))]
    public void Names_the_array_and_what_is_wrong_with_it(string name, byte[] contents, string message)
    {
        byte[] images = name == "x_train" ? contents : Npy("|u1", "(2, 2)", 1, 2, 3, 4);
        byte[] labels = name == "y_train" ? contents : Npy("|u1", "(2,)", 1, 2);
        Write(("x_train.npy", images), ("y_train.npy", labels));
        Refuses(message);
    }

    [Fact]
    public void Parts_must_fit_together_and_be_there()
    {
        byte[] images = Npy("|u1", "(2, 2)", 1, 2, 3, 4);
        byte[] labels = Npy("|u1", "(2,)", 1, 2);
        Write(("x_train.npy", images), ("y_train.npy", labels), ("x_test.npy", Npy("|u1", "(2, 1)", 1, 2)), ("y_test.npy", labels));
        Refuses("'x_test' has samples of 1, expected 2 as in 'x_train'.");
        Write(("x_train.npy", images), ("y_train.npy", labels), ("x_test.npy", images));
        Refuses("found samples 'x_test' without their labels among its arrays x_train |u1 (2, 2), y_train |u1 (2), x_test |u1 (2, 2); name them with --features NAME and --labels NAME, or call them x_train, y_train, x_test, y_test and perhaps x_val, y_val.");
        Write(("data.pkl", [1, 2, 3]));
        Refuses("found no samples with as many labels among its arrays data.pkl (no numbers); name them with --features NAME and --labels NAME, or call them x_train, y_train, x_test, y_test and perhaps x_val, y_val.");
        Write();
        Refuses("found no samples with as many labels among no arrays; name them with --features NAME and --labels NAME, or call them x_train, y_train, x_test, y_test and perhaps x_val, y_val.");
        Write(("x_train.npy", images), ("y_train.npy", labels), ("y_train", labels));
        Refuses("found 'y_train' twice, expected each array once.");
        Write(("x_train.npy", File.ReadAllBytes(NumPyFiles.PathOf("object.npy"))), ("y_train.npy", labels));
        Assert.StartsWith($"{_folder["a"]}, x_train.npy, byte 20: found an array of Python objects ('|O'), which is refused",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_bomb_is_refused_before_it_is_unpacked()
    {
        byte[] zeros = new byte[200 << 20];
        byte[] header = Npy("|u1", "(4, 50)");
        header.CopyTo(zeros, 0);
        (string, byte[]) labels = ("y_train.npy", Npy("|u1", "(4,)", 1, 2, 3, 4));
        byte[] bomb = Zip(CompressionLevel.Optimal, ("x_train.npy", zeros), labels);
        zeros = [];
        Assert.InRange(bomb.Length, 0, 1 << 20);

        // Truthful about its length, which the array's shape does not need.
        RefusesCheaply(bomb, $"{_folder["a"]}, x_train.npy, byte {header.Length}: claims {200 << 20} bytes in the zip file, "
            + $"expected {header.Length + 200} as its shape (4, 50) of |u1 needs; it was not unpacked.");
        // Says that it is as short as its shape.
        RefusesCheaply(ClaimLength(bomb, (uint)header.Length + 200), null);
        // Claims more than deflate can make, or an array hold.
        byte[] small = Zip(CompressionLevel.Optimal, ("x_train.npy", header), labels);
        RefusesCheaply(ClaimLength(small, 2_000_000_000), null);
        RefusesCheaply(ClaimLength(bomb, 4_000_000_000),
            $"{_folder["a"]}: x_train.npy claims to unpack {CompressedLength(bomb)} bytes to 4000000000, expected at most 268435456; it was not unpacked (np.savez writes it uncompressed).");
    }

    [Fact]
    public void Contents_shorter_than_promised_take_little_memory()
    {
        // Claims 1.5 GB, header and directory alike; deflate could make them, but the data ends after 2 MB.
        byte[] header = Npy("|u1", "(1500, 1000000)");
        byte[] contents = [.. header, .. Noise(2 << 20)];
        byte[] zip = ClaimLength(Zip(CompressionLevel.Optimal, ("x_train.npy", contents), ("y_train.npy", Npy("|u1", "(1500,)", new byte[1500]))), (uint)header.Length + 1_500_000_000);
        RefusesCheaply(zip, null);
    }

    [Fact]
    public void Too_many_entries_are_refused_before_the_directory_is_read()
    {
        byte[] zip = Zip(CompressionLevel.NoCompression, [.. Enumerable.Range(0, 1001).Select(i => ($"{i}", Array.Empty<byte>()))]);
        RefusesCheaply(zip, null);
        Assert.Contains("claims 1001 entries", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_entries_counts_also_where_it_stands_in_64_bits()
    {
        byte[] zip = Zip(CompressionLevel.NoCompression, [.. Enumerable.Range(0, 1001).Select(i => ($"{i}", Array.Empty<byte>()))]);
        int end = zip.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        uint directoryLength = BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 12)), directory = BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 16));
        byte[] record = new byte[56], locator = new byte[20];
        "PK\u0006\u0006"u8.CopyTo(record);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(4), 44);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(24), 1001);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(32), 1001);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(40), directoryLength);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(48), directory);
        "PK\u0006\u0007"u8.CopyTo(locator);
        BinaryPrimitives.WriteUInt64LittleEndian(locator.AsSpan(8), (ulong)end);
        locator[16] = 1;
        // The end record itself claims five, but leads to the record in 64 bits by an offset that does not fit.
        byte[] disguised = [.. zip[..end], .. record, .. locator, .. zip[end..]];
        int newEnd = end + record.Length + locator.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(disguised.AsSpan(newEnd + 8), 5);
        BinaryPrimitives.WriteUInt16LittleEndian(disguised.AsSpan(newEnd + 10), 5);
        BinaryPrimitives.WriteUInt32LittleEndian(disguised.AsSpan(newEnd + 16), uint.MaxValue);
        RefusesCheaply(disguised, null);
        Assert.Contains("claims 1001 entries", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
        disguised[end] = (byte)'X';
        RefusesCheaply(disguised, $"{_folder["a"]}, byte {newEnd}: has no zip64 record where its end record leads to one; the file is damaged.");
    }

    [Fact]
    public void Compressed_zeros_of_a_gigabyte_are_refused_as_gzip_too()
    {
        byte[] header = Npy("|u1", "(1000, 1000000)");
        using (FileStream file = File.Create(_folder["a"]))
        using (GZipStream gzip = new(file, CompressionLevel.Fastest))
        {
            gzip.Write(header);
            for (int i = 0; i < 1000; i++)
            {
                gzip.Write(new byte[1_000_000]);
            }
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => DataFiles.LoadFeatures(_folder["a"]));
        Assert.Contains("would unpack ", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_damaged_zip_file_is_told_as_such()
    {
        byte[] zip = Zip(CompressionLevel.Optimal, ("x_train.npy", Npy("|u1", "(2, 2)", 101, 102, 103, 104)));
        File.WriteAllBytes(_folder["a"], zip[..^1]);
        Assert.Equal($"{_folder["a"]}, byte {zip.Length - 1}: found no end record, which every zip file has; the file is cut short.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
        int directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        foreach ((int place, byte value) in new[] { (directory, (byte)0), (directory + 10, (byte)12), (35, (byte)0xff), (26, (byte)200) })
        {
            byte[] damaged = [.. zip];
            damaged[place] = value;
            File.WriteAllBytes(_folder["a"], damaged);
            MalformedFileException error = Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"]));
            Assert.StartsWith(_folder["a"], error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_flipped_bit_in_the_numbers_is_seen_by_the_check_sum()
    {
        byte[] zip = Zip(CompressionLevel.NoCompression, ("x_train.npy", Npy("|u1", "(2, 2)", 101, 102, 103, 104)), ("y_train.npy", Npy("|u1", "(2,)", 1, 2)));
        zip[zip.AsSpan().IndexOf((ReadOnlySpan<byte>)[101, 102, 103, 104])] ^= 8;
        File.WriteAllBytes(_folder["a"], zip);
        Assert.Contains("check sum", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("deflated.npz")]
    public void Thousands_of_cuts_and_flips_give_the_data_or_the_documented_exception(string name)
    {
        byte[] whole = File.ReadAllBytes(NumPyFiles.PathOf(name));
        byte[] pixels = ((ByteFeatures)DataFiles.Load(NumPyFiles.PathOf(name)).Train.Features).Values.ToArray();
        NumPyRandom random = new(5);
        int refused = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2_500; i++)
        {
            File.WriteAllBytes(_folder["a"], Damage.CutOrFlip(whole, random));
            try
            {
                // The check sum sees every change of an array, so only what is beside them can differ.
                Assert.Equal(pixels, ((ByteFeatures)DataFiles.Load(_folder["a"]).Train.Features).Values);
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1_250, 2_499);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_500L * (4 << 20));
    }

    private void Write(params (string Name, byte[] Contents)[] entries) => File.WriteAllBytes(_folder["a"], Zip(CompressionLevel.Optimal, entries));

    private void Refuses(string message) =>
        Assert.Equal($"{_folder["a"]}: {message}", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);

    private void RefusesCheaply(byte[] zip, string? message)
    {
        File.WriteAllBytes(_folder["a"], zip);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        if (message is not null)
        {
            Assert.Equal(message, error.Message);
        }
    }

    private static long CompressedLength(byte[] zip)
    {
        using ZipArchive archive = new(new MemoryStream(zip));
        return archive.Entries[0].CompressedLength;
    }

    private static byte[] Noise(int count) => IdxBytes.Pixels(count);
}
