namespace Nabla.Tests.Data;

public sealed class NumericArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> Types()
    {
        TheoryData<string, string, string> types = [];
        foreach (string type in new[] { "b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8" })
        {
            types.Add(type, "little", "C");
            types.Add(type, "little", "F");
            types.Add(type, "big", "C");
            types.Add(type, "big", "F");
        }
        return types;
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Becomes_the_same_floats_as_in_NumPy(string type, string endian, string layout)
    {
        using NpzReader npz = NpzReader.Open(NumPyFiles.PathOf("types.npz"));
        string name = $"{type}_{endian}_{layout}";
        NumericArray array = npz.Read(name)!;
        NumericArray expected = npz.Read(name + "_as_f4")!;
        Assert.Equal([2, 3, 4], array.Shape);
        Assert.Equal(type[1] == '1' ? '|' : endian == "big" ? '>' : '<', array.Type.ToString()[0]);
        Assert.Equal(type, array.Type.ToString()[1..]);
        Assert.Equal(Bits(expected), Bits(array));
    }

    private static int[] Bits(NumericArray array) =>
        [.. array.Accept<FloatVisitor, float[]>(default).Select(BitConverter.SingleToInt32Bits)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Reads_every_version_of_the_header(int version)
    {
        NumericArray array = NpyFile.Read(NumPyFiles.PathOf($"version{version}.npy"));
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([0, 1, 2, 3, 4, 5], array.Accept<FloatVisitor, float[]>(default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Arrays_of_the_same_bytes_do_not_disturb_each_other(bool isFortran)
    {
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8];
        NumericType type = new(NumericKind.Unsigned, 2, IsBigEndian: true);
        float[] expected = isFortran ? [0x102, 0x506, 0x304, 0x708] : [0x102, 0x304, 0x506, 0x708];
        for (int i = 0; i < 2; i++)
        {
            NumericArray array = new(type, [2, 2], isFortran, data);
            Assert.Equal(expected, array.Accept<FloatVisitor, float[]>(default));
            Assert.Equal(expected, array.Accept<FloatVisitor, float[]>(default));
        }
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], data);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(130)]
    public void Transposes_arrays_of_many_samples(int count)
    {
        // Sample s has the values 100·s + 10·row + column.
        int[] values = [.. from column in Enumerable.Range(0, 3) from row in Enumerable.Range(0, 2) from sample in Enumerable.Range(0, count) select 100 * sample + 10 * row + column];
        NumericArray array = new(new NumericType(NumericKind.Signed, 4, false), [count, 2, 3], true, values.SelectMany(BitConverter.GetBytes).ToArray());
        Assert.Equal(values.Order().Select(value => (float)value), array.Accept<FloatVisitor, float[]>(default));
    }

    [Fact]
    public void Reads_scalars_and_empty_arrays_and_gzip()
    {
        Assert.Equal([1.5f], NpyFile.Read(NumPyFiles.PathOf("scalar.npy")).Accept<FloatVisitor, float[]>(default));
        NumericArray empty = NpyFile.Read(NumPyFiles.PathOf("empty.npy"));
        Assert.Equal([0, 4], empty.Shape);
        Assert.Equal(0, empty.Count);
        File.WriteAllBytes(_folder["a"], IdxBytes.Compress(NpyBytes.Npy("|u1", "(2, 1)", 7, 8)));
        Assert.Equal([7, 8], NpyFile.Read(_folder["a"]).Accept<FloatVisitor, float[]>(default));
    }

    [Theory]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }  \n")]
    [InlineData("{\"shape\":(2L,3L,),\"descr\":\"u1\",\"fortran_order\":True}")]
    [InlineData(" {\t'fortran_order' : False ,\n'shape' : ( 2 , 3 ) , 'descr' : '<u1' }")]
    public void Reads_every_way_to_write_a_header(string header)
    {
        File.WriteAllBytes(_folder["a"], NpyBytes.Npy(header, 1, 2, 3, 4, 5, 6));
        NumericArray array = NpyFile.Read(_folder["a"]);
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal(header.Contains("True", StringComparison.Ordinal) ? [1, 3, 5, 2, 4, 6] : [1, 2, 3, 4, 5, 6], array.Accept<FloatVisitor, float[]>(default));
    }

    private const string KnownTypes = "expected plain numbers, b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4 or f8.";

    public static TheoryData<byte[], long, string> BadFiles() => new()
    {
        { [], 0, "ends within the magic bytes and the version: found 0 bytes from byte 0 on, expected 8; the file is cut short or its header is wrong." },
        { [0x93, .. "NUMPX"u8, 1, 0], 0, "begins with 934e554d5058, expected 934e554d5059 (a NumPy array)." },
        { NpyBytes.Start(4, 0), 6, "found version 4.0, expected 1.0, 2.0 or 3.0." },
        { [0x93, .. "NUMPY"u8, 1, 1], 6, "found version 1.1, expected 1.0, 2.0 or 3.0." },
        { NpyBytes.Start(2, 4_000_000_000), 8, "announces a header of 4000000000 bytes, expected at most 65535." },
        { NpyBytes.Start(1, 100), 10, "ends within the header: found 0 bytes from byte 10 on, expected 100; the file is cut short or its header is wrong." },
        { NpyBytes.Npy("|u1", "(2, 3)", 1, 2, 3, 4, 5), 75, "ends within the numbers of an array |u1 of shape (2, 3): found 5 bytes from byte 70 on, expected 6; the file is cut short or its header is wrong." },
        { NpyBytes.Npy("|u1", "(2,)", 1, 2, 3), 70, "goes on where its header says that it ends; the header is wrong or other bytes follow the data." },
        { NpyBytes.Npy("|O", "(2,)"), 20, $"found an array of Python objects ('|O'), which is refused because reading it would run code in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("<c8", "(2,)"), 20, $"found the type '<c8' in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("<U2", "(2,)"), 20, $"found the type '<U2' in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("<f1", "(2,)"), 20, $"found the type '<f1' in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("<b8", "(2,)"), 20, $"found the type '<b8' in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("|f8", "(2,)"), 20, $"found the type '|f8' in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("<f8", "(2147483648, 2147483648)"), 10, "the array has the shape (2147483648, 2147483648), expected extents of at least 0, at most 1073741824 numbers and 2147483591 bytes." },
        { NpyBytes.Npy("<f8", "(0, 2147483648)"), 10, "the array has the shape (0, 2147483648), expected extents of at least 0, at most 1073741824 numbers and 2147483591 bytes." },
        { NpyBytes.Npy("<f8", "(268435456, 2)"), 10, "the array has the shape (268435456, 2), expected extents of at least 0, at most 1073741824 numbers and 2147483591 bytes." },
        { NpyBytes.Npy("<f8", "(999999999999999999999,)"), 79, "found '9' in the array's header, expected a comma after the only extent." },
        { NpyBytes.Npy("|u1", "(-1,)"), 61, "found '-' in the array's header, expected an extent, a whole number of at least 0." },
        { NpyBytes.Npy("|u1", "(5)"), 62, "found ')' in the array's header, expected a comma after the only extent." },
        { NpyBytes.Npy("|u1", "[5]"), 60, "found '[' in the array's header, expected '('." },
        { NpyBytes.Npy("|u1", "(" + string.Concat(Enumerable.Repeat("1,", 65)) + ")", 1), 10, "the array has 65 extents, expected at most 64." },
        { NpyBytes.Npy("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (2,)}"), 20, $"found a structured type in the array's header, {KnownTypes}" },
        { NpyBytes.Npy("{'descr': '|u1', 'shape': (2,)}"), 10, "found no key 'fortran_order' in the array's header, expected descr, fortran_order and shape." },
        { NpyBytes.Npy("{'descr': '|u1', 'descr': '|u1'}"), 27, "found the key 'descr' in the array's header, expected descr, fortran_order and shape, each once." },
        { NpyBytes.Npy("{'descr': '|u1', 'x': __import__('os')}"), 27, "found the key 'x' in the array's header, expected descr, fortran_order and shape, each once." },
        { NpyBytes.Npy("{'fortran_order': __import__('os')}"), 28, "found '_' in the array's header, expected True or False." },
        { NpyBytes.Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)} + {}"), 66, "found '+' in the array's header, expected nothing after the header's }." },
        { NpyBytes.Npy("{'descr"), 11, "found a string without an end in the array's header, expected a closing quotation mark." },
        { NpyBytes.Npy("{'\\x64escr': 1}"), 11, "found a string that no NumPy header has in the array's header, expected a short one of plain characters." },
        { NpyBytes.Npy("\u00ff"), 10, "found byte ff in the array's header, expected '{'." },
        { NpyBytes.Npy(""), 10, "found the end of the header in the array's header, expected '{'." },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Names_what_is_wrong(byte[] contents, long offset, string message)
    {
        File.WriteAllBytes(_folder["a"], contents);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => NpyFile.Read(_folder["a"]));
        Assert.Equal($"{_folder["a"]}, byte {offset}: {message}", error.Message);
    }

    [Theory]
    [InlineData("object.npy", "Python objects ('|O')")]
    [InlineData("structured.npy", "a structured type")]
    [InlineData("complex.npy", "the type '<c8'")]
    [InlineData("text.npy", "the type '<U2'")]
    public void Refuses_by_name_what_NumPy_writes_beside_numbers(string name, string found)
    {
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => NpyFile.Read(NumPyFiles.PathOf(name)));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_promises_gigabytes_takes_little_memory()
    {
        byte[] contents = NpyBytes.Npy("<f8", "(250000000,)", 1, 2, 3);
        File.WriteAllBytes(_folder["a"], contents);
        File.WriteAllBytes(_folder["a.gz"], IdxBytes.Compress(contents));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedFileException>(() => NpyFile.Read(_folder["a"]));
        Assert.Throws<MalformedFileException>(() => NpyFile.Read(_folder["a.gz"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Thousands_of_cuts_and_flips_give_a_valid_array_or_the_documented_exception()
    {
        byte[] whole = NpyBytes.Npy("<i4", "(2, 3)", [.. IdxBytes.Pixels(24)]);
        NumPyRandom random = new(4);
        int refused = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2_500; i++)
        {
            File.WriteAllBytes(_folder["damaged"], Damage.CutOrFlip(whole, random));
            try
            {
                NumericArray array = NpyFile.Read(_folder["damaged"]);
                Assert.Equal(24, array.Count * array.Type.Size);
                Assert.Equal(array.Count, array.Accept<FloatVisitor, float[]>(default).Length);
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1_250, 2_499);
        // A file is opened with a buffer of 64 KiB; nothing else is large.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_500L * (100 << 10));
    }
}
