using System.Text;

namespace Nabla.Tests.Data;

public sealed class PickleTests : IDisposable
{
    private const string Known = "only NumPy arrays, tuples, lists, dictionaries, numbers, strings, bytes, None and booleans are read, and nothing was executed.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Files of three parts; what is in them is a formula, see make_pickles.py.</summary>
    public static TheoryData<string> ThreeParts()
    {
        TheoryData<string> names = [];
        for (int protocol = 0; protocol <= 5; protocol++)
        {
            names.Add($"numpy1_protocol{protocol}");
            names.Add($"numpy1_fortran_protocol{protocol}");
            names.Add($"numpy2_protocol{protocol}");
            if (protocol <= 2)
            {
                names.Add($"python2_protocol{protocol}");
            }
        }
        return names;
    }

    [Theory]
    [MemberData(nameof(ThreeParts))]
    public void Reads_the_layout_of_deeplearning_net_in_every_protocol(string name)
    {
        File.WriteAllBytes(_folder["a.gz"], IdxBytes.Compress(Contents(name)));
        foreach (string path in new[] { PathOf(name), _folder["a.gz"] })
        {
            DataParts parts = DataFiles.Load(path);
            Assert.Equal($"pickle file {Path.GetFileName(path)}", parts.Source);
            CheckPart(parts.Train, 0, 32);
            CheckPart(parts.Validation!, 32, 8);
            CheckPart(parts.Test!, 40, 4);
        }
    }

    [Fact]
    public void Reads_pairs_and_dictionaries_with_other_values_beside()
    {
        DataParts pair = DataFiles.Load(PathOf("pair"));
        CheckPart(pair.Train, 0, 32);
        Assert.Null(pair.Validation);
        Assert.Null(pair.Test);

        DataParts two = DataFiles.Load(PathOf("two_pairs"));
        CheckPart(two.Train, 0, 32);
        Assert.Null(two.Validation);
        CheckPart(two.Test!, 40, 4);

        DataParts dictionary = DataFiles.Load(PathOf("dictionary"));
        CheckPart(dictionary.Train, 0, 32);
        CheckPart(dictionary.Test!, 40, 4);
        Assert.Null(DataFiles.Load(PathOf("dictionary_protocol0")).Test);
    }

