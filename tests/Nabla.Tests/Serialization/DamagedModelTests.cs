using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Tests.Serialization;

/// <summary>Damaged and hostile model files: one clear line, nothing else, and no memory for what they promise.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Headers()
    {
        TheoryData<string, string> headers = new()
        {
            { "not JSON", "{" },
            { "not an object", "[]" },
            { "null", "null" },
            { "nothing", "" },
            { "nothing in it", "{}" },
            { "twice the same tensor", """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""" },
            { "twice the metadata", """{"__metadata__":{},"__metadata__":{}}""" },
            { "metadata of numbers", """{"__metadata__":{"nabla":5}}""" },
            { "metadata of another kind", """{"__metadata__":[1]}""" },
            { "a surrogate alone", """{"__metadata__":{"nabla":"\ud800"}}""" },
            { "a name of several lines", """{"a\n\u2028\u001b[2Jb":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}""" },
            { "a name of a megabyte", "{\"" + new string('a', 1 << 20) + "\":{\"dtype\":\"F64\"}}" },
            { "a shape of a hundred thousand extents", "{\"a\":{\"dtype\":\"F32\",\"shape\":[" + string.Join(',', Enumerable.Repeat(1, 100_000)) + "],\"data_offsets\":[0,9]}}" },
            { "nested too deep", new string('[', 100_000) },
            { "nested too deep in a tensor", "{\"a\":" + new string('[', 1000) + new string(']', 1000) + "}" },
        };
        string[] documents =
        [
            "", "{}", "[]", "null", "5", "\"", new string('[', 100_000),
            """{"format":2}""", """{"format":"1"}""", """{"format":1.5}""", """{"format":99999999999}""",
            Document(layers: ""), Document(layers: "null"), Document(layers: "5"), Document(layers: """{"units":2}"""), Document(layers: """{"type":"dense"}"""),
            Document(layers: """{"type":"conv","units":2}"""), Document(layers: """{"type":"dense","units":0,"activation":"Tanh","bias":true,"learningRateFactor":1}"""),
            Document(layers: """{"type":"dense","units":-1,"activation":"Tanh","bias":true,"learningRateFactor":1}"""), Document(layers: """{"type":"dense","units":2147483647,"activation":"Tanh","bias":true,"learningRateFactor":1}"""),
            Document(layers: """{"type":"dense","units":2147483648,"activation":"Tanh","bias":true,"learningRateFactor":1}"""), Document(layers: """{"type":"dense","units":1.5,"activation":"Tanh","bias":true,"learningRateFactor":1}"""),
            Document(layers: """{"type":"dense","units":2,"units":2,"activation":"Tanh","bias":true,"learningRateFactor":1}"""), Document(layers: """{"type":"dense","units":2,"activation":"Tanh","bias":true,"learningRateFactor":1,"colour":"red"}"""),
            Document(layers: """{"type":"dense","units":2,"bias":true,"learningRateFactor":1,"activation":"Softplus"}"""), Document(layers: """{"type":"dense","units":2,"bias":true,"learningRateFactor":1,"activation":9}"""),
            Document(layers: """{"type":"dense","units":2,"bias":true,"learningRateFactor":1,"activation":null}"""),
            Document(layers: """{"type":"dense","units":2,"activation":"Tanh","bias":true,"learningRateFactor":1,"weightInitializer":{"type":"normal","deviation":-1}}"""),
            Document(layers: """{"type":"dense","units":2,"activation":"Tanh","bias":true,"learningRateFactor":1,"weightInitializer":{"type":"variance-scaling","scale":1,"fan":7,"spread":"Normal"}}"""),
            Document(layers: string.Join(',', Enumerable.Repeat("""{"type":"dense","units":40000,"activation":"Tanh","bias":true,"learningRateFactor":1}""", 40))),
            Document(input: "[4,4]", layers: """{"type":"maxpooling2d","kernelHeight":0,"kernelWidth":2,"padding":0,"learningRateFactor":1}"""),
            Document(input: "[4,4]", layers: """{"type":"maxpooling2d","kernelHeight":5,"kernelWidth":2,"padding":0,"learningRateFactor":1}"""),
            Document(input: "[4,4]", layers: """{"type":"maxpooling2d","kernelHeight":2,"kernelWidth":2,"padding":2,"learningRateFactor":1}"""),
            Document(input: "[4,4]", layers: """{"type":"maxpooling2d","kernelHeight":2,"kernelWidth":2,"padding":-1,"learningRateFactor":1}"""),
            Document(input: "[4,4]", layers: """{"type":"maxpooling2d","kernelHeight":2,"kernelWidth":2,"learningRateFactor":1}"""),
            Document(input: "[2]", layers: """{"type":"add","activation":"Identity","learningRateFactor":1,"inputs":["input",null]}"""),
            Document(input: "[2]", layers: """{"type":"add","activation":"Identity","learningRateFactor":1,"inputs":null}"""),
            Document(input: "[2]", layers: """{"type":"concatenate","learningRateFactor":1,"inputs":["input","nowhere"]}"""),
            Document(input: "[2]", layers: """{"type":"residual","body":[null],"activation":"Identity","learningRateFactor":1}"""),
            Document(input: "[2]", layers: """{"type":"residual","body":null,"activation":"Identity","learningRateFactor":1}"""),
            Document(input: "[2]", layers: """{"type":"residual","body":[],"activation":"Identity","learningRateFactor":1}"""),
            Document(input: "[2]", layers: string.Concat(Enumerable.Repeat("{\"type\":\"residual\",\"activation\":\"Identity\",\"learningRateFactor\":1,\"body\":[", 500)) + string.Concat(Enumerable.Repeat("]}", 500))),
            Document(input: "[2]", layers: """{"type":"dense","units":1,"activation":"Identity","bias":false,"learningRateFactor":1,"name":""}"""),
            Document(input: "[2]", layers: """{"type":"dense","units":1,"activation":"Identity","bias":false,"learningRateFactor":1,"name":"input"}"""),
            Document(input: "[4,4]", layers: """{"type":"averagepooling2d","kernelHeight":2,"kernelWidth":2,"stride":0,"padding":0,"learningRateFactor":1}"""),
            Document(input: "[4,4]", layers: """{"type":"averagepooling2d","kernelHeight":2147483647,"kernelWidth":2147483647,"stride":2147483647,"padding":2147483647,"learningRateFactor":1}"""),
            Document(input: "[4,4]", layers: """{"type":"averagepooling2d","kernelHeight":2,"padding":0,"learningRateFactor":1}"""),
            Document(input: "[16]", layers: """{"type":"averagepooling2d","kernelHeight":2,"kernelWidth":2,"padding":0,"learningRateFactor":1}"""),
            .. new[]
            {
                """ "filters":0,"kernelHeight":2,"kernelWidth":2,"stride":1,"padding":0 """, """ "filters":1,"kernelHeight":0,"kernelWidth":2,"stride":1,"padding":0 """,
                """ "filters":1,"kernelHeight":5,"kernelWidth":2,"stride":1,"padding":0 """, """ "filters":1,"kernelHeight":2,"kernelWidth":2,"stride":0,"padding":0 """,
                """ "filters":1,"kernelHeight":2,"kernelWidth":2,"stride":1,"padding":-1 """, """ "filters":1,"kernelHeight":2,"kernelWidth":2,"stride":1 """,
                """ "filters":2147483647,"kernelHeight":2,"kernelWidth":2,"stride":1,"padding":0 """, """ "filters":1,"kernelHeight":2147483647,"kernelWidth":2147483647,"stride":1,"padding":2147483647 """,
            }.Select(size => Document(input: "[4,4]", layers: $$"""{"type":"convolution2d",{{size}},"activation":"Tanh","bias":true,"learningRateFactor":1}""")),
            .. new[] { "-0.1", "1", "2", "null", "\"0.5\"", "1e999" }.Select(rate => Document(layers: $$"""{"type":"dropout","rate":{{rate}},"learningRateFactor":1}""")),
            Document(layers: """{"type":"dropout","learningRateFactor":1}"""),
            .. new[]
            {
                "{}", "[]", """{"mean":[1]}""", """{"mean":[],"deviation":[]}""", """{"mean":[1],"deviation":[1,2]}""", """{"mean":[1],"deviation":[0]}""", """{"mean":[1],"deviation":[-1]}""",
                """{"mean":[1],"deviation":[1e-44]}""", """{"mean":[1e999],"deviation":[1]}""", """{"mean":[null],"deviation":[1]}""", """{"mean":null,"deviation":[1]}""",
                """{"mean":[1,2],"deviation":[1,2]}""",
            }.Select(figures => Document(preprocessing: $$"""{"byteDivisor":255,"standardization":{{figures}}}""")),
            .. new[]
            {
                "null", "{}", """{"type":"cosine"}""", """{"type":"phases"}""", """{"type":"phases","phases":[]}""", """{"type":"phases","phases":null}""", """{"type":"phases","phases":[null]}""",
                """{"type":"phases","phases":[{"epochs":1}]}""", """{"type":"phases","phases":[{"epochs":0,"learningRate":1}]}""", """{"type":"phases","phases":[{"epochs":1,"learningRate":0}]}""",
            }.Select(schedule => Document(more: Training(schedule))),
            Document(input: "[]"), Document(input: "null"), Document(input: "[0]"), Document(input: "[-3]"), Document(input: "[65536,65536]"), Document(input: "\"3\""),
            Document(preprocessing: "null"), Document(preprocessing: """{"byteDivisor":0}"""), Document(preprocessing: """{"byteDivisor":1e999}"""),
            Document(more: ",\"loss\":{\"type\":\"hinge\"}"), Document(more: ",\"loss\":{}"), Document(more: ",\"training\":{}"), Document(more: ",\"unknown\":1"),
        ];
        foreach (string document in documents)
        {
            string metadata = new JsonObject { ["__metadata__"] = new JsonObject { ["nabla"] = document, ["sha256"] = "" } }.ToJsonString();
            headers.Add(document.Length > 60 ? $"{document[..30]}…{document[^30..]} {headers.Count}" : document, metadata);
        }
        return headers;
    }

    public static TheoryData<string> Tensors() =>
    [
        """{"dtype":"F64","shape":[1,2],"data_offsets":[0,8]}""",
        """{"dtype":null,"shape":[1,2],"data_offsets":[0,8]}""",
        """{"dtype":32,"shape":[1,2],"data_offsets":[0,8]}""",
        """{"shape":[1,2],"data_offsets":[0,8]}""",
        """{"dtype":"F32","data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[1,2]}""",
        """{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[1,-2],"data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[1,2147483647],"data_offsets":[0,8589934588]}""",
        """{"dtype":"F32","shape":[2147483647,2147483647],"data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[1,99999999999],"data_offsets":[0,8]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[-8,0]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[8,0]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[0,4]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[0]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[0,8,16]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[9223372036854775807,-9223372036854775801]}""",
        """{"dtype":"F32","shape":[1,2],"data_offsets":[0.5,8]}""",
        """{"dtype":"F32","shape":"12","data_offsets":[0,8]}""",
        "null", "[]", "5",
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Thousands_of_cuts_and_flips_are_noticed_or_do_no_harm()
    {
        Network network = ModelFileTests.WithEverything();
        network.Save(_folder["model"]);
        byte[] original = File.ReadAllBytes(_folder["model"]);
        NumPyRandom random = new(20);
        int harmless = 0;
        for (int i = 0; i < 2_500; i++)
        {
            File.WriteAllBytes(_folder["damaged"], Damage.CutOrFlip(original, random));
            try
            {
                ModelFileTests.AssertEqual(network, Network.Load(_folder["damaged"]));
                harmless++;
            }
            catch (MalformedFileException error)
            {
                Assert.StartsWith(_folder["damaged"], error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
        }
        // A few change a space at the header's end, or undo themselves.
        Assert.InRange(harmless, 0, 125);
    }

    [Fact]
    public void Cut_at_any_byte_it_is_noticed()
    {
        ModelFileTests.Small().Save(_folder["model"]);
        byte[] original = File.ReadAllBytes(_folder["model"]);
        for (int length = 0; length < original.Length; length++)
        {
            File.WriteAllBytes(_folder["cut"], original[..length]);
            Assert.Throws<MalformedFileException>(() => Network.Load(_folder["cut"]));
        }
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void Hostile_headers_are_refused(string what, string header)
    {
        Assert.NotNull(what);
        AssertRefused(FileOf(header, new byte[8]));
        // For what it says, not for the tensors that are not there.
        Assert.DoesNotContain("found 0 tensors", AssertRefused(FileOf(header, [])), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Hostile_tensors_are_refused(string tensor)
    {
        string document = Document(layers: """{"type":"dense","units":2,"activation":"Tanh","bias":false,"learningRateFactor":1}""", input: "[1]");
        AssertRefused(FileOf(WithTensor(document, "dense1/weight", tensor), new byte[8]));
    }

    [Fact]
    public void The_same_file_with_a_good_tensor_is_read()
    {
        // With all that the hostile ones have, but right.
        string document = Document(
            layers: """{"type":"convolution2d","filters":1,"kernelHeight":1,"kernelWidth":2,"stride":1,"padding":0,"activation":"Tanh","bias":false,"learningRateFactor":1},{"type":"dropout","rate":0.5,"learningRateFactor":1}""",
            input: "[2,2]", preprocessing: """{"byteDivisor":255,"standardization":{"mean":[1,2],"deviation":[1,2]}}""",
            more: Training("""{"type":"phases","phases":[{"epochs":1,"learningRate":1}]}"""));
        File.WriteAllBytes(_folder["good"], FileOf(WithTensor(document, "convolution2d1/weight", """{"dtype":"F32","shape":[1,2,1,1],"data_offsets":[0,8]}"""), new byte[8]));
        Assert.Equal(2, Network.Load(_folder["good"]).Parameters.Length);

        document = Document(layers: """{"type":"dense","units":2,"activation":"Tanh","bias":false,"learningRateFactor":1}""", input: "[1]");
        string good = """{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}""";
        File.WriteAllBytes(_folder["good"], FileOf(WithTensor(document, "dense1/weight", good), new byte[8]));
        Assert.Equal(2, Network.Load(_folder["good"]).Parameters.Length);
        AssertRefused(FileOf(WithTensor(document, "dense1/weights", good), new byte[8]));
        AssertRefused(FileOf(WithTensor(document, "dense1/weight", good), new byte[12]));
        AssertRefused(FileOf(WithTensor(document, "dense1/weight", good), new byte[7]));
        string two = WithTensor(document, "dense1/weight", good);
        AssertRefused(FileOf(two.Insert(two.Length - 1, ""","b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"""), new byte[8]));
        AssertRefused(FileOf(two.Insert(two.Length - 1, ""","b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}"""), new byte[16]));
        AssertRefused(FileOf(two.Insert(two.Length - 1, ""","b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}"""), new byte[12]));
    }

    [Fact]
    public void A_file_without_its_checksum_is_refused()
    {
        string document = Document(layers: """{"type":"dense","units":2,"activation":"Tanh","bias":false,"learningRateFactor":1}""", input: "[1]");
        string good = """{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}""";
        string header = WithTensor(document, "dense1/weight", good);
        AssertRefused(FileOf(header.Replace("sha256", "sha257", StringComparison.Ordinal), new byte[8]));
        AssertRefused(FileOf(header.Replace("\"sha256\":\"\"", "\"sha256\":\"00\"", StringComparison.Ordinal), new byte[8]));
    }

    [Theory]
    [InlineData(0x8000000000000000)]
    [InlineData(0x7fffffffffffffff)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 32)]
    [InlineData(1000UL)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        byte[] bytes = FileOf("{}", new byte[40]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        AssertRefused(bytes);
    }

    [Fact]
    public void A_header_beyond_the_limit_is_refused_though_the_file_has_it()
    {
        string path = _folder["large"];
        using (FileStream stream = new(path, FileMode.CreateNew))
        {
            stream.Write(BitConverter.GetBytes(17L << 20));
            stream.SetLength(18 << 20);
        }
        Assert.Throws<MalformedFileException>(() => Network.Load(path));
    }

    private static string Document(string layers = """{"type":"dense","units":2,"activation":"Tanh","bias":true,"learningRateFactor":1}""", string input = "[3]", string preprocessing = """{"byteDivisor":255}""", string more = "") =>
        $$"""{"format":1,"input":{{input}},"layers":[{{layers}}],"preprocessing":{{preprocessing}}{{more}}}""";

    /// <summary>A description's member of how it was trained, right but for the schedule.</summary>
    private static string Training(string schedule)
    {
        JsonNode record = JsonSerializer.SerializeToNode(ModelFileTests.WithEverything().Training!, DocumentJson.TypeOf<TrainingRecord>())!;
        record["options"]!["schedule"] = JsonNode.Parse(schedule);
        return $",\"training\":{record.ToJsonString()}";
    }

    private static string WithTensor(string document, string name, string tensor) =>
        $$$"""{"__metadata__":{"nabla":{{{JsonValue.Create(document).ToJsonString()}}},"sha256":""},"{{{name}}}":{{{tensor}}}}""";

    private static byte[] FileOf(string header, byte[] numbers)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)text.Length), .. text, .. numbers];
    }

    private string AssertRefused(byte[] bytes)
    {
        string path = _folder["hostile"];
        File.WriteAllBytes(path, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Network.Load(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, character => char.IsControl(character) || character == '\u2028');
        Assert.InRange(error.Message.Length, path.Length, path.Length + 500);
        return error.Message;
    }
}
