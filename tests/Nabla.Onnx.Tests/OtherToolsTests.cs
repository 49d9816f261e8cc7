using System.Runtime.InteropServices;
using Google.Protobuf;
using Nabla.Onnx.Format;

namespace Nabla.Tests.Onnx;

/// <summary>Models in the forms that other tools' exporters write, node for node; what ONNX Runtime makes of them is what the imported network has to say.</summary>
public sealed class OtherToolsTests : IDisposable
{
    private const int Batch = 3;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PyTorch_perceptron_whose_view_takes_the_batch_from_its_input()
    {
        ModelBuilder model = new(opset: 17, seed: 1, -1, 1, 28, 28);
        // x.view(x.size(0), -1), as the exporter by tracing writes it.
        string size = model.Node("Gather", [model.Node("Shape", ["x"]), model.ConstantScalar(0)], ("axis", 0));
        string shape = model.Node("Concat", [model.Node("Unsqueeze", [size, model.Longs(0)]), model.ConstantNode(-1)], ("axis", 0));
        string rows = model.Node("Reshape", ["x", shape]);
        string hidden = model.Node("Relu", [model.Node("Gemm", [rows, model.Weights(30, 784), model.Weights(30)], ("alpha", 1f), ("beta", 1f), ("transB", 1))]);
        string logits = model.Node("Gemm", [model.Node("Dropout", [hidden]), model.Weights(10, 30), model.Weights(10)], ("transB", 1));
        Network network = AssertAgrees(model, model.Node("LogSoftmax", [logits], ("axis", 1)), [1, 28, 28]);
        Assert.Equal([28, 28], network.InputShape);
        Assert.Equal(["Flatten 28×28 → 784", "Dense 784 → 30, ReLU  (23,550 parameters)", "Dense 30 → 10  (310 parameters)"], network.Layers.Select(layer => $"{layer}"));
        Assert.IsType<SoftmaxCrossEntropyLoss>(network.Loss);
    }

