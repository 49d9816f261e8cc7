using System.Text;

namespace Nabla.Tests.Data;

public sealed class DataFilesTests : IDisposable
{
    private const string Known =
        "expected an IDX file (00000801 or 00000803), a table of text (CSV: cells with commas, semicolons, tabs, vertical bars or blanks between), "
        + "a NumPy array (934e554d5059), an npz file (504b0304) or a pickle (80, or text beginning with '(' or 'c'), each plain or gzip.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_a_folder_of_IDX_files(bool compressed)
    {
        SmallMnist.WriteTo(_folder.FullName, compressed);
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.Equal(200, parts.Train.Count);
        Assert.Null(parts.Validation);
        Assert.Equal(30, parts.Test!.Count);
        Assert.Equal($"IDX files from {_folder.FullName}, not the official MNIST", parts.Source);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte")]
    [InlineData("train-labels-idx1-ubyte.gz")]
    [InlineData("t10k-images-idx3-ubyte.gz")]
    public void Reads_a_pair_of_IDX_files_given_either(string name)
    {
        SmallMnist.WriteTo(_folder.FullName, name.EndsWith("gz", StringComparison.Ordinal));
        DataParts parts = DataFiles.Load(_folder[name]);
        Assert.Equal(name[0] == 't' && name[1] == '1' ? 30 : 200, parts.Train.Count);
        Assert.Null(parts.Test);
        Assert.Equal($"IDX files {name.Replace("labels-idx1", "images-idx3", StringComparison.Ordinal)} and its labels", parts.Source);
    }

    [Fact]
    public void Finds_the_other_IDX_file_compressed_or_not_and_tells_which_is_missing()
    {
        Idx.WriteImages(_folder["a-images-idx3-ubyte.gz"], new ByteFeatures([1, 2], [1, 1]));
        Assert.Equal($"{_folder["a-images-idx3-ubyte.gz"]}: is an IDX images file without its labels; expected a-labels-idx1-ubyte.gz beside it, or give the folder of all files.",
            Assert.Throws<IOException>(() => DataFiles.Load(_folder["a-images-idx3-ubyte.gz"])).Message);
        Idx.WriteLabels(_folder["a-labels-idx1-ubyte"], new ClassLabels([1, 2], 10));
        Assert.Equal(2, DataFiles.Load(_folder["a-images-idx3-ubyte.gz"]).Train.Count);
        Assert.Equal(2, DataFiles.Load(_folder["a-labels-idx1-ubyte"]).Train.Count);
        Idx.WriteLabels(_folder["b"], new ClassLabels([1, 2], 10));
        Assert.Equal($"{_folder["b"]}: is an IDX labels file without its images; expected labels-idx1 in its name and images-idx3 in that of the other, or give the folder of all files.",
            Assert.Throws<IOException>(() => DataFiles.Load(_folder["b"])).Message);
    }

    [Theory]
    [InlineData(".csv", ".csv.gz")]
    [InlineData(".csv.gz", ".csv")]
    public void Reads_a_folder_of_CSV_files(string trainEnding, string testEnding)
    {
        Write("mnist_train" + trainEnding, "label,1x1,1x2\n1,2,3\n11,5,6\n");
        Assert.Null(DataFiles.Load(_folder.FullName).Test);
        Write("mnist_test" + testEnding, "label,1x1,1x2\n0,7,8\n");
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.Equal($"CSV files from {_folder.FullName}", parts.Source);
        Assert.Equal([2, 3, 5, 6], Assert.IsType<ByteFeatures>(parts.Train.Features).Values.ToArray());
        Assert.Equal([7, 8], Assert.IsType<ByteFeatures>(parts.Test!.Features).Values.ToArray());
        Assert.Equal(12, parts.Train.Targets.Width);
        Assert.Equal(12, parts.Test.Targets.Width);
    }

    [Theory]
    [InlineData("1,2,3\n", "0,7.5,8\n")]
    [InlineData("0,7.5,8\n", "1,2,3\n")]
    public void Both_CSV_files_are_floats_where_one_is(string train, string test)
    {
        Write("mnist_train.csv", $"label,1x1,1x2\n{train}");
        Write("mnist_test.csv", $"label,1x1,1x2\n{test}");
        DataParts parts = DataFiles.Load(_folder.FullName);
        Assert.Equal(train[0] == '1' ? [2, 3] : [7.5f, 8], Assert.IsType<FloatFeatures>(parts.Train.Features).Values.ToArray());
        Assert.Equal(train[0] == '1' ? [7.5f, 8] : [2, 3], Assert.IsType<FloatFeatures>(parts.Test!.Features).Values.ToArray());
    }

    [Fact]
    public void CSV_files_of_a_folder_must_fit_together()
    {
        Write("mnist_test.csv", "1,2,3\n");
        Assert.Equal($"{_folder.FullName}: mnist_train.csv is missing, plain or .gz, beside mnist_test.csv; to read that file alone, give its path.",
            Assert.Throws<FileNotFoundException>(() => DataFiles.Load(_folder.FullName)).Message);
        Write("mnist_train.csv", "1,2,3,4,5\n");
        Assert.Equal($"{_folder["mnist_test.csv"]}: line 1, column 4: found 3 columns without names, expected 5 as in the table that the model learnt from, or its 4 features.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder.FullName)).Message);
        Write("mnist_train.csv", "label,1x1,1x2,1x3\n1,2,3,4\n");
        Write("mnist_test.csv", "label,1x1,1x2\n1,2,3\n");
        Assert.Equal($"{_folder["mnist_test.csv"]}: found rows of 2 values, expected 3 as in {_folder["mnist_train.csv"]}.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder.FullName)).Message);
    }

    [Fact]
    public void Recognises_by_content_not_by_name()
    {
        Write("a.pkl", "1,2,3\n");
        Assert.Equal("CSV file a.pkl", DataFiles.Load(_folder["a.pkl"]).Source);
        File.Copy(NumPyFiles.PathOf("stored.npz"), _folder["a.csv"]);
        Assert.Equal("npz file a.csv", DataFiles.Load(_folder["a.csv"]).Source);
        Write("class.csv", "class;a\n1;2\n");
        Assert.Equal("CSV file class.csv", DataFiles.Load(_folder["class.csv"]).Source);
        Write("c.csv", "class,a,b\n1,2,3\n");
        Assert.Equal(2, DataFiles.LoadFeatures(_folder["c.csv"]).SampleShape.Size);
    }

    public static TheoryData<byte[], string> UnknownFiles() => new()
    {
        { [], "is empty, which no known format does; " },
        { [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0], "begins with 89504e470d0a1a0a, which no known format does; " },
        { [.. "<html>,"u8], "begins with '<html>,', which no known format does; " },
        { [.. "{\"a\": 1, \"b\": 2}"u8], "begins with '{\"a\": 1, \"b\": 2}', which no known format does; " },
        { [.. "# a, b\n"u8], "begins with '# a, b', which no known format does; " },
        { [.. "text without a separator\n"u8], "begins with 'text without a separ…', which no known format does; " },
        { IdxBytes.Compress([1, 2, 3]), "begins with 010203 once decompressed, which no known format does; " },
        { [0, 0, 10, 2, 0, 0, 0, 0], "begins with 00000a0200000000, which no known format does; " },
    };

    [Theory]
    [MemberData(nameof(UnknownFiles))]
    public void Names_the_first_bytes_of_what_it_does_not_know(byte[] contents, string message)
    {
        File.WriteAllBytes(_folder["a"], contents);
        Assert.Equal($"{_folder["a"]}, byte 0: {message}{Known}", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
        Assert.Equal($"{_folder["a"]}, byte 0: {message}{Known}", Assert.Throws<MalformedFileException>(() => DataFiles.LoadFeatures(_folder["a"])).Message);
    }

    [Fact]
    public void Tells_what_is_missing_where_the_format_is_right()
    {
        Assert.Equal($"{_folder["version1.npy"]}: is one NumPy array, images or labels but not both; expected an npz file or a folder with x_train.npy and y_train.npy.",
            Refused("version1.npy", File.ReadAllBytes(NumPyFiles.PathOf("version1.npy"))));
        Assert.Equal($"{_folder["a.npz.gz"]}: is an npz file within gzip, expected it plain: npz is compressed already; decompress it with gunzip.",
            Refused("a.npz.gz", IdxBytes.Compress(File.ReadAllBytes(NumPyFiles.PathOf("stored.npz")))));
        using TemporaryFolder empty = new();
        Assert.Equal($"{empty.FullName}: is a folder without data; expected the four IDX files of MNIST (train-images-idx3-ubyte and so on), mnist_train.csv with mnist_test.csv, or x_train.npy with y_train.npy.",
            Assert.Throws<IOException>(() => DataFiles.Load(empty.FullName)).Message);
        Assert.Throws<FileNotFoundException>(() => DataFiles.Load(_folder["none"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => DataFiles.Load(_folder["none"], new() { ClassCount = 0 }));

        string Refused(string name, byte[] contents)
        {
            File.WriteAllBytes(_folder[name], contents);
            return Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder[name])).Message;
        }
    }

    [Fact]
    public void Reads_images_alone_for_predicting()
    {
        Idx.WriteImages(_folder["idx"], new ByteFeatures([1, 2, 3, 4], [2, 2]));
        Write("csv", "1x1,1x2,2x1,2x2\n1,2,3,4\n");
        Write("labelled", "label,1x1,1x2,2x1,2x2\n7,1,2,3,4\n");
        File.WriteAllBytes(_folder["npy"], NpyBytes.Npy("<i4", "(1, 4)", 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0));
        foreach (string name in new[] { "idx", "csv", "labelled", "npy" })
        {
            ByteFeatures images = Assert.IsType<ByteFeatures>(DataFiles.LoadFeatures(_folder[name]));
            Assert.Equal([2, 2], images.SampleShape);
            Assert.Equal([1, 2, 3, 4], images.Values.ToArray());
        }
        Assert.Equal($"{NumPyFiles.PathOf("stored.npz")}: is an npz file, expected images: an IDX images file, CSV or a NumPy array (.npy).",
            Assert.Throws<MalformedFileException>(() => DataFiles.LoadFeatures(NumPyFiles.PathOf("stored.npz"))).Message);
    }

    [Fact]
    public void Asks_for_no_more_classes_than_told()
    {
        Write("a", "label,1x1,1x2\n1,2,3\n11,2,3\n");
        Assert.Equal(12, DataFiles.Load(_folder["a"]).Train.Targets.Width);
        Assert.Equal(20, DataFiles.Load(_folder["a"], new() { ClassCount = 20 }).Train.Targets.Width);
        Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"], new() { ClassCount = 11 }));
    }

    private void Write(string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        File.WriteAllBytes(_folder[name], name.EndsWith(".gz", StringComparison.Ordinal) ? IdxBytes.Compress(bytes) : bytes);
    }
}
