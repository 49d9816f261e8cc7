using System.IO.Compression;
using static Nabla.Tests.Data.NpyBytes;

namespace Nabla.Tests.Data;

/// <summary>Files that are mapped: the samples and the errors of files that are read, without their memory.</summary>
public sealed class MappedFileTests : IDisposable
{
    private const int Large = 4 << 20;

    private readonly TemporaryFolder _folder = new();

    public MappedFileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "A file that is mapped cannot be deleted there, and the test's folder is.");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MNIST_has_the_same_samples_and_is_verified(bool compressed)
    {
        SmallMnist.WriteTo(_folder.FullName, compressed);
        TrainAndTest expected = Load(map: false), found = Load(map: true), own = IdxFolder.Load(_folder.FullName, mapFiles: true);
        Assert.Equal($"MNIST from {_folder.FullName}, verified", found.Source);
        foreach ((DataSet Expected, DataSet Found) pair in new[] { (expected.Train, found.Train), (expected.Test, found.Test), (expected.Train, own.Train), (expected.Test, own.Test) })
        {
            Assert.True(((ByteFeatures)pair.Expected.Features).Values.SequenceEqual(((ByteFeatures)pair.Found.Features).Values));
            Assert.Equal(pair.Expected.Fingerprint(), pair.Found.Fingerprint());
            Assert.Equal(pair.Expected.Take([3, 0, 29]).Fingerprint(), pair.Found.View([3, 0, 29]).Fingerprint());
        }
    }

    [Fact]
    public void MNIST_with_another_pixel_is_refused()
    {
        SmallMnist.WriteTo(_folder.FullName, compressed: false);
        string path = _folder["train-images-idx3-ubyte"];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(Assert.Throws<MalformedFileException>(() => Load(map: false)).Message, Assert.Throws<MalformedFileException>(() => Load(map: true)).Message);
    }

    [Fact]
    public void An_IDX_file_of_100_MB_takes_no_memory()
    {
        const int Count = 130_000, Size = 28 * 28;
        string images = _folder["train-images-idx3-ubyte"];
        using (FileStream file = new(images, FileMode.CreateNew))
        {
            byte[] header = IdxBytes.Images(Count, 28, 28);
            file.Write(header);
            // All that is not written are zeros that take no room on the disk.
            file.SetLength(header.Length + (long)Count * Size);
            file.Position = file.Length - 1;
            file.WriteByte(200);
        }
        File.WriteAllBytes(_folder["train-labels-idx1-ubyte"], IdxBytes.Labels([.. Enumerable.Range(0, Count).Select(i => (byte)(i % 10))]));

        long before = GC.GetAllocatedBytesForCurrentThread();
        DataSet data = DataFiles.Load(_folder.FullName, new DataFileOptions { MapFiles = true }).Train;
        Network network = Network.Create([28, 28], Layer.Dense(10));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data.View([0, 1, 2, 3, 4, 5, 6, 7, 8, Count - 1]), new TrainingOptions { Epochs = 1, BatchSize = 10, ValidationFraction = 0, Threads = 1 });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 << 20);

        ByteFeatures features = (ByteFeatures)data.Features;
        Assert.Equal((Count, 200, 0), (features.Count, features[Count - 1][^1], features[Count - 2][^1]));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression, true)]
    [InlineData(CompressionLevel.Optimal, false)]
    public void An_npz_file_has_the_same_samples_and_takes_no_memory_where_it_is_stored(CompressionLevel level, bool isMapped)
    {
        File.WriteAllBytes(_folder["a.npz"], Zip(level, Arrays(Large)));
        AssertSame(_folder["a.npz"], isMapped);
    }

    [Fact]
    public void Arrays_in_files_of_their_own_have_the_same_samples_and_take_no_memory()
    {
        foreach ((string name, byte[] contents) in Arrays(Large))
        {
            File.WriteAllBytes(_folder[name], contents);
        }
        AssertSame(_folder.FullName, isMapped: true);
        Features read = DataFiles.LoadFeatures(_folder["x_train.npy"]), mapped = DataFiles.LoadFeatures(_folder["x_train.npy"], new DataFileOptions { MapFiles = true });
        Assert.True(((ByteFeatures)read).Values.SequenceEqual(((ByteFeatures)mapped).Values));
    }

    [Theory]
    [InlineData("<f4", "(2, 1)", "False")]
    [InlineData("|u1", "(2, 4)", "True")]
    [InlineData("|u1", "(2, 2, 2)", "True")]
    public void What_is_not_mapped_is_read(string type, string shape, string isFortran)
    {
        byte[] x = Npy($"{{'descr': '{type}', 'fortran_order': {isFortran}, 'shape': {shape}, }}\n", 0, 0, 128, 63, 5, 6, 7, 8);
        File.WriteAllBytes(_folder["a.npz"], Zip(CompressionLevel.NoCompression, ("x_train.npy", x), ("y_train.npy", Npy("|u1", "(2,)", 1, 0))));
        Assert.Equal(Outcome(_folder["a.npz"], map: false), Outcome(_folder["a.npz"], map: true));
    }

    [Fact]
    public void Damaged_files_are_refused_with_the_same_words()
    {
        byte[] labels = IdxBytes.Labels(1, 0, 2), images = IdxBytes.Images(3, 2, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        File.WriteAllBytes(_folder["train-labels-idx1-ubyte"], labels);
        AssertSameOfDamaged(images, _folder["train-images-idx3-ubyte"], _folder.FullName, step: 1);
        AssertSameOfDamaged(Zip(CompressionLevel.NoCompression, Arrays(8)), _folder["a.npz"], _folder["a.npz"], step: 5);
    }

    [Fact]
    public void A_part_of_an_array_is_samples_as_well()
    {
        ByteFeatures features = new(new byte[] { 9, 1, 2, 3, 4, 9 }.AsMemory(1, 4), [2]);
        Assert.Equal([1, 2, 3, 4], features.Values.ToArray());
        Assert.Equal([3, 4], features[1].ToArray());
    }

    /// <summary>Too long; and at each byte, or each so many, cut short or changed.</summary>
    private static void AssertSameOfDamaged(byte[] contents, string file, string data, int step)
    {
        List<byte[]> variants = [[.. contents, 1], [.. contents, (byte)'\n']];
        for (int i = 0; i < contents.Length; i += step)
        {
            byte[] changed = [.. contents];
            changed[i] ^= 0x11;
            variants.Add(changed);
            variants.Add(contents[..i]);
        }
        HashSet<string> outcomes = [];
        foreach (byte[] variant in variants)
        {
            // A new file each time: what is mapped must not change.
            File.Delete(file);
            File.WriteAllBytes(file, variant);
            string expected = Outcome(data, map: false);
            Assert.Equal(expected, Outcome(data, map: true));
            outcomes.Add(expected);
        }
        Assert.InRange(outcomes.Count, 10, variants.Count);
    }

    private static string Outcome(string path, bool map)
    {
        try
        {
            return DataFiles.Load(path, new DataFileOptions { MapFiles = map }).Train.Fingerprint();
        }
        catch (Exception exception) when (exception is MalformedFileException or IOException)
        {
            return exception.Message;
        }
    }

    private static void AssertSame(string path, bool isMapped)
    {
        DataSet expected = DataFiles.Load(path).Train;
        long before = GC.GetAllocatedBytesForCurrentThread();
        DataSet found = DataFiles.Load(path, new DataFileOptions { MapFiles = true }).Train;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(isMapped, allocated < Large / 2);
        Assert.True(((ByteFeatures)expected.Features).Values.SequenceEqual(((ByteFeatures)found.Features).Values));
        Assert.Equal(((ClassLabels)expected.Targets).Values, ((ClassLabels)found.Targets).Values);
    }

    /// <summary>Two samples with labels.</summary>
    private static (string Name, byte[] Contents)[] Arrays(int bytes) =>
        [("y_train.npy", Npy("|u1", "(2,)", 1, 0)), ("x_train.npy", Npy("|u1", $"(2, {bytes / 2})", IdxBytes.Pixels(bytes)))];

    private TrainAndTest Load(bool map) => new MnistStore(SmallMnist.Files, _ => null) { MapFiles = map }.Load(_folder.FullName, null, null, TestContext.Current.CancellationToken);
}
