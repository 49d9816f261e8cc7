using System.Diagnostics;
using Google.Protobuf;
using Nabla.Onnx.Format;

namespace Nabla.Tests.Onnx;

/// <summary>Files that are damaged or made to harm: one clear line, and no memory taken for what they claim.</summary>
public sealed class HostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cycle_is_named()
    {
        ModelBuilder model = new(17, 1, -1, 4);
        string first = model.Node("Add", ["x", "second"]), second = model.Node("Relu", [first]);
        model.Model.Graph.Node[0].Input[1] = second;
        AssertRefused(model.Build(second), "node '/Add_1' (Add) reads '/Relu_1_output', which depends on what that node puts out; expected a graph without cycles");
    }

    [Fact]
    public void What_nobody_puts_out_and_what_two_put_out_is_named()
    {
        ModelBuilder model = new(17, 1, -1, 4);
        AssertRefused(model.Build(model.Node("Add", ["x", "nothing"])), "reads 'nothing', which no node puts out");
        ModelBuilder twice = new(17, 1, -1, 4);
        string value = twice.Node("Relu", ["x"]);
        twice.Node("Relu", ["x"]);
        twice.Model.Graph.Node[1].Output[0] = value;
        AssertRefused(twice.Build(value), $"two nodes that put out '{value}'");
        AssertRefused(new ModelBuilder(17, 1, -1, 4).Build("x"), "has no graph with nodes");
    }

    [Theory]
    [InlineData(new long[] { 1L << 40, 1L << 40 }, "has the extents [1099511627776, 1099511627776]")]
    [InlineData(new long[] { -1, 4 }, "has the extents [-1, 4]")]
    [InlineData(new long[] { int.MaxValue, int.MaxValue }, "has the extents")]
    [InlineData(new long[] { 4, 100_000_000 }, "has the extents")]
    [InlineData(new long[] { 4, 1_000_000 }, "bytes, expected 16,000,000")]
    public void Giant_extents_take_no_memory(long[] extents, string expected)
    {
        ModelBuilder model = new(17, 1, -1, 4);
        string weights = model.Weights(4, 3), output = model.Node("MatMul", ["x", weights]);
        model.Model.Graph.Initializer[0].Dims.Clear();
        model.Model.Graph.Initializer[0].Dims.Add(extents);
        AssertRefused(model.Build(output), expected);
    }

    [Theory]
    [InlineData(new long[] { -1, 100_000, 100_000 })]
    [InlineData(new long[] { -1, long.MaxValue, long.MaxValue })]
    [InlineData(new long[] { -1, 0, 4 })]
    [InlineData(new long[] { -1 })]
    [InlineData(new long[] { -1, 1, 2, 3, 4, 5 })]
    public void An_input_of_no_sensible_size_is_refused(long[] extents)
    {
        ModelBuilder model = new(17, 1, extents);
        AssertRefused(model.Build(model.Node("Relu", ["x"])), "expected a batch and then one to four extents");
    }

    [Theory]
    [InlineData("../secret", "expected the name of a file beside the model")]
    [InlineData("/etc/passwd", "expected the name of a file beside the model")]
    [InlineData("a/../../b", "expected the name of a file beside the model")]
    [InlineData("C:\\secret", "expected the name of a file beside the model")]
    [InlineData("", "expected the name of a file beside the model")]
    [InlineData("missing", "which is not beside the model")]
    [InlineData("short", "bytes, expected 48 bytes within it")]
    [InlineData("link", "a link to elsewhere")]
    public void Weights_outside_the_models_folder_are_not_read(string location, string expected)
    {
        ModelBuilder model = new(17, 1, -1, 4);
        string output = model.Node("MatMul", ["x", model.Weights(4, 3)]);
        TensorProto tensor = model.Model.Graph.Initializer[0];
        (tensor.RawData, tensor.DataLocation) = (ByteString.Empty, TensorProto.Types.DataLocation.External);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        File.WriteAllBytes(_folder["short"], new byte[40]);
        using TemporaryFolder elsewhere = new();
        File.WriteAllBytes(elsewhere["weights"], new byte[48]);
        File.CreateSymbolicLink(_folder["link"], elsewhere["weights"]);
        AssertRefused(model.Build(output), expected);
    }

    [Fact]
    public void Lengths_of_two_gigabytes_and_millions_of_nodes_take_no_memory()
    {
        // Field 7, the graph, of 2 GiB, in a file of eight bytes.
        AssertRefused([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 1, 2], "is no ONNX model, or is damaged");
        // Nodes of two bytes each.
        byte[] nodes = [.. Enumerable.Repeat(new byte[] { 0x0A, 0x00 }, 3_000_000).SelectMany(node => node)];
        ModelProto model = new() { IrVersion = 8 };
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(nodes));
        }
        AssertRefused(stream.ToArray(), "nodes, attributes and tensors, expected at most as many", allowedBytes: 100_000_000);
        AssertRefused([], "has no graph");
        AssertRefused("\x89PNG"u8.ToArray(), "is no ONNX model");
    }

    [Fact]
    public void A_long_chain_of_nodes_is_read_without_recursion()
    {
        ModelBuilder model = new(17, 1, -1, 4);
        string value = "x";
        for (int i = 0; i < 50_000; i++)
        {
            value = model.Node("Identity", [value]);
        }
        // Last to first: the order has to be found.
        NodeProto[] nodes = [.. model.Model.Graph.Node.Reverse()];
        model.Model.Graph.Node.Clear();
        model.Model.Graph.Node.Add(nodes);
        AssertRefused(model.Build(value), "puts out what comes in", allowedBytes: 200_000_000);
    }

    [Fact]
    public void Weights_that_do_not_fit_and_operators_without_a_counterpart_are_named_with_help()
    {
        AssertNode(model => model.Node("MatMul", ["x", model.Weights(5, 3)]), "multiplies batch×4 by weights of [5, 3]; expected rows of 5 numbers");
        AssertNode(model => model.Nodes("LSTM", "", ["x", model.Weights(1, 4, 4), model.Weights(1, 4, 4)], 3)[0], "node '/LSTM_5' (LSTM) has no counterpart among the layers of Nabla; take it out");
        AssertNode(model => model.Nodes("FusedGemm", "com.microsoft", ["x"], 1)[0], "(com.microsoft.FusedGemm) has no counterpart");
        AssertNode(model => model.Node("Gemm", ["x", model.Weights(4, 3), model.Weights(7)]), "has biases of [7]; expected 3, one for each unit");
        AssertNode(model => model.Node("Softmax", [model.Node("Relu", ["x"])]) is var inner ? model.Node("Relu", [inner]) : "", "in the middle of the model");
        AssertNode(model => model.Node("Mul", ["x", model.Node("Relu", ["x"])]), "is a product of two values");
        AssertNode(model => model.Node("Reshape", ["x", model.Longs(2, -1)]), "makes [2, -1] of batch×4");
        AssertNode(model => model.Node("Reshape", ["x", model.Longs(-1, 3)]), "makes [-1, 3] of batch×4");
        AssertNode(model => model.Node("Transpose", ["x"], ("perm", new long[] { 1, 0 })), "expected the batch to stay first");
        AssertNode(model => model.Node("Conv", ["x", model.Weights(4, 4, 3, 3)]), "expected images");
        AssertNode(model => model.Node("LayerNormalization", ["x", model.Weights(4), model.Weights(4)], ("epsilon", -1f)), "node '/LayerNormalization_3' (LayerNormalization): Epsilon must be a number above 0");
        AssertNode(model => model.Node("Clip", ["x", model.Floats([float.NaN]), model.Floats([6])]), "clips to");
        AssertNode(model => model.Node("MatMul", ["x", model.Floats([.. Enumerable.Repeat(float.NaN, 8)], 4, 2)]), "infinite or not a number");
    }

    [Fact]
    public void Convolutions_that_Nabla_has_not_are_named()
    {
        AssertImage(model => model.Node("Conv", ["x", model.Weights(4, 2, 3, 3)], ("group", 2)), "is a convolution of 2 groups over 4 channels");
        AssertImage(model => model.Node("Conv", ["x", model.Weights(4, 4, 3, 3)], ("dilations", new long[] { 2, 2 })), "has dilations [2, 2]");
        AssertImage(model => model.Node("Conv", ["x", model.Weights(4, 4, 3, 3)], ("strides", new long[] { 1, 2 })), "has strides [1, 2]; expected the same down and across");
        AssertImage(model => model.Node("Conv", ["x", model.Weights(4, 5, 3, 3)]), "has kernels for 5 channels; expected 4");
        AssertImage(model => model.Node("Conv", ["x", model.Weights(4, 4, 30, 30)]), "does not fit");
        AssertImage(model => model.Node("Conv", ["x", model.Weights(4, 4, 3, 3)], ("pads", new long[] { 1_000_000, 1_000_000, 1_000_000, 1_000_000 })), "");
        AssertImage(model => model.Node("MaxPool", ["x"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", 1)), "export it with ceil_mode=False");
        AssertImage(model => model.Node("MaxPool", ["x"], ("kernel_shape", new long[] { 1L << 40, 2 })), "has windows of [1099511627776, 2]");
        AssertImage(model => model.Node("Slice", ["x", model.Longs(0), model.Longs(2), model.Longs(1)]), "expected rows and columns of images");
        AssertImage(model => model.Node("Concat", ["x", "x"], ("axis", 2)), "expected images along their channels");
    }

    [Fact]
    public void Cuts_and_flips_of_models_are_read_or_refused_in_one_line()
    {
        RandomNetworks networks = new(seed: 5);
        NumPyRandom random = new(seed: 6);
        string path = _folder["model.onnx"];
        for (int i = 0; i < 3000; i++)
        {
            File.WriteAllBytes(path, Damage.CutOrFlip(OnnxRuntime.Export(networks.Next()), random));
            try
            {
                Network network = Network.ImportOnnx(path);
                network.Score(new float[network.InputShape.Size], new float[network.OutputShape.Size]);
            }
            catch (MalformedFileException exception)
            {
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    private void AssertNode(Func<ModelBuilder, string> build, string expected)
    {
        ModelBuilder model = new(17, 1, -1, 4);
        AssertRefused(model.Build(build(model)), expected);
    }

    private void AssertImage(Func<ModelBuilder, string> build, string expected)
    {
        ModelBuilder model = new(17, 1, -1, 4, 7, 7);
        AssertRefused(model.Build(build(model)), expected);
    }

    private void AssertRefused(byte[] model, string expected, long allowedBytes = 20_000_000)
    {
        string path = _folder["model.onnx"];
        File.WriteAllBytes(path, model);
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        MalformedFileException exception = Assert.Throws<MalformedFileException>(() => Network.ImportOnnx(path));
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.True(taken < allowedBytes + 10 * model.Length, $"{taken:N0} bytes were taken for a file of {model.Length:N0}.");
        Assert.True(Stopwatch.GetElapsedTime(start).TotalSeconds < 20, "It took too long.");
    }
}
