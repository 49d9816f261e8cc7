namespace Nabla.Tests.Data;

/// <summary>MNIST in every format there is of it, where this machine has it.</summary>
public sealed class RealFormatsTests
{
    private static string PathOf(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "NABLA_DATA does not name a folder with the MNIST files.");
        string path = Path.Combine(folder, name);
        Assert.SkipUnless(name.Length == 0 || File.Exists(path), $"NABLA_DATA holds no {name}.");
        return path;
    }

    [Fact]
    public void Every_format_holds_the_same_pixels_and_labels()
    {
        string folder = PathOf("");
        DataParts idx = DataFiles.Load(folder);
        Assert.Equal($"MNIST from {folder}, verified", idx.Source);
        Assert.Equal(60_000, idx.Train.Count);

        DataParts npz = DataFiles.Load(PathOf("mnist.npz"));
        Assert.Equal("npz file mnist.npz", npz.Source);
        AssertSame(idx.Train, npz.Train);
        AssertSame(idx.Test!, npz.Test!);

        // The first 50,000 training images train, the others validate; the pixels are k/256.
        DataParts pickle = DataFiles.Load(PathOf("mnist.pkl.gz"));
        Assert.Equal("pickle file mnist.pkl.gz", pickle.Source);
        AssertSame(idx.Train.Slice(0, 50_000), pickle.Train);
        AssertSame(idx.Train.Slice(50_000, 10_000), pickle.Validation!);
        AssertSame(idx.Test!, pickle.Test!);

        DataParts csv = DataFiles.Load(PathOf("mnist_test.csv.gz"));
        Assert.Equal("CSV file mnist_test.csv.gz", csv.Source);
        AssertSame(idx.Test!, csv.Train);

        using TemporaryFolder both = new();
        Csv.Write(both["mnist_train.csv"], idx.Train);
        File.Copy(PathOf("mnist_test.csv.gz"), both["mnist_test.csv.gz"]);
        DataParts kaggle = DataFiles.Load(both.FullName);
        AssertSame(idx.Train, kaggle.Train);
        AssertSame(idx.Test!, kaggle.Test!);
    }

    [Fact]
    public void The_floats_of_the_pickle_are_its_bytes_divided_by_256()
    {
        PickledSequence parts = Assert.IsType<PickledSequence>(PickleReader.Read(PathOf("mnist.pkl.gz")));
        float[] floats = ((PickledArray)((PickledSequence)parts.Items[2]!).Items[0]!).Value!.Accept<FloatVisitor, float[]>(default);
        Features bytes = DataFiles.Load(PathOf("mnist.pkl.gz")).Test!.Features;
        float[] row = new float[784];
        for (int i = 0; i < bytes.Count; i++)
        {
            bytes.CopyRow(i, 256, row);
            Assert.True(row.AsSpan().SequenceEqual(floats.AsSpan(784 * i, 784)));
        }
    }

    private static void AssertSame(DataSet expected, DataSet found)
    {
        Assert.Equal(expected.Features.SampleShape, found.Features.SampleShape);
        Assert.True(((ByteFeatures)expected.Features).Values.SequenceEqual(Assert.IsType<ByteFeatures>(found.Features).Values));
        Assert.True(((ClassLabels)expected.Targets).Values.SequenceEqual(((ClassLabels)found.Targets).Values));
        Assert.Equal(expected.Targets.Width, found.Targets.Width);
    }
}