    [Fact]
    public void Labels_may_be_lists_or_one_hot()
    {
        DataParts two = DataFiles.Load(PathOf("lists"));
        CheckPart(two.Train, 0, 32);
        CheckPart(two.Test!, 40, 4);
        CheckPart(DataFiles.Load(PathOf("list_pair")).Train, 0, 32);
        DataParts dictionary = DataFiles.Load(PathOf("one_hot"));
        CheckPart(dictionary.Train, 0, 32);
        CheckPart(dictionary.Test!, 40, 4);
        Assert.Contains("the pickle holds an array <f4 of shape (32, 16) and a list of 32 as its training part, expected NumPy arrays", Assert.Throws<MalformedFileException>(() => DataFiles.Load(PathOf("list_of_floats"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dictionary", new object[] { 1L, -2L, 3.5, true, false, 1L << 40, -(1L << 40), 1.5, -3L })]
    [InlineData("dictionary_protocol0", new object[] { 1L, -2L, 3.5, true, false, 1L << 40, 1.5 })]
    public void Reads_numbers_texts_and_bytes_as_Python_does(string name, object[] numbers)
    {
        PickledDictionary dictionary = Assert.IsType<PickledDictionary>(PickleReader.Read(PathOf(name)));
        List<object?> more = Assert.IsType<PickledSequence>(dictionary.Find("more")).Items;
        Assert.Equal(numbers, more.Where(value => value is long or double or bool));
        Assert.Null(more[3]);
        byte[] bytes = [.. "bytes"u8, .. name == "dictionary" ? Array.Empty<byte>() : [0xff]];
        Assert.Equal([bytes, []], more.OfType<byte[]>());
        Assert.Equal(["a"], Assert.IsType<PickledSequence>(more[^1]).Items);
        Assert.Equal(name == "dictionary" ? "text" : "text\n\\\u20ac\ud83d\ude00", dictionary.Find("note"));
    }

    /// <summary>What a file of code asks for, by name.</summary>
    public static TheoryData<string, string> Malicious() => new()
    {
        // Protocol 0, as exploits are written by hand: a global, its arguments, the call.
        { "cos\nsystem\n(S'touch /tmp/owned'\ntR.", "'os.system'" },
        { "cposix\nsystem\n(S'touch /tmp/owned'\ntR.", "'posix.system'" },
        { "cnt\nsystem\n(S'touch owned'\ntR.", "'nt.system'" },
        { "c__builtin__\neval\n(S'1'\ntR.", "'__builtin__.eval'" },
        { "cbuiltins\nexec\n(S'1'\ntR.", "'builtins.exec'" },
        { "csubprocess\nPopen\n(S'ls'\ntR.", "'subprocess.Popen'" },
        { "(ios\nsystem\n.", "'os.system'" },
        { "(S'ls'\nios\nsystem\n.", "'os.system'" },
        { "(cos\nsystem\nS'ls'\no.", "'os.system'" },
        { "(cnumpy\nndarray\nS'ls'\no.", "an object made in a way that NumPy does not use" },
        { "(S'ls'\ninumpy\nndarray\n.", "an object of 'Array' made in a way that NumPy does not use" },
        // Functions of NumPy that are not on the list, among them one that reads files and one that runs pickles.
        { "cnumpy\nload\n(S'x'\ntR.", "'numpy.load'" },
        { "cnumpy\nfromfile\n(S'x'\ntR.", "'numpy.fromfile'" },
        { "cnumpy.core.multiarray\nfromstring\n(S'x'\ntR.", "'numpy.core.multiarray.fromstring'" },
        { "cnumpy.testing._private.utils\nruncommand\n(S'x'\ntR.", "'numpy.testing._private.utils.runcommand'" },
        { "c_codecs\nlookup\n(S'x'\ntR.", "'_codecs.lookup'" },
        { "cnumpy\nndarray.__reduce__\n(tR.", "'numpy.ndarray.__reduce__'" },
        { "(cos\u0007\nsystem\n(tR.", "'os?.system'" },
        // Functions of the list with what NumPy does not give them.
        { "c_codecs\nencode\n(Vx\nVrot13\ntR.", "Encode with 2 arguments (a text, a text) that NumPy does not write" },
        { "cbuiltins\nbytes\n(K\u0001tR.", "Bytes with 1 arguments (a whole number) that NumPy does not write" },
        { "cnumpy\nndarray\n(K\u0001tR.", "Array with 1 arguments (a whole number) that NumPy does not write" },
        { "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(tS'b'\ntR.", "Reconstruct with 3 arguments (the function Type, a tuple of 0, 1 bytes) that NumPy does not write" },
        { "cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.", "an array of Python objects" },
        { "(S'x'\n(tR.", "a call of something that is no function" },
        { "(lp0\n(tb.", "a state for a list of 0" },
        { "(cnumpy\nndarray\n(tb.", "a state for the function Array" },
        { "(Psome.id\n.", "the persistent object 'some.id'" },
    };

    [Theory]
    [MemberData(nameof(Malicious))]
    public void Refuses_by_name_whatever_is_not_on_the_list(string text, string what)
    {
        File.WriteAllBytes(_folder["a"], Encoding.Latin1.GetBytes(text));
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"]));
        Assert.StartsWith($"{_folder["a"]}, byte ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($": the pickle asks for {what}, which is refused; {Known}", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<byte[], string> MaliciousBytes() => new()
    {
        { [0x80, 2, .. "cos\nsystem\n"u8, .. "X\u0002\0\0\0ls"u8, 0x85, (byte)'R', (byte)'.'], "'os.system'" },
        { [0x80, 4, 0x8c, 8, .. "builtins"u8, 0x8c, 4, .. "eval"u8, 0x93, .. "X\u0001\0\0\01"u8, 0x85, (byte)'R', (byte)'.'], "'builtins.eval'" },
        { [0x80, 4, 0x8c, 2, .. "os"u8, 0x94, 0x8c, 6, .. "system"u8, 0x94, 0x93, (byte)'.'], "'os.system'" },
        { [0x80, 2, .. "cos\nsystem\n"u8, (byte)')', 0x81, (byte)'.'], "'os.system'" },
        { [0x80, 2, .. "cnumpy\nndarray\n"u8, (byte)')', 0x81, (byte)'.'], "an object made in a way that NumPy does not use" },
        { [0x80, 4, .. "cnumpy\nndarray\n)}"u8, 0x92, (byte)'.'], "an object made in a way that NumPy does not use" },
        { [0x80, 2, (byte)'N', (byte)'Q', (byte)'.'], "a persistent object" },
        { [0x80, 2, 0x82, 7, (byte)'.'], "the extension 7" },
        { [0x80, 2, 0x83, 7, 1, (byte)'.'], "the extension 263" },
        { [0x80, 2, 0x84, 7, 1, 0, 0, (byte)'.'], "the extension 263" },
        { [0x80, 4, 0x8f, (byte)'.'], "a set" },
        { [0x80, 4, (byte)'(', 0x91, (byte)'.'], "a set" },
        { [0x80, 5, 0x97, (byte)'.'], "a buffer outside the file" },
    };

    [Theory]
    [MemberData(nameof(MaliciousBytes))]
    public void Refuses_by_name_in_binary_protocols_too(byte[] contents, string what)
    {
        File.WriteAllBytes(_folder["a"], contents);
        Assert.EndsWith($": the pickle asks for {what}, which is refused; {Known}",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_arrays_of_objects_though_NumPy_wrote_them() =>
        Assert.Contains("asks for an array of Python objects, which is refused",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(PathOf("object_array"))).Message, StringComparison.Ordinal);

    public static TheoryData<byte[], long, string> BadFiles() => new()
    {
        { [0x80], 1, "ends before the protocol; the file is cut short." },
        { [0x80, 6], 0, "the pickle has protocol 6, expected 0 to 5 at its beginning." },
        { [0x80, 2, 0x80, 2, (byte)'.'], 2, "the pickle has protocol 2 within it, expected 0 to 5 at its beginning." },
        { [0x80, 2, (byte)'N'], 3, "ends before the end of the pickle; the file is cut short." },
        { [0x80, 2, (byte)'.'], 2, "the pickle takes a value from an empty stack, expected one there." },
        { [0x80, 2, (byte)'N', (byte)'N', (byte)'.'], 4, "the pickle ends with 2 values and 0 marks, expected one value and no mark." },
        { [0x80, 2, (byte)'(', (byte)'N', (byte)'.'], 4, "the pickle ends with 1 values and 1 marks, expected one value and no mark." },
        { [0x80, 2, (byte)'N', (byte)'.', 1], 4, "goes on after the end of the pickle, expected nothing there; the file holds more than one, or is damaged." },
        { [0x80, 2, 0xff], 2, "the pickle has the operation ff, which no protocol has; it is damaged or no pickle." },
        { [0x80, 2, (byte)'t'], 2, "the pickle takes values up to a mark, expected one on the stack." },
        { [0x80, 2, (byte)'N', (byte)'(', 0x86], 4, "the pickle takes 2 values from a stack of 0, expected as many there." },
        { [0x80, 2, (byte)'h', 3], 2, "the pickle recalls place 3 of its memory, expected it to have been filled." },
        { [0x80, 2, .. "g-1\n"u8], 2, "the pickle has '-1' as a place in its memory, expected a whole number of at least 0." },
        { [0x80, 2, .. "NNa"u8], 4, "the pickle appends to None, expected a list." },
        { [0x80, 2, .. "}(Nu"u8], 5, "the pickle puts 1 keys and values into a dictionary of 0, expected pairs of them and a dictionary." },
        { [0x80, 2, .. "I1x\n"u8], 2, "the pickle has '1x' as a number, expected a whole one of at most 64 bits." },
        { [0x80, 2, .. "L99999999999999999999L\n"u8], 2, "the pickle has '99999999999999999999L' as a number, expected a whole one of at most 64 bits." },
        { [0x80, 2, .. "Fx\n"u8], 2, "the pickle has 'x' as a number, expected one." },
        { [0x80, 2, .. "Sx\n"u8], 2, "the pickle has a string that is not quoted as Python does, expected such a one." },
        { [0x80, 2, .. "V\\u12\n"u8], 2, "the pickle has a text with a wrong escape, expected \\u and four digits." },
        { [0x80, 2, (byte)'X', 1, 0, 0, 0, 0xff], 2, "the pickle has a text that is not UTF-8, expected UTF-8." },
        { [0x80, 2, 0x8a, 9], 2, "the pickle has a whole number of 9 bytes, expected at most 8." },
        { [0x80, 2, 0x8b, 255, 255, 255, 255], 2, "the pickle has a whole number of 4294967295 bytes, expected at most 8." },
        { [0x80, 4, 0x95, 0, 0, 0, 0, 1, 0, 0, 0], 2, "the pickle claims a frame of 4294967296 bytes, expected at most 2147483647." },
        { [0x80, 4, (byte)'N', (byte)'N', 0x93], 4, "the pickle asks for None of None, expected two texts." },
        // Lengths of 0.5 GB to 2^64, of which nothing is there.
        { [0x80, 2, (byte)'T', 0, 0, 0, 0x3f], 7, "ends within a string: found 0 bytes from byte 7 on, expected 1056964608; the file is cut short or its header is wrong." },
        { [0x80, 2, (byte)'B', 255, 255, 255, 255, 1, 2, 3], 7, "claims 4294967295 bytes for bytes, expected at most 1073741824 in all." },
        { [0x80, 4, 0x8e, 255, 255, 255, 255, 255, 255, 255, 255], 11, "claims 18446744073709551615 bytes for bytes, expected at most 1073741824 in all." },
        { [0x80, 4, 0x8d, 0, 0, 0, 0x10, 0, 0, 0, 0, 1, 2], 13, "ends within a text: found 2 bytes from byte 11 on, expected 268435456; the file is cut short or its header is wrong." },
        { [0x80, 5, 0x96, 0, 0, 0, 0, 1, 0, 0, 0], 11, "claims 4294967296 bytes for bytes, expected at most 1073741824 in all." },
        // Arrays whose shape and bytes differ.
        { ArrayOf("f4", [.. "(K\u0002K\u0003t"u8], 5), 74, "the pickle has an array of 5 bytes, expected 24 as its shape (2, 3) of <f4 needs." },
        { ArrayOf("f4", [.. "(J\0\0\0@K\u0008t"u8], 5), 77, "the pickle has an array that has the shape (1073741824, 8), expected extents of at least 0, at most 1073741824 numbers and 2147483591 bytes." },
        { ArrayOf("f4", [.. "(Nt"u8], 5), 71, "the pickle has an array whose shape is no tuple of whole numbers, expected such a one." },
        { ArrayOf("c8", [.. "(K\u0001t"u8], 8), 63, "the pickle has an array of type 'c8', expected plain numbers, b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4 or f8." },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Names_what_is_wrong(byte[] contents, long offset, string message)
    {
        File.WriteAllBytes(_folder["a"], contents);
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"]));
        Assert.Equal($"{_folder["a"]}, byte {offset}: {message}", error.Message);
    }

    [Theory]
    [InlineData("N.", "None")]
    [InlineData("(lp0\n.", "a list of 0")]
    [InlineData("(K\u0001K\u0002t.", "a whole number as its training part")]
    [InlineData("(K\u0001K\u0002K\u0003K\u0004t.", "a tuple of 4")]
    [InlineData("((NNt(NNt(NNtt.", "None and None as its training part")]
    [InlineData("((NNNt(NNtt.", "a tuple of 3 as its training part")]
    public void Names_what_a_pickle_of_another_layout_holds(string text, string found)
    {
        File.WriteAllBytes(_folder["a"], [0x80, 2, .. Encoding.Latin1.GetBytes(text)]);
        Assert.Equal($"{_folder["a"]}: the pickle holds {found}, expected NumPy arrays as (images, labels), a tuple of two or three such pairs, or a dictionary of x_train, y_train, x_test, y_test and perhaps x_val, y_val; labels may be a list of numbers.",
            Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a"])).Message);
    }

    /// <summary>Files of a few bytes that want much of a reader.</summary>
    public static TheoryData<string, byte[], string> Bombs() => new()
    {
        { "nesting by marks", [0x80, 2, .. Repeat("("u8, 1_000_000)], "marks" },
        { "values on the stack", [0x80, 2, .. Repeat("N"u8, 1_500_000)], "values on its stack" },
        { "places in the memory", Memory(), "in its memory" },
        { "a memory that grows by its length", [0x80, 4, (byte)'N', .. Repeat([0x94], 1_500_000)], "in its memory" },
        { "a memory of great places", [0x80, 2, (byte)'N', .. Repeat([(byte)'r', 255, 255, 255, 255, (byte)'j', 254, 255, 255, 255], 10)], "recalls place 4294967294" },
        { "endless operations", [0x80, 2, .. Repeat("N0"u8, 2_500_000)], "goes on after 2000000 operations" },
        // Tuple in tuple in tuple: a million deep, and a list of itself.
        { "nesting by tuples", [0x80, 2, (byte)'N', .. Repeat([0x85], 1_000_000), (byte)'.'], "holds a tuple of 1," },
        { "a list of itself", [0x80, 2, .. "]q\0h\0ah\0a."u8], "holds a list of 2 and a list of 2 as its training part" },
        { "doubled lists", Doubled(), "holds a list of 2 and a list of 2 as its training part" },
        // 1 MB of text as bytes, again and again.
        { "encoded text", Encoded(), "bytes of text, expected no more than the file has had" },
        { "an endless line", [.. "(S'"u8, .. new byte[3_000_000]], "ends within a string" },
        { "an endless number", [.. "(I"u8, .. Repeat("1"u8, 3_000_000)], "a number goes on after 100 bytes" },
        { "an endless name", [.. "(c"u8, .. Repeat("a"u8, 3_000_000)], "a module goes on after 256 bytes" },
        { "a length beyond that of a pickle", [0x80, 4, 0x8e, 0, 0, 0, 0x40, 0, 0, 0, 0], "claims 1073741824 bytes for bytes, expected at most 1073741824 in all" },
        { "a text beyond that of a string", [0x80, 4, (byte)'X', 1, 0, 0, 0x20], "claims a text of 536870913 bytes, expected at most 536870912" },
        { "the same great array many times", Arrays(), "holds a tuple of 1000," },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Bombs_are_refused_before_they_take_much_memory(string name, byte[] contents, string message)
    {
        Assert.NotNull(name);
        File.WriteAllBytes(_folder["a"], contents);
        File.WriteAllBytes(_folder["a.gz"], IdxBytes.Compress(contents));
        foreach (string path in new[] { _folder["a"], _folder["a.gz"] })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            MalformedFileException error = Assert.Throws<MalformedFileException>(() => DataFiles.Load(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 150 << 20);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_length_that_promises_gigabytes_takes_little_memory()
    {
        File.WriteAllBytes(_folder["a.gz"], IdxBytes.Compress([0x80, 2, (byte)'T', 0, 0, 0, 0x3f, .. new byte[100_000]]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a.gz"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_small_file_that_unpacks_to_more_than_a_pickle_may_have_is_refused()
    {
        // 70 times 16 MB of bytes that are dropped again: 1.1 thousand million bytes out of some 5 MB.
        using (FileStream file = File.Create(_folder["a.gz"]))
        using (System.IO.Compression.GZipStream gzip = new(file, System.IO.Compression.CompressionLevel.Fastest))
        {
            byte[] zeros = new byte[1 << 24];
            gzip.Write([0x80, 2]);
            for (int i = 0; i < 70; i++)
            {
                gzip.Write([(byte)'T', 0, 0, 0, 1]);
                gzip.Write(zeros);
                gzip.Write("0"u8);
            }
        }
        Assert.Contains("would unpack ", Assert.Throws<MalformedFileException>(() => DataFiles.Load(_folder["a.gz"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("numpy1_protocol0")]
    [InlineData("numpy1_fortran_protocol1")]
    [InlineData("numpy1_protocol2")]
    [InlineData("numpy2_protocol3")]
    [InlineData("numpy1_protocol4")]
    [InlineData("numpy2_protocol5")]
    [InlineData("python2_protocol0")]
    [InlineData("python2_protocol2")]
    [InlineData("dictionary")]
    [InlineData("dictionary_protocol0")]
    public void Twenty_five_thousand_cuts_and_flips_give_valid_data_or_the_documented_exception(string name)
    {
        byte[] whole = Contents(name);
        NumPyRandom random = new(6);
        int refused = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2_500; i++)
        {
            byte[] damaged = Damage.CutOrFlip(whole, random);
            if (i % 2 == 0)
            {
                // The first 300 bytes hold all kinds of operations.
                damaged = [.. Damage.CutOrFlip(whole[..300], random), .. whole[300..]];
            }
            File.WriteAllBytes(_folder["damaged"], damaged);
            try
            {
                DataParts parts = DataFiles.Load(_folder["damaged"]);
                Assert.Equal(16 * 32, parts.Train.Count * parts.Train.Features.SampleShape.Size);
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 750, 2_499);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_500L * (2 << 20));
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "Pickle", "Files", name + ".pkl");

    private static byte[] Contents(string name) => File.ReadAllBytes(PathOf(name));

    private static void CheckPart(DataSet part, int start, int count)
    {
        Assert.Equal([4, 4], part.Features.SampleShape);
        Assert.Equal(Enumerable.Range(16 * start, 16 * count).Select(i => (byte)(37 * i + 11)), Assert.IsType<ByteFeatures>(part.Features).Values.ToArray());
        Assert.Equal(Enumerable.Range(start, count).Select(i => i % 10), ((ClassLabels)part.Targets).Values.ToArray());
    }

    private static byte[] Repeat(ReadOnlySpan<byte> bytes, int count)
    {
        byte[] repeated = new byte[bytes.Length * count];
        for (int i = 0; i < count; i++)
        {
            bytes.CopyTo(repeated.AsSpan(i * bytes.Length));
        }
        return repeated;
    }

    /// <summary>A hundred thousand places and one, far apart.</summary>
    private static byte[] Memory()
    {
        List<byte> bytes = [0x80, 2, (byte)'N'];
        for (int i = 0; i < 200_000; i++)
        {
            bytes.Add((byte)'r');
            bytes.AddRange(BitConverter.GetBytes(i * 20_000));
        }
        return [.. bytes];
    }

    /// <summary>Thirty lists of two, each of the one before: a thousand million ends for whoever walks them.</summary>
    private static byte[] Doubled()
    {
        List<byte> bytes = [0x80, 2, .. "]q\0"u8];
        for (byte i = 0; i < 30; i++)
        {
            bytes.AddRange([(byte)']', (byte)'q', (byte)(i + 1), (byte)'h', i, (byte)'a', (byte)'h', i, (byte)'a']);
        }
        return [.. bytes, .. Repeat("0"u8, 31), (byte)'h', 30, (byte)'h', 30, 0x86, (byte)'.'];
    }

    private static byte[] Encoded()
    {
        const int Length = 1 << 20;
        List<byte> bytes = [0x80, 2, .. "c_codecs\nencode\nq\0"u8, (byte)'X', .. BitConverter.GetBytes(Length), .. Repeat("a"u8, Length), .. "q\u0001X\u0006\0\0\0latin1"u8, 0x86, (byte)'q', 2];
        for (int i = 0; i < 10_000; i++)
        {
            bytes.AddRange("h\0h\u0002R"u8);
        }
        return [.. bytes];
    }

    /// <summary>A thousand arrays of big-endian numbers over one megabyte, which may not be transposed before they are needed.</summary>
    private static byte[] Arrays()
    {
        const int Length = 1 << 20;
        List<byte> bytes = [0x80, 2, .. "cnumpy.core.numeric\n_frombuffer\nq\0(T"u8, .. BitConverter.GetBytes(Length), .. new byte[Length]];
        bytes.AddRange([.. "cnumpy\ndtype\nX\u0003\0\0\0>f4"u8, 0x85, (byte)'R', (byte)'J', .. BitConverter.GetBytes(Length / 4), 0x85]);
        bytes.AddRange("X\u0001\0\0\0Ctq\u000100("u8);
        for (int i = 0; i < 1000; i++)
        {
            bytes.AddRange("h\0h\u0001R"u8);
        }
        return [.. bytes, (byte)'t', (byte)'.'];
    }

    /// <summary>An array with its shape as operations, and as many bytes.</summary>
    private static byte[] ArrayOf(string type, byte[] shape, int length) =>
    [
        0x80, 2, .. "cnumpy.core.numeric\n_frombuffer\n(U"u8, (byte)length, .. new byte[length],
        .. "cnumpy\ndtype\nU\u0002"u8, .. Encoding.ASCII.GetBytes(type), 0x85, (byte)'R', .. shape, .. "X\u0001\0\0\0CtR."u8,
    ];
}
