using Nabla.Onnx.Format;

namespace Nabla.Tests.Onnx;

/// <summary>What stands in an exported model beside its layers, and how far it agrees on real digits.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Standardizations => ["none", "one", "columns", "all"];

    [Theory]
    [MemberData(nameof(Standardizations))]
    public void Preprocessing_temperature_and_softmax_go_into_the_graph_where_they_are_asked_for(string standardization)
    {
        DataSet digits = SyntheticDigits.Generate(20, seed: 3);
        Network network = Trained([28, 28], Layer.Convolution2D(3, 3, 3, Activation.ReLU), Layer.Dense(10));
        network.Temperature = 1.7;
        network.Preprocessing = standardization switch
        {
            "one" => network.Preprocessing with { Standardization = new Standardization([0.1307f], [0.3081f]) },
            "columns" => network.Preprocessing with { Standardization = new Standardization([.. Enumerable.Range(0, 28).Select(i => 0.01f * i)], [.. Enumerable.Range(0, 28).Select(i => 0.3f + 0.01f * i)]) },
            "all" => network.Preprocessing with { ByteDivisor = 1, Standardization = new Standardization([.. Enumerable.Range(0, 784).Select(i => 0.1f * i)], [.. Enumerable.Range(0, 784).Select(i => 30 + 0.1f * i)]) },
            _ => network.Preprocessing,
        };
        byte[] pixels = ((ByteFeatures)digits.Features).Values.ToArray();
        float[] floats = [.. pixels.Select(value => value / network.Preprocessing.ByteDivisor)];

        byte[] ofBytes = OnnxRuntime.Export(network, new OnnxExportOptions { Input = OnnxInput.Bytes, Probabilities = true });
        byte[] ofFloats = OnnxRuntime.Export(network, new OnnxExportOptions { Input = OnnxInput.Floats, Probabilities = true });
        AssertClose(network.Score(digits.Features), OnnxRuntime.Run(ofBytes, 20, pixels));
        AssertClose(network.Score(new FloatFeatures(floats, [28, 28])), OnnxRuntime.Run(ofFloats, 20, floats));
        foreach ((byte[] model, OnnxInput input) in new[] { (ofBytes, OnnxInput.Bytes), (ofFloats, OnnxInput.Floats) })
        {
            Network imported = Import(model);
            Assert.Equal(network.Preprocessing, imported.Preprocessing);
            Assert.Equal(network.Temperature, imported.Temperature, 6);
            Assert.Equal(model, OnnxRuntime.Export(imported, new OnnxExportOptions { Input = input, Probabilities = true }));
        }
    }

    [Fact]
    public void What_is_known_of_a_network_comes_back_with_it()
    {
        Network network = Trained([5], Layer.Dense(7, Activation.Tanh), Layer.Dropout(), Layer.Dense(3));
        network.ClassNames = ["first", "second \"quoted\"", "third ∇"];
        network.Temperature = 1.25;
        network.Preprocessing = new Preprocessing { FloatDivisor = 3, Standardization = new Standardization([0.5f], [2]) };
        Network imported = Import(OnnxRuntime.Export(network));
        Assert.Equal(network.ClassNames, imported.ClassNames);
        Assert.Equal(network.Temperature, imported.Temperature);
        Assert.Equal(network.Preprocessing, imported.Preprocessing);
        Assert.Equal(network.Training, imported.Training);
        Assert.Equal(network.Loss, imported.Loss);
        Assert.Equal(2, imported.Layers.Count);
        float[] samples = [1, 2, 3, 4, 5];
        AssertClose(network.Score(new FloatFeatures(samples, [5])), imported.Score(new FloatFeatures(samples, [5])));
    }

    [Fact]
    public void Folded_normalisation_leaves_convolutions_alone()
    {
        Network network = Trained([9, 9, 2], Layer.Convolution2D(4, 3, 3, bias: false), Layer.BatchNormalization(Activation.ReLU), Layer.GlobalAveragePooling2D(), Layer.Dense(3));
        float[] samples = new RandomNetworks(2).Samples(4, 162);
        byte[] kept = OnnxRuntime.Export(network), folded = OnnxRuntime.Export(network, new OnnxExportOptions { FoldBatchNormalization = true });
        Assert.Equal(["Transpose", "Conv", "BatchNormalization", "Relu", "GlobalAveragePool", "Flatten", "Gemm"], Operators(kept));
        Assert.Equal(["Transpose", "Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm"], Operators(folded));
        AssertClose(OnnxRuntime.Run(kept, 4, samples), OnnxRuntime.Run(folded, 4, samples));
    }

    [Fact]
    public void A_model_keeps_the_rules_of_the_format()
    {
        RandomNetworks networks = new(seed: 77);
        for (int i = 0; i < 100; i++)
        {
            ModelProto model = ModelProto.Parser.ParseFrom(OnnxRuntime.Export(networks.Next()));
            Assert.Equal((8, "Nabla", 17), (model.IrVersion, model.ProducerName, model.OpsetImport.Single().Version));
            GraphProto graph = model.Graph;
            Assert.NotEmpty(graph.Name);
            // Each value once, described with its shape, and after the nodes that it follows from.
            HashSet<string> known = [.. graph.Input.Select(input => input.Name), .. graph.Initializer.Select(tensor => tensor.Name), ""];
            Assert.Equal(1 + graph.Initializer.Count + 1, known.Count);
            foreach (NodeProto node in graph.Node)
            {
                Assert.All(node.Input, name => Assert.Contains(name, known));
                Assert.True(known.Add(Assert.Single(node.Output)), node.Name);
            }
            Assert.Equal(graph.Node.Count, graph.Node.Select(node => node.Name).Distinct().Count());
            Assert.Equal(graph.Node.Select(node => node.Output[0]).Order(), graph.ValueInfo.Concat(graph.Output).Select(value => value.Name).Order());
            Assert.All(graph.Input.Concat(graph.Output).Concat(graph.ValueInfo), value => Assert.Equal("batch", value.Type.TensorType.Shape.Dim[0].DimParam));
            HashSet<string> read = [.. graph.Node.SelectMany(node => node.Input)];
            Assert.All(graph.Initializer, tensor => Assert.Contains(tensor.Name, read));
        }
    }

    [Fact]
    public void What_cannot_be_exported_is_said()
    {
        Network network = Network.Create([3], Layer.Dense(2));
        Assert.Contains("no weights yet", Assert.Throws<InvalidOperationException>(() => OnnxRuntime.Export(network)).Message, StringComparison.Ordinal);
        network.Initialize(new NumPyRandom(1));
        Assert.Contains("expected softmax cross-entropy", Assert.Throws<InvalidOperationException>(() => OnnxRuntime.Export(network, new OnnxExportOptions { Probabilities = true })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("digits-small")]
    public void Shipped_networks_say_the_same_of_digits_in_ONNX_Runtime(string name)
    {
        using Stream stream = Digits.Open(name);
        Network network = Network.Load(stream);
        DataSet digits = TestDigits(1000);
        (double difference, int labels) = Compare(network, digits);
        Assert.InRange(difference, 0, 1e-5);
        Assert.Equal(0, labels);
    }

    /// <summary>The table of docs/models.md: every kind of layer, every recipe that ships and every network, on all test images of MNIST.</summary>
    [Fact(Explicit = true)]
    public void Agreement_on_the_whole_test_set()
    {
        DataSet test = TestDigits(10_000), train = SyntheticDigits.Generate(1500, seed: 7);
        TestContext.Current.TestOutputHelper!.WriteLine("| layer, recipe or network | parameters | greatest difference of a probability or output | labels that differ |\n|---|---|---|---|");
        bool agrees = true;
        foreach ((string name, LayerSpec[] layers) in EachLayer)
        {
            Report(name, Trained(layers, new Preprocessing(), new SoftmaxCrossEntropyLoss()));
        }
        Report("`SoftmaxAverage`", Network.Ensemble(Trained([Layer.Dense(10)], new Preprocessing(), new SoftmaxCrossEntropyLoss()), Trained([Layer.Dense(20, Activation.Tanh), Layer.Dense(10)], new Preprocessing(), new SoftmaxCrossEntropyLoss())));
        foreach (Recipe recipe in RecipeBook.Names.Select(RecipeBook.Get))
        {
            Report($"recipe `{recipe.Name}`", Trained(recipe.Layers, recipe.Preprocessing, recipe.Loss));
        }
        foreach (string name in Digits.Names)
        {
            using Stream stream = Digits.Open(name);
            Report($"network `{name}`", Network.Load(stream));
        }
        Assert.True(agrees);

        // A little training, so that the scores are none of chance; a network of fewer outputs tells as many kinds of digits apart.
        Network Trained(IReadOnlyList<LayerSpec> layers, Preprocessing preprocessing, Loss loss)
        {
            Network network = Network.Create([28, 28], layers);
            network.Preprocessing = preprocessing;
            network.Loss = loss;
            int outputs = network.OutputShape.Size;
            ClassLabels labels = new([.. ((ClassLabels)train.Targets).Values.ToArray().Select(label => label % outputs)], outputs);
            new Trainer(network, loss, new Adam()).Fit(new DataSet(train.Features, labels), new TrainingOptions { Epochs = 1, BatchSize = 50, Seed = 1 });
            return network;
        }

        void Report(string name, Network network)
        {
            (double difference, int wrong) = Compare(network, test);
            // 1e-5 was the aim; sums of floats in another order make 1.01e-5 of one probability of digits-small.
            agrees &= difference <= 1.1e-5 && wrong == 0;
            TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"| {name} | {network.Parameters.Length:N0} | {difference:0.0e+0} | {wrong} of {test.Count:N0} |"));
        }
    }

    /// <summary>Each kind of layer in a small network.</summary>
    private static IEnumerable<(string Name, LayerSpec[] Layers)> EachLayer =>
    [
        ("`Dense`", [Layer.Dense(50, Activation.Sigmoid), Layer.Dense(10)]),
        ("`Convolution2D`, `Flatten`", [Layer.Convolution2D(8, 5, 3, Activation.ReLU, stride: 2, padding: 1), Layer.Flatten(), Layer.Dense(10)]),
        ("`DepthwiseConvolution2D`", [Layer.Convolution2D(8, 3, 3, stride: 2), Layer.DepthwiseConvolution2D(3, 3, Activation.Tanh, padding: 1), Layer.Dense(10)]),
        ("`BatchNormalization`", [Layer.Convolution2D(8, 3, 3, stride: 2, bias: false), Layer.BatchNormalization(Activation.ReLU), Layer.Dense(20), Layer.BatchNormalization(), Layer.Dense(10)]),
        ("`LayerNormalization`", [Layer.Convolution2D(8, 3, 3, stride: 2), Layer.LayerNormalization(), Layer.Dense(20), Layer.LayerNormalization(), Layer.Dense(10)]),
        ("`MaxPooling2D`", [Layer.Convolution2D(8, 3, 3), Layer.MaxPooling2D(3, 3, stride: 2, padding: 1), Layer.Dense(10)]),
        ("`AveragePooling2D`", [Layer.Convolution2D(8, 3, 3), Layer.AveragePooling2D(3, 2, stride: 2, padding: 1), Layer.Dense(10)]),
        ("`GlobalAveragePooling2D`", [Layer.Convolution2D(30, 5, 5, Activation.ReLU, stride: 2), Layer.GlobalAveragePooling2D(), Layer.Dense(10)]),
        ("`Cropping2D`", [Layer.Cropping2D(2, 3, 4, 1), Layer.Dense(10)]),
        ("`Dropout`, `GaussianNoise`", [Layer.Dense(50, Activation.ReLU), Layer.Dropout(), Layer.GaussianNoise(), Layer.Dense(10)]),
        ("`Activation`: sigmoid, tanh, ReLU", [Layer.Dense(50), Layer.Sigmoid(), Layer.Dense(50), Layer.LayerNormalization(), Layer.Tanh(), Layer.Dense(50), Layer.LayerNormalization(), Layer.ReLU(), Layer.Dense(10)]),
        ("`LeakyReLU`", [Layer.Dense(50), Layer.LeakyReLU(), Layer.Dense(10)]),
        ("`Clip`", [Layer.Dense(50), Layer.Clip(), Layer.Dense(10)]),
        ("`GELU`", [Layer.Dense(50), Layer.GELU(), Layer.Dense(10)]),
        ("`SiLU`", [Layer.Dense(50), Layer.SiLU(), Layer.Dense(10)]),
        ("`Softplus`", [Layer.Dense(50), Layer.Softplus(), Layer.Dense(10)]),
        ("`Rescaling`", [Layer.Dense(50, Activation.ReLU), Layer.Rescaling(2.5, -1), Layer.Dense(10)]),
        ("`Residual`, `Add`", [Layer.Convolution2D(8, 3, 3, stride: 2), Layer.Residual(Layer.Convolution2D(8, 3, 3, Activation.ReLU, padding: 1)), Layer.Dense(10)]),
        ("`Concatenate`", [Layer.Convolution2D(8, 3, 3, stride: 2) with { Name = "a" }, Layer.Convolution2D(4, 3, 3, padding: 1) with { Name = "b" }, Layer.Concatenate("a", "b"), Layer.Dense(10)]),
    ];

    private static (double Difference, int Labels) Compare(Network network, DataSet digits)
    {
        byte[] model = OnnxRuntime.Export(network, new OnnxExportOptions { Input = OnnxInput.Bytes, Probabilities = network.Loss is SoftmaxCrossEntropyLoss });
        float[] expected = network.Score(digits.Features);
        int width = network.OutputShape.Size, labels = 0;
        double difference = 0;
        const int Piece = 500;
        for (int start = 0; start < digits.Count; start += Piece)
        {
            byte[] pixels = new byte[Piece * 784];
            for (int row = 0; row < Piece; row++)
            {
                ((ByteFeatures)digits.Features)[start + row].CopyTo(pixels.AsSpan(row * 784));
            }
            float[] scores = OnnxRuntime.Run(model, Piece, pixels);
            for (int row = 0; row < Piece; row++)
            {
                ReadOnlySpan<float> own = expected.AsSpan((start + row) * width, width), other = scores.AsSpan(row * width, width);
                labels += Prediction.FromScores(own).Label == Prediction.FromScores(other).Label ? 0 : 1;
                for (int i = 0; i < width; i++)
                {
                    difference = Math.Max(difference, Math.Abs(own[i] - other[i]));
                }
            }
        }
        return (difference, labels);
    }

    private static DataSet TestDigits(int count)
    {
        string? folder = Environment.GetEnvironmentVariable("NABLA_DATA");
        return folder is null ? SyntheticDigits.Generate(count, seed: 5) : IdxFolder.Load(folder).Test.Slice(0, count);
    }

    private static Network Trained(Shape input, params LayerSpec[] layers)
    {
        Network network = Network.Create(input, layers);
        new RandomNetworks(seed: 4).Fill(network);
        network.Loss = new SoftmaxCrossEntropyLoss();
        network.Training = new TrainingRecord { Version = "1", Optimizer = new Adam(), Options = new TrainingOptions(), Samples = 10, BestEpoch = 1, Data = "MNIST" };
        return network;
    }

    private static string[] Operators(byte[] model) => [.. ModelProto.Parser.ParseFrom(model).Graph.Node.Select(node => node.OpType)];

    private Network Import(byte[] model)
    {
        File.WriteAllBytes(_folder["model.onnx"], model);
        return Network.ImportOnnx(_folder["model.onnx"]);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - 1e-5f, pair.First + 1e-5f));
    }
}