    [Fact]
    public void PyTorch_convolutions_of_colour_images_flattened_channels_first()
    {
        ModelBuilder model = new(opset: 17, seed: 2, -1, 3, 9, 8);
        string value = model.Node("Conv", ["x", model.Weights(5, 3, 3, 3), model.Weights(5)], ("dilations", new long[] { 1, 1 }), ("group", 1), ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 1, 1 }));
        value = model.Node("BatchNormalization", [value, model.Positive(5), model.Weights(5), model.Weights(5), model.Positive(5)], ("epsilon", 1e-5f), ("momentum", 0.9f), ("training_mode", 0));
        value = model.Node("MaxPool", [model.Node("Relu", [value])], ("ceil_mode", 0), ("kernel_shape", new long[] { 2, 2 }), ("pads", new long[] { 0, 0, 0, 0 }), ("strides", new long[] { 2, 2 }));
        value = model.Node("Flatten", [value], ("axis", 1));
        value = model.Node("Gemm", [value, model.Weights(7, 80), model.Weights(7)], ("transB", 1));
        Network network = AssertAgrees(model, value, [3, 9, 8]);
        Assert.Equal([9, 8, 3], network.InputShape);
    }

    [Fact]
    public void PyTorch_dynamo_residual_depthwise_and_external_weights()
    {
        ModelBuilder model = new(opset: 18, seed: 3, -1, 4, 6, 6);
        model.Model.ProducerName = "pytorch";
        string depthwise = model.Node("Conv", ["x", model.Weights(4, 1, 3, 3), model.Weights(4)], ("group", 4), ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 1, 1 }), ("auto_pad", "NOTSET"));
        string clipped = model.Node("Clip", [depthwise, model.Node("Constant", [], ("value", ModelBuilder.FloatTensor([0]))), model.Node("Constant", [], ("value", ModelBuilder.FloatTensor([6])))]);
        string point = model.Node("Conv", [clipped, model.Weights(4, 4, 1, 1)], ("strides", new long[] { 1, 1 }));
        string sum = model.Node("Relu", [model.Node("Add", [point, "x"])]);
        // torch.nn.functional.gelu before opset 20.
        string error = model.Node("Erf", [model.Node("Div", [sum, model.Floats([1.4142135f])])]);
        string gelu = model.Node("Mul", [model.Node("Mul", [sum, model.Node("Add", [error, model.Floats([1])])]), model.Floats([0.5f])]);
        string silu = model.Node("Mul", [gelu, model.Node("Sigmoid", [gelu])]);
        string mean = model.Node("ReduceMean", [silu, model.Longs(-1, -2)], ("keepdims", 1), ("noop_with_empty_axes", 0));
        string rows = model.Node("Reshape", [mean, model.Longs(-1, 4)], ("allowzero", 1));
        string logits = model.Node("Gemm", [rows, model.Weights(3, 4), model.Weights(3)], ("transB", 1));
        byte[] whole = model.Build(logits);

        // The same weights in a file beside the model.
        MemoryStream beside = new();
        foreach (TensorProto tensor in model.Model.Graph.Initializer.Where(tensor => tensor.RawData.Length >= 16 && tensor.DataType == 1))
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "model.onnx.data" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{beside.Position}" });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{tensor.RawData.Length}" });
            beside.Write(tensor.RawData.Span);
            (tensor.RawData, tensor.DataLocation) = (ByteString.Empty, TensorProto.Types.DataLocation.External);
        }
        File.WriteAllBytes(_folder["model.onnx.data"], beside.ToArray());
        Network network = AssertAgrees(whole, model.Build(logits), [4, 6, 6]);
        Assert.Equal(["depthwiseconvolution2d1", "clip1", "convolution2d1", "add1", "gelu1", "silu1", "globalaveragepooling2d1", "dense1"], network.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Keras_images_channels_last_with_transposes_and_padding_of_one_side()
    {
        ModelBuilder model = new(opset: 15, seed: 4, -1, 12, 12, 3);
        string value = model.Node("Transpose", ["x"], ("perm", new long[] { 0, 3, 1, 2 }));
        value = model.Node("Relu", [model.Node("Conv", [value, model.Weights(6, 3, 3, 3), model.Weights(6)], ("auto_pad", "SAME_UPPER"), ("strides", new long[] { 2, 2 }), ("kernel_shape", new long[] { 3, 3 }), ("dilations", new long[] { 1, 1 }))]);
        value = model.Node("BatchNormalization", [value, model.Positive(6), model.Weights(6), model.Weights(6), model.Positive(6)], ("epsilon", 0.001f));
        value = model.Node("Conv", [value, model.Weights(5, 6, 2, 2)], ("auto_pad", "SAME_LOWER"), ("strides", new long[] { 1, 1 }), ("kernel_shape", new long[] { 2, 2 }));
        // A bias that was not taken into the convolution.
        value = model.Node("Add", [value, model.Weights(1, 5, 1, 1)]);
        value = model.Node("AveragePool", [value], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("auto_pad", "VALID"));
        value = model.Node("Transpose", [value], ("perm", new long[] { 0, 2, 3, 1 }));
        value = model.Node("Reshape", [value, model.Longs(-1, 45)]);
        value = model.Node("Relu", [model.Node("Add", [model.Node("MatMul", [value, model.Weights(45, 8)]), model.Weights(8)])]);
        value = model.Node("Add", [model.Node("MatMul", [value, model.Weights(8, 4)]), model.Weights(4)]);
        Network network = AssertAgrees(model, model.Node("Softmax", [value], ("axis", -1)), [12, 12, 3], isChannelsFirst: false);
        Assert.Equal([12, 12, 3], network.InputShape);
        Assert.Equal("Dense 8 → 4  (36 parameters)", $"{network.Layers[^1]}");
    }

    [Fact]
    public void Keras_global_average_of_images_channels_last_and_a_rescaling_of_bytes()
    {
        ModelBuilder model = new(opset: 13, seed: 5, -1, 7, 6, 3);
        string scaled = model.Node("Add", [model.Node("Mul", ["x", model.Floats([1 / 127.5f])]), model.Floats([-1])]);
        string value = model.Node("Conv", [model.Node("Transpose", [scaled], ("perm", new long[] { 0, 3, 1, 2 })), model.Weights(4, 3, 3, 3), model.Weights(4)], ("pads", new long[] { 1, 1, 1, 1 }));
        value = model.Node("Transpose", [model.Node("LeakyRelu", [value], ("alpha", 0.3f))], ("perm", new long[] { 0, 2, 3, 1 }));
        value = model.Node("ReduceMean", [value], ("axes", new long[] { 1, 2 }), ("keepdims", 0));
        value = model.Node("Add", [model.Node("MatMul", [value, model.Weights(4, 2)]), model.Weights(2)]);
        Network network = AssertAgrees(model, model.Node("Sigmoid", [value]), [7, 6, 3], isChannelsFirst: false);
        Assert.Equal(127.5f, network.Preprocessing.FloatDivisor!.Value, 4);
        Assert.Equal([1f], network.Preprocessing.Standardization!.Mean);
        // Bytes go the same way.
        byte[] bytes = [.. Enumerable.Range(0, 126).Select(i => (byte)(i * 2))];
        float[] fromBytes = new float[2], fromFloats = new float[2];
        network.Score(bytes, fromBytes);
        network.Score([.. bytes.Select(value => (float)value)], fromFloats);
        Assert.Equal(fromFloats, fromBytes);
    }

    [Fact]
    public void Torchvision_normalisation_in_the_graph_becomes_preprocessing()
    {
        ModelBuilder model = new(opset: 17, seed: 6, -1, 3, 5, 5);
        string value = model.Node("Div", [model.Node("Sub", ["x", model.Floats([0.485f, 0.456f, 0.406f], 1, 3, 1, 1)]), model.Floats([0.229f, 0.224f, 0.225f], 1, 3, 1, 1)]);
        value = model.Node("Conv", [value, model.Weights(2, 3, 2, 2)]);
        value = model.Node("Gemm", [model.Node("Flatten", [value]), model.Weights(2, 32), model.Weights(2)], ("transB", 1));
        Network network = AssertAgrees(model, value, [3, 5, 5]);
        Assert.Equal([0.485f, 0.456f, 0.406f], network.Preprocessing.Standardization!.Mean);
        Assert.Equal([0.229f, 0.224f, 0.225f], network.Preprocessing.Standardization!.Deviation);
    }

    [Fact]
    public void Scikit_learn_pipeline_of_a_scaler_and_a_perceptron()
    {
        ModelBuilder model = new(opset: 17, seed: 7, -1, 4);
        model.Model.ProducerName = "skl2onnx";
        model.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 1 });
        string value = model.Nodes("Scaler", "ai.onnx.ml", ["x"], 1, ("offset", new[] { 5.8f, 3, 3.7f, 1.2f }), ("scale", new[] { 1.2f, 2.3f, 0.57f, 1.3f }))[0];
        value = model.Node("Cast", [value], ("to", 1));
        value = model.Node("Relu", [model.Node("Add", [model.Node("MatMul", [value, model.Weights(4, 9)]), model.Weights(1, 9)])]);
        value = model.Node("Add", [model.Node("MatMul", [value, model.Weights(9, 3)]), model.Weights(1, 3)]);
        string probabilities = model.Node("Softmax", [value], ("axis", 1));
        string label = model.Node("Cast", [model.Node("ArgMax", [probabilities], ("axis", 1), ("keepdims", 1))], ("to", 7));
        string map = model.Nodes("ZipMap", "ai.onnx.ml", [probabilities], 1, ("classlabels_strings", new[] { "setosa", "versicolor", "virginica" }))[0];
        byte[] oracle = model.Build(probabilities);
        model.Build(map);
        model.Model.Graph.Output.Insert(0, ModelBuilder.Info(label, TensorProto.Types.DataType.Int64, -1, 1));
        model.Model.Graph.Output[1] = new ValueInfoProto { Name = map, Type = new TypeProto() };
        Network network = AssertAgrees(oracle, model.Model.ToByteArray(), [4]);
        Assert.Equal(["setosa", "versicolor", "virginica"], network.ClassNames);
        Assert.Equal([5.8f, 3, 3.7f, 1.2f], network.Preprocessing.Standardization!.Mean);
    }

    [Fact]
    public void Scikit_learn_logistic_regression_with_softmax()
    {
        ModelBuilder model = new(opset: 17, seed: 8, -1, 4);
        model.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 1 });
        string[] outputs = model.Nodes(
            "LinearClassifier", "ai.onnx.ml", ["x"], 2, ("coefficients", model.Random(3, 4)), ("intercepts", model.Random(3)), ("classlabels_ints", new long[] { 0, 1, 2 }), ("multi_class", 1), ("post_transform", "SOFTMAX"));
        AssertAgrees(model, outputs[1], [4]);
    }

    [Fact]
    public void Rows_that_the_model_makes_images_of_and_padding_as_a_node()
    {
        ModelBuilder model = new(opset: 17, seed: 9, -1, 60);
        string value = model.Node("Reshape", ["x", model.Longs(0, 3, 4, 5)]);
        value = model.Node("Pad", [value, model.Longs(0, 0, 1, 0, 0, 0, 2, 1), model.Floats([0])], ("mode", "constant"));
        value = model.Node("Tanh", [model.Node("Conv", [value, model.Weights(2, 3, 3, 3), model.Weights(2)])]);
        value = model.Node("Gemm", [model.Node("Flatten", [value]), model.Weights(40, 3), model.Weights(3)]);
        Network network = AssertAgrees(model, value, [3, 4, 5]);
        Assert.Equal([4, 5, 3], network.InputShape);
    }

    [Fact]
    public void A_batch_of_one_weights_as_nodes_and_transposed_and_a_normalisation_of_flattened_features()
    {
        ModelBuilder model = new(opset: 11, seed: 10, 1, 2, 3, 4);
        string weights = model.Node("Constant", [], ("value", ModelBuilder.FloatTensor(model.Random(5, 24), 5, 24)));
        string value = model.Node("Conv", ["x", model.Weights(2, 2, 1, 1)]);
        value = model.Node("Reshape", [value, model.ConstantNode(1, 24)]);
        value = model.Node("BatchNormalization", [value, model.Positive(24), model.Weights(24), model.Weights(24), model.Positive(24)]);
        value = model.Node("MatMul", [value, model.Node("Transpose", [weights], ("perm", new long[] { 1, 0 }))]);
        value = model.Node("Mul", [value, model.Weights(5)]);
        Network network = AssertAgrees(model, model.Node("Identity", [value]), [2, 3, 4], batch: 1);
        Assert.Equal(4, network.Layers.Count);
    }

    [Fact]
    public void Weights_of_other_precisions_and_in_lists_of_their_own()
    {
        ModelBuilder model = new(opset: 20, seed: 12, -1, 6);
        // As float16 they were rounded before, so that the oracle has the same.
        Half[] halves = [.. model.Random(6, 5).Select(value => (Half)value)];
        string first = model.Floats([.. halves.Select(value => (float)value)], 6, 5), second = model.Weights(5, 4), third = model.Weights(4);
        string value = model.Node("Gelu", [model.Node("MatMul", ["x", first])]);
        value = model.Node("Sum", [value, model.Node("Softplus", [value])]);
        value = model.Node("Gemm", [value, second, third], ("alpha", 0.5f), ("beta", 2f));
        byte[] oracle = model.Build(value);
        TensorProto[] tensors = [.. model.Model.Graph.Initializer];
        (tensors[0].DataType, tensors[0].RawData) = ((int)TensorProto.Types.DataType.Float16, ByteString.CopyFrom(MemoryMarshal.AsBytes(halves.AsSpan()).ToArray()));
        tensors[1].FloatData.Add(MemoryMarshal.Cast<byte, float>(tensors[1].RawData.Span).ToArray());
        tensors[2].DoubleData.Add(MemoryMarshal.Cast<byte, float>(tensors[2].RawData.Span).ToArray().Select(number => (double)number));
        (tensors[1].RawData, tensors[2].RawData, tensors[2].DataType) = (ByteString.Empty, ByteString.Empty, (int)TensorProto.Types.DataType.Double);
        AssertAgrees(oracle, model.Build(value), [6]);
    }

    [Fact]
    public void Greatest_of_an_image_and_a_normalisation_of_its_channels()
    {
        ModelBuilder model = new(opset: 17, seed: 13, -1, 3, 6, 5);
        // As ConvNeXt does: channels last for the normalisation alone.
        string last = model.Node("Transpose", ["x"], ("perm", new long[] { 0, 2, 3, 1 }));
        string normalized = model.Node("LayerNormalization", [last, model.Positive(3), model.Weights(3)], ("axis", -1), ("epsilon", 1e-6f));
        string value = model.Node("Conv", [model.Node("Transpose", [normalized], ("perm", new long[] { 0, 3, 1, 2 })), model.Weights(4, 3, 1, 1)]);
        value = model.Node("Squeeze", [model.Node("GlobalMaxPool", [value]), model.Longs(2, 3)]);
        AssertAgrees(model, model.Node("Gemm", [value, model.Weights(2, 4)], ("transB", 1)), [3, 6, 5]);
    }

    [Fact]
    public void An_imported_network_trains_on()
    {
        ModelBuilder model = new(opset: 17, seed: 11, -1, 1, 28, 28);
        string value = model.Node("Relu", [model.Node("Conv", ["x", model.Weights(4, 1, 5, 5), model.Weights(4)], ("strides", new long[] { 2, 2 }))]);
        value = model.Node("Gemm", [model.Node("Flatten", [value]), model.Weights(10, 576), model.Weights(10)], ("transB", 1));
        Network network = AssertAgrees(model, value, [1, 28, 28]);
        DataSet digits = SyntheticDigits.Generate(2000, seed: 1);
        double before = network.Evaluate(digits).Accuracy!.Value;
        new Trainer(network, new SoftmaxCrossEntropyLoss(), new Adam { LearningRate = 0.003 }).Fit(digits, new TrainingOptions { Epochs = 8, BatchSize = 50, Seed = 1 });
        Assert.InRange(before, 0, 0.4);
        Assert.InRange(network.Evaluate(digits).Accuracy!.Value, 0.8, 1);
    }

    private Network AssertAgrees(ModelBuilder model, string output, int[] sample, bool isChannelsFirst = true, int batch = Batch)
    {
        byte[] bytes = model.Build(output);
        return AssertAgrees(bytes, bytes, sample, isChannelsFirst, batch);
    }

    private Network AssertAgrees(byte[] oracle, byte[] model, int[] sample, bool isChannelsFirst = true, int batch = Batch)
    {
        File.WriteAllBytes(_folder["model.onnx"], model);
        Network network = Network.ImportOnnx(_folder["model.onnx"]);
        int size = sample.Aggregate((product, extent) => product * extent);
        NumPyRandom random = new(seed: 99);
        float[] samples = [.. Enumerable.Range(0, batch * size).Select(_ => (float)random.NextNormal())];
        float[] expected = OnnxRuntime.Run(oracle, batch, samples);
        float[] own = isChannelsFirst && sample.Length == 3 ? ToChannelsLast(samples, sample) : samples;
        float[] actual = network.Score(new FloatFeatures(own, network.InputShape));
        if (expected.Any(value => value < 0) && network.Loss is SoftmaxCrossEntropyLoss)
        {
            expected = [.. expected.Select(MathF.Exp)];
        }
        Assert.Equal(expected.Length, actual.Length);
        float scale = Math.Max(1, expected.Max(Math.Abs));
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - 1e-5f * scale, pair.First + 1e-5f * scale));
        return network;
    }

    private static float[] ToChannelsLast(float[] samples, int[] sample)
    {
        (int channels, int positions) = (sample[0], sample[1] * sample[2]);
        float[] own = new float[samples.Length];
        for (int i = 0; i < samples.Length; i++)
        {
            (int at, int position) = Math.DivRem(i, positions);
            (int image, int channel) = Math.DivRem(at, channels);
            own[(image * positions + position) * channels + channel] = samples[i];
        }
        return own;
    }
}
