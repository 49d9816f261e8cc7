using System.Text;

namespace Nabla.Tests.Data;

public sealed class CsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("label,1x1,1x2,2x1,2x2\n7,0,1,2,255\n3,4,5,6,7\n")]
    [InlineData("label,1x1,1x2,2x1,2x2\n7,0,1,2,255\n3,4,5,6,7")]
    [InlineData("label,1x1,1x2,2x1,2x2\r\n7,0,1,2,255\r\n3,4,5,6,7\r\n")]
    [InlineData("label,1x1,1x2,2x1,2x2\r\n7,0,1,2,255\r\n3,4,5,6,7\r\n\r\n \n\n")]
    [InlineData("label,1x1,1x2,2x1,2x2\r7,0,1,2,255\r3,4,5,6,7\r")]
    [InlineData("\ufeffLabel,pixel0,pixel1,pixel2,pixel3\r\n7,0,1,2,255\r\n3,4,5,6,7")]
    [InlineData("pixel0,pixel1,pixel2,pixel3,digit\r\n0,1,2,255,7\r\n4,5,6,7,3")]
    [InlineData("px_1;px_2;px_3;CLASS;px_4\n0;1;2;7;255\n4;5;6;3;7")]
    [InlineData("\"label\",\"1x1\",\"1x2\",2x1,2x2\n\"7\",\"0\", \"1\" ,2,255\n\" 3\",4,5,6,7\n")]
    [InlineData(" label , 1x1,\t1x2,2x1 ,2x2\n 7 , 0,\t1,2 ,255\n3,4,5,6,007\n")]
    [InlineData("label,1x1,1x2,2x1,2x2\n7.0,0.0,1e0,+2,2.55e2\n3,4.000,5,6,7\n")]
    [InlineData("# digits\nlabel,1x1,1x2,2x1,2x2\n7,0,1,2,255\n # in between, \"not quoted\n3,4,5,6,7\n#")]
    public void Reads_every_layout_of_labelled_bytes(string text)
    {
        File.WriteAllText(_folder["a"], text);
        File.WriteAllBytes(_folder["a.gz"], IdxBytes.Compress(Encoding.UTF8.GetBytes(text)));
        File.WriteAllText(_folder["little"], text.TrimStart('\ufeff'), Encoding.Unicode);
        File.WriteAllText(_folder["big"], text.TrimStart('\ufeff'), Encoding.BigEndianUnicode);
        foreach (string name in new[] { "a", "a.gz", "little", "big" })
        {
            DataSet read = Csv.Read(_folder[name]);
            Assert.Equal([2, 2], read.Features.SampleShape);
            Assert.Equal([0, 1, 2, 255, 4, 5, 6, 7], Assert.IsType<ByteFeatures>(read.Features).Values.ToArray());
            Assert.Equal([7, 3], ((ClassLabels)read.Targets).Values);
            Assert.Equal(10, read.Targets.Width);
            Assert.Null(read.Features.Schema);
            Assert.Equal([0, 1, 2, 255, 4, 5, 6, 7], ((ByteFeatures)Csv.ReadFeatures(_folder[name])).Values.ToArray());
        }
    }

    [Fact]
    public void Reads_images_without_labels_for_predicting_only()
    {
        File.WriteAllText(_folder["a"], "pixel0,pixel1,pixel2,pixel3\n0,1,2,255\n4,5,6,7\n");
        ByteFeatures read = Assert.IsType<ByteFeatures>(Csv.ReadFeatures(_folder["a"]));
        Assert.Equal([2, 2], read.SampleShape);
        Assert.Equal([0, 1, 2, 255, 4, 5, 6, 7], read.Values.ToArray());
        Assert.Equal(
            $"{_folder["a"]}: line 1, column 1: found 4 pixels a row without a label, expected one: name its column with --label; without labels it can only be predicted from.",
            Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["a"])).Message);
    }

    [Fact]
    public void Fractions_anywhere_make_all_pixels_floats()
    {
        File.WriteAllText(_folder["a"], "label,px1,px2,px3\n1,0,255,300\n2,-4,0.1,1e-3\n0,7,8,9\n");
        DataSet read = Csv.Read(_folder["a"]);
        Assert.Equal([3], read.Features.SampleShape);
        Assert.Equal([0, 255, 300, -4, 0.1f, 1e-3f, 7, 8, 9], Assert.IsType<FloatFeatures>(read.Features).Values.ToArray());
        Assert.Equal([1, 2, 0], ((ClassLabels)read.Targets).Values);
    }

    [Fact]
    public void Counts_classes_of_images_from_ten_on_unless_told()
    {
        File.WriteAllText(_folder["a"], "label,1x1\n12,0\n3,4\n");
        Assert.Equal(13, Csv.Read(_folder["a"]).Targets.Width);
        Assert.Equal(20, Csv.Read(_folder["a"], 20).Targets.Width);
        Assert.Equal($"{_folder["a"]}: line 2, column 1: found label '12', expected a whole number of 0 to 9.",
            Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["a"], 10)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Csv.Read(_folder["a"], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Csv.Read(_folder["a"], 1001));
    }

    public static TheoryData<string, string> BadFiles() => new()
    {
        { "", "line 1, column 1: found the end of the file, expected rows of numbers; the file is empty or cut short." },
        { "\n\n", "line 3, column 1: found the end of the file, expected rows of numbers; the file is empty or cut short." },
        { "label,1x1\n", "line 2, column 1: found the end of the file, expected rows of numbers; the file is empty or cut short." },
        { "label,1x1,1x2\n1,2,3\n1,256,3\n", "line 3, column 2: found pixel '256', expected 0 to 255, or fractions in some cells." },
        { "label,1x1,1x2\n1,2,3\n1,2,-1\n2,300,3\n", "line 3, column 3: found pixel '-1', expected 0 to 255, or fractions in some cells." },
        { "label,1x1,1x2\n1,2,3\n1,2,4294967296\n", "line 3, column 3: found pixel '4294967296', expected 0 to 255, or fractions in some cells." },
        { "label,1x1,1x2\n1,2,3\n1,2,x7\n", "line 3, column 3: found 'x7', expected a number." },
        { "label,1x1\n1,x7\n2,x8\n", "line 2, column 2: found 'x7', expected a number, as pixels are." },
        { "label,1x1,1x2\n1,2,3\n1,,7\n", "line 3, column 2: found no value in column 2 \"1x1\", expected a number; --missing mean or --missing zero fills such cells, --missing drop leaves their rows out." },
        { "label,1x1,1x2\n1,2,3\n1,7,\n", "line 3, column 3: found no value in column 3 \"1x2\", expected a number; --missing mean or --missing zero fills such cells, --missing drop leaves their rows out." },
        { "label,1x1,1x2\n1,2,3\n1,7\n", "line 3, column 3: the line ends after 2 cells, expected 3, as in line 1." },
        { "1,2,3,4\n1,2\n", "line 2, column 3: the line ends after 2 cells, expected 4, as in line 1." },
        { "1,2,3\n1,2,3,4\n", "line 2, column 4: the line goes on after 3 cells, expected it to end, as in line 1." },
        { "1,2,3\n1,2,3,\n", "line 2, column 4: the line goes on after 3 cells, expected it to end, as in line 1." },
        { "1,2,3\n\n1,2,3\n", "line 2, column 1: found a blank line between others, expected cells; delete the line." },
        { "\n1,2,3\n", "line 1, column 1: found a blank line between others, expected cells; delete the line." },
        { "label,1x1\n1,2\n-1,2\n", "line 3, column 1: found label '-1', expected a whole number of 0 to 999." },
        { "label,1x1\n1.5,2\n", "line 2, column 1: found label '1.5', expected a whole number or a word; for a regression give the column as --target 1, else name the label with --label." },
        { "label,1x1\n1000,2\n", "line 2, column 1: found label '1000', expected a whole number of 0 to 999." },
        { "1,2,3\nseven,2,3\n", "line 2, column 1: found 'seven', expected a number." },
        { "label,1x1,1x2\n1,nan,3\n2,4,5\n", "line 2, column 2: found no value in column 2 \"1x1\", expected a number; --missing mean or --missing zero fills such cells, --missing drop leaves their rows out." },
        { "label,1x1\n1,nan\n", "line 1, column 2: found no column beside column 1 \"label\", which is to be answered, expected features; separate cells with commas, semicolons, tabs, vertical bars or blanks." },
        { "label,1x1\n1,1e39\n", "line 2, column 2: found '1e39', expected a number." },
        { "label,1x1\n1,0x10\n", "line 2, column 2: found '0x10', expected a number, as pixels are." },
        { "label,1x1\n1,1 2\n", "line 2, column 2: found '1 2', expected a number, as pixels are." },
        { "label,1x1\n1,0.5\n1,\"2\n", "line 3, column 2: found '\"2' without a closing quotation mark, expected one in the same line." },
        { "label,1x1\n1,\"2\"3\n", "line 2, column 2: found '3' after a closing quotation mark, expected a separator or the end of the line." },
        { "1,\"2\n3,4\n5,\"6\"\n", "line 1, column 2: found '\"2' without a closing quotation mark, expected one in the same line." },
        { "1,2\r\n1,\"2\r\n3,4\r\n", "line 2, column 2: found '\"2' without a closing quotation mark, expected one in the same line." },
        { "label,1x1\n1,0.5\n1,2\"3,4\n", "line 3, column 2: found '\"3,4' without a closing quotation mark, expected one in the same line." },
        { "1,2,3\n1,\"2\"\"\",3\n", "line 2, column 2: found '2\"\"', expected a number." },
        { "1,2,3\n1,2\"\",3\n", "line 2, column 2: found '2\"\"', expected a number." },
        { "1,2,3\n1,\"2,000\",3\n", "line 2, column 2: found '2,000', expected a number without thousands separators." },
        { "1;2\n1;1.234,5\n", "line 2, column 2: found '1.234,5', expected a number without thousands separators." },
        { "1;2,5\n1;1.5\n", "line 2, column 2: found '1.5' with a decimal point, expected a comma as in the cells before." },
        { "1\t2.5\n1\t1,5\n", "line 2, column 2: found '1,5' with a decimal comma, expected a point as in the cells before." },
        { "1,2,3\n1,2\0,3\n", "line 2, column 2: found '2?', expected a number." },
        { "1,2,3\r1,2\r\r1,2,3\r", "line 2, column 3: the line ends after 2 cells, expected 3, as in line 1." },
        { "1,2,3\n1,x\n", "line 2, column 2: found 'x', expected a number." },
        { "1,2,3\n1;2;3\n", "line 2, column 1: found '1;2;3', expected a number; cells must be separated as in the first line." },
        { "label\n1\n", "line 1, column 2: found no column beside column 1 \"label\", which is to be answered, expected features; separate cells with commas, semicolons, tabs, vertical bars or blanks." },
        { "label,1x1,1x2\n1,2,\u0007abcdefghijklmnopqrstuvwxyz\n", "line 2, column 3: found '?abcdefghijklmnopqrs…', expected a word of at most 255 characters, none of them a control character." },
        { "label,kind,size\na,b,1\nb,b\ufffd,2\n", "line 3, column 2: found 'b?', which is not UTF-8 or UTF-16; save the file in one of these." },
        { "label,size,size\na,1,2\nb,2,3\n", "line 1, column 3: found the name 'size' as in column 2, expected another: columns are known by their names." },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Names_line_and_column_of_what_is_wrong(string text, string message)
    {
        File.WriteAllText(_folder["a"], text);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Csv.ReadFeatures(_folder["a"]));
        Assert.Equal($"{_folder["a"]}: {message}", error.Message);
    }

    [Fact]
    public void Lines_longer_than_the_buffer_are_read_and_endless_ones_refused()
    {
        byte[] pixels = IdxBytes.Pixels(500 * 500 * 3);
        Csv.Write(_folder["a.csv"], DataSet.FromImages(pixels, [500, 500], [1, 2, 3], 10));
        Assert.Equal(pixels, ((ByteFeatures)Csv.Read(_folder["a.csv"]).Features).Values);

        File.WriteAllBytes(_folder["b.gz"], IdxBytes.Compress(new byte[100 << 20]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["b.gz"]));
        Assert.EndsWith("the file is not CSV or has no line ends.", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80 << 20);
    }

    [Fact]
    public void Lines_of_endless_cells_are_refused_and_open_quotes_are_not_followed()
    {
        byte[] cells = new byte[100 << 20];
        cells.AsSpan().Fill((byte)',');
        File.WriteAllBytes(_folder["a.gz"], IdxBytes.Compress(cells));
        long before = GC.GetAllocatedBytesForCurrentThread();
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["a.gz"]));
        Assert.EndsWith("the file is not CSV or has no line ends.", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80 << 20);

        File.WriteAllText(_folder["b"], "1,2,3\n4,\"5,6\n" + string.Concat(Enumerable.Repeat("7,8,9\n", 5_000_000)));
        before = GC.GetAllocatedBytesForCurrentThread();
        error = Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["b"]));
        Assert.Equal($"{_folder["b"]}: line 2, column 2: found '\"5,6' without a closing quotation mark, expected one in the same line.", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    /// <summary>Blocks in which the file is read end anywhere: within a number, a line end, a quotation, a character.</summary>
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Lines_are_counted_and_read_wherever_blocks_end(string end)
    {
        foreach (int padding in new[] { 0, 1, 2, 3, 5, 7 })
        {
            string text = $"label,1x1,1x2{end}#{new string('é', padding)},漢{end}" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i % 10},\"{i % 256}\",{i % 200}{end}"));
            File.WriteAllText(_folder["a"], text);
            DataSet read = Csv.Read(_folder["a"]);
            Assert.Equal(20_000, read.Count);
            Assert.Equal(Enumerable.Range(0, 20_000).SelectMany(i => new[] { (byte)(i % 256), (byte)(i % 200) }), ((ByteFeatures)read.Features).Values.ToArray());
            File.AppendAllText(_folder["a"], $"1,2{end}");
            Assert.StartsWith($"{_folder["a"]}: line 20003, column 3: ", Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["a"])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_gzip_file_is_refused_though_its_rows_are_whole()
    {
        byte[] compressed = IdxBytes.Compress("1,2,3\n4,5,6\n"u8.ToArray());
        for (int cut = 1; cut < compressed.Length; cut++)
        {
            File.WriteAllBytes(_folder["a"], compressed[..^cut]);
            Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["a"]));
        }
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public void What_is_written_is_read(string name)
    {
        byte[] pixels = IdxBytes.Pixels(40 * 35);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 12)];
        Csv.Write(_folder[name], DataSet.FromImages(pixels, [7, 5, 1], labels, 12));
        DataSet read = Csv.Read(_folder[name]);
        Assert.Equal([35], read.Features.SampleShape);
        Assert.Equal(pixels, ((ByteFeatures)read.Features).Values);
        Assert.Equal(labels, ((ClassLabels)read.Targets).Values);
        Assert.Equal(name.EndsWith("gz", StringComparison.Ordinal), File.ReadAllBytes(_folder[name]) is [0x1f, 0x8b, ..]);
    }

    [Fact]
    public void Writes_the_bytes_of_the_layout_or_nothing()
    {
        Csv.Write(_folder["a"], DataSet.FromImages([0, 10, 255, 3], [1, 2], [3, 11], 12));
        Assert.Equal("label,1x1,1x2\n3,0,10\n11,255,3\n", File.ReadAllText(_folder["a"]));
        File.Delete(_folder["a"]);
        Assert.Throws<ArgumentException>(() => Csv.Write(_folder["a"], DataSet.FromImages([], [1, 2], [], 10)));
        Assert.Throws<ArgumentException>(() => Csv.Write(_folder["a"], DataSet.FromImages(new byte[3], [1, 1, 3], [1], 10)));
        Assert.Throws<ArgumentException>(() => Csv.Write(_folder["a"], DataSet.FromImages(new byte[3], [3], [1], 10)));
        Assert.Throws<ArgumentException>(() => Csv.Write(_folder["a"], DataSet.FromVectors([1], [1], [1], 1)));
        Assert.Empty(_folder.FileNames);
    }

    [Theory]
    [InlineData("label,1x1,1x2,2x1,2x2\n7,0,1,2,255\n3,4,5,6,7\n5,100,200,30,4\n", false)]
    [InlineData("7,0,1,2,255\r\n3,4,5.5,6,\"7\"\r\n5,100,200,30,4", false)]
    [InlineData("label,1x1,1x2,2x1,2x2\n7,0,1,2,255\n3,4,5,6,7\n5,100,200,30,4\n", true)]
    public void Thousands_of_cuts_and_flips_give_valid_data_or_the_documented_exception(string text, bool compressed)
    {
        byte[] whole = compressed ? IdxBytes.Compress(Encoding.ASCII.GetBytes(text)) : Encoding.ASCII.GetBytes(text);
        NumPyRandom random = new(3);
        int refused = 0;
        for (int i = 0; i < 2_500; i++)
        {
            File.WriteAllBytes(_folder["damaged"], Damage.CutOrFlip(whole, random));
            try
            {
                DataSet read = Csv.Read(_folder["damaged"]);
                Assert.InRange(read.Count, 1, 4);
                if (compressed)
                {
                    Assert.Equal([0, 1, 2, 255, 4, 5, 6, 7, 100, 200, 30, 4], ((ByteFeatures)read.Features).Values.ToArray());
                }
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 500, 2_499);
    }
}
