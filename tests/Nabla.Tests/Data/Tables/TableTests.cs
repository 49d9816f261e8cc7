using System.Globalization;

namespace Nabla.Tests.Data;

/// <summary>Tables as people have them: which column is what, and what becomes of it.</summary>
public sealed class TableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("size,weight,species\n1.5,2,b\n3,4.5,a\n5,6,b\n")]
    [InlineData("species,size,weight\nb,1.5,2\na,3,4.5\nb,5,6\n")]
    [InlineData("size;weight;species\n1,5;2;b\n3;4,5;a\n5;6;b\n")]
    [InlineData("\ufeffsize;weight;species\r\n1,5;2,0;b\r\n3;4,5;a\r\n5;6;b\r\n")]
    [InlineData("size\tweight\tspecies\n1.5\t2\tb\n3\t4.5\ta\n5\t6\tb\n")]
    [InlineData("size\tweight\tspecies\n1,5\t2\tb\n3\t4,5\ta\n5\t6\tb\n")]
    [InlineData("size|weight|species\n1.5|2|b\n3|4.5|a\n5|6|b\n")]
    [InlineData("  size   weight\tspecies  \n1.5 2 b\n   3  4.5   a\n5\t6   \"b\"  \n")]
    [InlineData("size,weight,species\r1.5,2,b\r3,4.5,a\r5,6,b\r")]
    [InlineData("# from the garden\nsize,weight,species\n1.5,2,b\n# later\n3,4.5,a\n5,6,b\n")]
    [InlineData("\"size\",\"weight\",\"species\"\n\"1.5\",2,\"b\"\n3,4.5,\"a\"\n5,6,b\n")]
    [InlineData(",size,weight,species\n0,1.5,2,b\n1,3,4.5,a\n2,5,6,b\n")]
    [InlineData("Unnamed: 0,size,weight,species\n0,1.5,2,b\n1,3,4.5,a\n2,5,6,b\n")]
    [InlineData("Id;size;weight;species\n1;1,5;2;b\n2;3;4,5;a\n3;5;6;b\n")]
    [InlineData("size;weight;species;\n1,5;2;b;\n3;4,5;a;\n5;6;b;\n")]
    public void The_same_table_however_it_is_written(string text)
    {
        Write(text);
        DataSet read = DataFiles.Load(_folder["a"]).Train;
        Assert.Equal([2], read.Features.SampleShape);
        Assert.Equal([1.5f, 2, 3, 4.5f, 5, 6], Assert.IsType<FloatFeatures>(read.Features).Values);
        ClassLabels labels = Assert.IsType<ClassLabels>(read.Targets);
        Assert.Equal([1, 0, 1], labels.Values);
        Assert.Equal(["a", "b"], labels.ClassNames!);
        Assert.Equal(["size", "weight"], read.Features.Schema!.Columns.Select(column => column.Name!));
        Assert.Equal("species", read.Features.Schema.AnswerName);
        if (!text.Contains('\ufeff', StringComparison.Ordinal))
        {
            foreach (System.Text.Encoding encoding in new[] { System.Text.Encoding.Unicode, System.Text.Encoding.BigEndianUnicode })
            {
                File.WriteAllText(_folder["utf16"], text, encoding);
                Assert.Equal(read.Fingerprint(), DataFiles.Load(_folder["utf16"]).Train.Fingerprint());
            }
        }
    }

    [Fact]
    public void What_was_guessed_and_left_out_is_said()
    {
        Write("# x\nId;size;tag;kind;\n1;1,5;a;u;\n2;3;a;v;\n3;5;a;u;\n4;6;b;v;\n");
        DataParts parts = DataFiles.Load(_folder["a"], new() { Label = "kind" });
        Assert.Equal(
            [
                "column 1 \"Id\" numbers the rows: passed over", "nothing in column 5: passed over", "semicolons between cells, decimal commas", "left out 1 line that begins with #",
                "label: column 4 \"kind\"; 2 classes; 1 columns of numbers and 1 of words, 3 values a row",
            ],
            parts.Notes);
        Assert.Equal([1.5f, 1, 0, 3, 1, 0, 5, 1, 0, 6, 0, 1], ((FloatFeatures)parts.Train.Features).Values);
        Assert.Equal(["a", "b"], parts.Train.Features.Schema!.Columns[1].Categories!);
    }

    [Theory]
    [InlineData("a,b,kind\n", ",", "1")]
    [InlineData("a,b,kind\n", ",", "A")]
    [InlineData("a,b,kind\n", ",", "a")]
    [InlineData("", ",", "1")]
    public void A_label_is_named_or_numbered(string header, string separator, string label)
    {
        Write(header + string.Join('\n', Enumerable.Range(0, 12).Select(i => $"{i % 3},{i * 0.5:F1},{i % 4}").Select(line => line.Replace(",", separator, StringComparison.Ordinal))));
        DataSet read = DataFiles.Load(_folder["a"], new() { Label = label }).Train;
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], ((ClassLabels)read.Targets).Values);
        Assert.Equal(2, read.Features.SampleShape.Size);
    }

    [Theory]
    [InlineData("size,kind,weight\n", true, "nothing")]
    [InlineData("rooms,age,price\n", false, "rooms")]
    public void Where_it_is_not_obvious_it_is_asked_for(string header, bool hasClasses, string absent)
    {
        Write(header + string.Join('\n', Enumerable.Range(0, 20).Select(i => hasClasses ? $"{i * 0.3:F1},{i % 2},{i * 0.5:F1}" : $"{i * 0.3:F1},{i * 0.2:F1},{i * 0.5:F1}")));
        string[] names = header.TrimEnd().Split(',');
        Assert.Equal(
            $"{_folder["a"]}: does not say which column is to be answered (all columns are numbers); name it: --label NAME for classes, --target NAME for a number. Columns are column 1 \"{names[0]}\", column 2 \"{names[1]}\", column 3 \"{names[2]}\".",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
        Assert.Contains($"--label: found '{absent}x', but {_folder["a"]} has no such column; expected a name or a number from 1 to 3: column 1 \"",
            Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["a"], new() { Label = absent + "x" })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["a"], new() { Label = "4" }));
        Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["a"], new() { Label = "1", Target = "2" }));
    }

    [Fact]
    public void Two_columns_that_could_be_the_label_are_asked_about()
    {
        Write("class,size,target\n1,2.5,1\n2,3.5,2\n");
        Assert.Equal($"{_folder["a"]}: has several columns that could be the label, column 1 \"class\", column 3 \"target\"; name one with --label, and leave the others out with --skip.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
        DataSet read = DataFiles.Load(_folder["a"], new() { Label = "class", Skip = "target" }).Train;
        Assert.Equal(1, read.Features.SampleShape.Size);
    }

    /// <summary>What was learnt was the first pixel, which is always 0: 100 %.</summary>
    [Theory]
    [InlineData(true, 8, 16)]
    [InlineData(false, 8, 16)]
    [InlineData(true, 28, 255)]
    [InlineData(false, 28, 255)]
    [InlineData(true, 8, 1)]
    [InlineData(false, 8, 1)]
    public void Without_a_header_the_label_is_found_first_or_last(bool isFirst, int side, int greatest)
    {
        WriteImages(isFirst, side, greatest, header: null);
        DataParts parts = DataFiles.Load(_folder["a"]);
        Assert.Equal([side, side], parts.Train.Features.SampleShape);
        Assert.IsType<ByteFeatures>(parts.Train.Features);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => i % 10), ((ClassLabels)parts.Train.Targets).Values.ToArray());
        Assert.Equal(10, parts.Train.Targets.Width);
        Assert.Equal([$"label: column {(isFirst ? 1 : side * side + 1)}; the other {side * side} columns are images of {side}×{side}"], parts.Notes);
    }

    [Fact]
    public void Without_a_header_and_a_column_of_classes_it_is_asked_for()
    {
        // One class, or none: the label is a constant, as the pixels in the corners are.
        Write(string.Join('\n', Enumerable.Range(0, 40).Select(i => "5," + string.Join(',', Enumerable.Range(0, 64).Select(p => p is 0 or 63 ? 0 : (i * p) % 17)))));
        Assert.Equal(
            $"{_folder["a"]}: has an image in each row and a label first or last, but neither column 1 nor column 65 has classes (column 1 is 5 in every row); name it with --label 1 or --label 65.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
        Assert.Equal(10, DataFiles.Load(_folder["a"], new() { Label = "1" }).Train.Targets.Width);
    }

    /// <summary>pandas writes its column numbers as a header, or takes a row for it: 0, 0.1, 0.2.</summary>
    [Theory]
    [InlineData("counted")]
    [InlineData("repeated")]
    [InlineData("counted from 1")]
    public void A_header_of_numbers_is_no_row(string kind)
    {
        int count = 65;
        string[] names = kind switch
        {
            "counted" => [.. Enumerable.Range(0, count).Select(i => $"{i}")],
            "counted from 1" => [.. Enumerable.Range(1, count).Select(i => $"{i}")],
            _ => ["5", "0", .. Enumerable.Range(1, count - 2).Select(i => $"0.{i}")],
        };
        WriteImages(isFirst: true, 8, 16, string.Join(',', names));
        DataParts parts = DataFiles.Load(_folder["a"]);
        Assert.Equal(60, parts.Train.Count);
        Assert.IsType<ByteFeatures>(parts.Train.Features);
        Assert.Equal([8, 8], parts.Train.Features.SampleShape);
        Assert.Contains(parts.Notes, note => note.StartsWith("line 1 is a header of numbers (", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => i % 10), ((ClassLabels)parts.Train.Targets).Values.ToArray());
    }

    [Theory]
    [InlineData("0,1,2,3,4\n5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,other\n6.1,3.0,1.5,0.2,setosa\n")]
    [InlineData("0,1,2,3,class\n5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,other\n6.1,3.0,1.5,0.2,setosa\n")]
    [InlineData("5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,other\n6.1,3.0,1.5,0.2,setosa\n")]
    [InlineData("1,2,3,4,setosa\n2,3,4,5,other\n3,4,5,6,setosa\n")]
    public void A_first_line_is_a_row_or_not(string text)
    {
        Write(text);
        Assert.Equal(3, DataFiles.Load(_folder["a"]).Train.Count);
    }

    [Fact]
    public void A_table_of_four_columns_is_no_image_of_two_by_two()
    {
        Write(string.Concat(Enumerable.Range(0, 20).Select(i => $"{i % 3},{i},{i * 2},{i * 3},{i * 4}\n")));
        DataSet read = DataFiles.Load(_folder["a"]).Train;
        Assert.Equal([4], read.Features.SampleShape);
        Assert.NotNull(read.Features.Schema);
    }

    [Fact]
    public void Labels_that_are_one_each_row_are_no_classes()
    {
        Write("name,size\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"n{i},{i * 0.5}\n")));
        Assert.Contains("column 1 \"name\" has words, but not as classes have them", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
        Assert.Equal($"{_folder["a"]}: column 1 \"name\" has 20 different labels in 20 rows, expected classes that come again and at most 1000; name another column with --label.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"], new() { Label = "name" })).Message);
        Write("label,size\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},{i * 0.5}\n")));
        Assert.EndsWith("name another column with --label, or give this one as --target for a regression.", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_that_are_no_categories_are_refused_with_a_way_out()
    {
        Write("who,size,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"n{i},{i * 0.5},{i % 2}\n")));
        Assert.Equal($"{_folder["a"]}: column 1 \"who\" has 30 different words in 30 rows, such as 'n0', expected categories that come again and at most 1000; leave it out with --skip who.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
        Assert.Equal(1, DataFiles.Load(_folder["a"], new() { Skip = "who" }).Train.Features.SampleShape.Size);
    }

    [Fact]
    public void Numbers_as_targets()
    {
        Write("rooms,price,kind\n3,250000.5,flat\n5,410000,house\n4,,flat\n");
        Assert.Equal($"{_folder["a"]}: line 4, column 2: found no value in column 2 \"price\", which is to be answered; fill it in, or leave such rows out with --missing drop.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"], new() { Target = "price", Missing = MissingCells.Mean })).Message);
        DataParts parts = DataFiles.Load(_folder["a"], new() { Target = "price", Missing = MissingCells.Drop });
        Assert.Equal([250000.5f, 410000], Assert.IsType<TargetVectors>(parts.Train.Targets).Values);
        Assert.Equal([3, 1, 0, 5, 0, 1], ((FloatFeatures)parts.Train.Features).Values);
        Assert.Equal(["left out 1 of 3 rows, which have missing cells", "target: column 2 \"price\"; 1 columns of numbers and 1 of words, 3 values a row"], parts.Notes);
        Assert.Equal("--target: column 3 \"kind\" has words, such as 'flat', expected numbers; words are classes: --label kind.",
            Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["a"], new() { Target = "kind" })).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("nan")]
    [InlineData("N/A")]
    [InlineData("null")]
    [InlineData(" ? ")]
    [InlineData("\"\"")]
    public void Missing_cells_are_refused_or_filled(string missing)
    {
        Write($"size,kind,label\n1,x,a\n2,{missing},b\n{missing},y,a\n6,x,b\n");
        Assert.Equal($"{_folder["a"]}: line 3, column 2: found no value in column 2 \"kind\", expected a word; --missing mean or --missing zero fills such cells, --missing drop leaves their rows out.",
            Assert.Throws<MalformedFileException>(() => Csv.Read(_folder["a"])).Message);
        Assert.Equal([1, 1, 0, 2, 1, 0, 3, 0, 1, 6, 1, 0], Values(MissingCells.Mean));
        Assert.Equal([1, 1, 0, 2, 0, 0, 0, 0, 1, 6, 1, 0], Values(MissingCells.Zero));
        Assert.Equal([1, 1, 0, 6, 1, 0], Values(MissingCells.Drop));

        float[] Values(MissingCells rule) => ((FloatFeatures)DataFiles.Load(_folder["a"], new() { Missing = rule }).Train.Features).Values.ToArray();
    }

    [Fact]
    public void A_model_reads_other_tables_by_the_names_of_its_columns()
    {
        Write("size,kind,weight,label\n1,x,10,a\n2,y,20,b\n,x,30,a\n4,y,40,b\n");
        DataSet learnt = DataFiles.Load(_folder["a"], new() { Missing = MissingCells.Mean }).Train;
        TableSchema schema = learnt.Features.Schema!;
        DataFileOptions options = new() { Schema = schema };
        Assert.Equal(learnt.Fingerprint(), DataFiles.Load(_folder["a"], options).Train.Fingerprint());

        // In another order, with a column more, other separators, and one category only.
        Write("extra;label;weight;kind;size\n1;b;10,5;y;\n");
        DataParts parts = DataFiles.Load(_folder["a"], options);
        Assert.Equal([7f / 3, 0, 1, 10.5f], ((FloatFeatures)parts.Train.Features).Values);
        Assert.Equal(["not in the table that the model learnt from, so passed over: column 1 \"extra\"", "semicolons between cells, decimal commas", "filled 1 missing cell as in training"], parts.Notes);
        Assert.Equal(["b"], ((ClassLabels)parts.Train.Targets).ClassNames!);

        // To predict no label is needed.
        Write("weight,kind,size\n10,y,3\n");
        Assert.Equal([3, 0, 1, 10], ((FloatFeatures)TableRows.Read(_folder["a"], options).Features).Values);
        Assert.Equal($"{_folder["a"]}: has no column \"label\" with what the model is to answer, expected one to compare with; name it with --label.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"], options)).Message);

        Refuses("kind,size\ny,3\n", "has no column \"weight\", which the model learnt from; its columns are column 1 \"kind\", column 2 \"size\".");
        Refuses("weight,kind,size\n10,z,3\n", "line 2, column 2: found 'z' in column 2 \"kind\", expected one of the 2 words that the model learnt from: x, y.");
        Refuses("weight,kind,size\n10,y,3\n10,y,big\n", "line 3, column 3: found 'big', expected a number.");
        Refuses("weight,kind,size,size\n10,y,3,3\n", "line 1, column 4: found the name 'size' as in column 3, expected it once: the model knows the column by it.");
        // Without names places count: all columns, those without the label, or the features.
        Write("1,x,10\n2,y,20\n");
        Assert.Equal([1, 1, 0, 10, 2, 0, 1, 20], ((FloatFeatures)TableRows.Read(_folder["a"], options).Features).Values);
        Refuses("1,x\n", "line 1, column 3: found 2 columns without names, expected 4 as in the table that the model learnt from, or its 3 features.");

        void Refuses(string text, string message)
        {
            Write(text);
            Assert.Equal($"{_folder["a"]}: {message}", Assert.Throws<MalformedFileException>(() => TableRows.Read(_folder["a"], options)).Message);
        }
    }

    [Fact]
    public void Without_names_a_model_reads_by_places()
    {
        Write(string.Concat(Enumerable.Range(0, 12).Select(i => $"{i},{i * 0.5},{(char)('a' + i % 3)},{i * 0.25}\n")));
        DataSet learnt = DataFiles.Load(_folder["a"]).Train;
        TableSchema schema = learnt.Features.Schema!;
        Assert.Equal((false, 4, 3, null), (schema.HasNames, schema.FileColumns, schema.AnswerPlace, schema.AnswerName));
        Assert.Equal([2, 4], schema.Columns.Select(column => column.Place));
        DataFileOptions options = new() { Schema = schema };
        Assert.Equal(learnt.Fingerprint(), DataFiles.Load(_folder["a"], options).Train.Fingerprint());
        Write("7,0.5,0.25\n");
        Assert.Equal([0.5f, 0.25f], ((FloatFeatures)TableRows.Read(_folder["a"], options).Features).Values);
        Write("0.5,0.25\n");
        Assert.Equal([0.5f, 0.25f], ((FloatFeatures)TableRows.Read(_folder["a"], options).Features).Values);
    }

    [Fact]
    public void Answers_are_written_beside_the_rows()
    {
        Write("size,kind,label\n1,x,a\n2,y,b\n3,x,a\n");
        TableSchema schema = DataFiles.Load(_folder["a"]).Train.Features.Schema!;
        Write("# x\r\nsize;kind\r\n1,5;\"x\"\r\n;y\r\n3;x");
        TableRows rows = TableRows.Read(_folder["a"], new() { Schema = schema, Missing = MissingCells.Drop });
        Assert.Equal([0, 2], rows.Rows);
        Assert.Equal(3, rows.Count);
        using StringWriter output = new(CultureInfo.InvariantCulture);
        rows.Write(output, ["prediction", "confidence"], [["a;b", rows.Format(0.5, "F2")], ["c\"d", "1"]]);
        Assert.Equal("size;kind;prediction;confidence\n1,5;\"x\";\"a;b\";0,50\n;y;;\n3;x;\"c\"\"d\";1\n", output.ToString());
        Assert.Throws<ArgumentException>(() => rows.Write(output, ["prediction"], []));
    }

    [Theory]
    [InlineData("@relation iris\n@attribute x numeric\n@data\n1,2\n", "is an ARFF file of Weka")]
    [InlineData("% made by hand\n@RELATION iris\n", "is an ARFF file of Weka")]
    [InlineData("1 3:0.5 7:1\n-1 2:1\n", "is a libsvm file")]
    public void Tables_of_other_programs_are_named(string text, string message)
    {
        Write(text);
        Assert.StartsWith($"{_folder["a"]}: {message}", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
        Assert.Throws<MalformedFileException>(() => TableRows.AreIn(_folder["a"]));
    }

    [Fact]
    public void Options_of_tables_are_refused_for_what_is_none()
    {
        Idx.WriteImages(_folder["a-images-idx3-ubyte"], new ByteFeatures([1, 2], [1, 1]));
        Idx.WriteLabels(_folder["a-labels-idx1-ubyte"], new ClassLabels([1, 2], 10));
        foreach ((DataFileOptions options, string name) in new (DataFileOptions, string)[] { (new() { Label = "1" }, "--label"), (new() { Target = "1" }, "--target"), (new() { Skip = "1" }, "--skip"), (new() { Missing = MissingCells.Zero }, "--missing") })
        {
            Assert.Equal($"{name}: found it for {_folder["a-images-idx3-ubyte"]}, which is an IDX file; it says nothing about such data, leave it out.",
                Assert.Throws<ArgumentException>(() => DataFiles.Load(_folder["a-images-idx3-ubyte"], options)).Message);
        }
    }

    /// <summary>Images with ink in the middle and none in the corners, and digits as labels.</summary>
    private void WriteImages(bool isFirst, int side, int greatest, string? header)
    {
        NumPyRandom random = new(5);
        IEnumerable<string> lines = Enumerable.Range(0, 60).Select(i =>
        {
            IEnumerable<int> pixels = [.. Enumerable.Range(0, side * side).Select(p => p % side is 0 || p % side == side - 1 || p < side || p >= side * (side - 1) ? 0 : (int)(random.NextDouble() * (greatest + 1)))];
            return string.Join(',', isFirst ? pixels.Prepend(i % 10) : pixels.Append(i % 10));
        });
        Write(string.Join('\n', header is null ? lines : lines.Prepend(header)) + "\n");
    }

    private void Write(string text) => File.WriteAllText(_folder["a"], text);
}
