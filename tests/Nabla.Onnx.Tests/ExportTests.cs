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

        byte[] ofBytes = Export(network, new OnnxExportOptions { Input = OnnxInput.Bytes, Probabilities = true });
        byte[] ofFloats = Export(network, new OnnxExportOptions { Input = OnnxInput.Floats, Probabilities = true });
        AssertClose(network.Score(digits.Features), OnnxRuntime.Run(ofBytes, 20, pixels));
        AssertClose(network.Score(new FloatFeatures(floats, [28, 28])), OnnxRuntime.Run(ofFloats, 20, floats));
        foreach ((byte[] model, OnnxInput input) in new[] { (ofBytes, OnnxInput.Bytes), (ofFloats, OnnxInput.Floats) })
        {
            Network imported = Import(model);
            Assert.Equal(network.Preprocessing, imported.Preprocessing);
            Assert.Equal(network.Temperature, imported.Temperature, 6);
            Assert.Equal(model, Export(imported, new OnnxExportOptions { Input = input, Probabilities = true }));
        }
    }

    [Fact]
    public void What_is_known_of_a_network_comes_back_with_it()
    {
        Network network = Trained([5], Layer.Dense(7, Activation.Tanh), Layer.Dropout(), Layer.Dense(3));
        network.ClassNames = ["first", "second \"quoted\"", "third ∇"];
        network.Temperature = 1.25;
        network.Preprocessing = new Preprocessing { FloatDivisor = 3, Standardization = new Standardization([0.5f], [2]) };
        Network imported = Import(Export(network));
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
        byte[] kept = Export(network), folded = Export(network, new OnnxExportOptions { FoldBatchNormalization = true });
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
            ModelProto model = ModelProto.Parser.ParseFrom(Export(networks.Next()));
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
        Assert.Contains("no weights yet", Assert.Throws<InvalidOperationException>(() => Export(network)).Message, StringComparison.Ordinal);
        network.Initialize(new NumPyRandom(1));
        Assert.Contains("expected softmax cross-entropy", Assert.Throws<InvalidOperationException>(() => Export(network, new OnnxExportOptions { Probabilities = true })).Message, StringComparison.Ordinal);
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

    /// <summary>The table of docs/models.md: every recipe that ships and every network, on all test images of MNIST.</summary>
    [Fact(Explicit = true)]
    public void Agreement_on_the_whole_test_set()
    {
        DataSet test = TestDigits(10_000), train = SyntheticDigits.Generate(1500, seed: 7);
        TestContext.Current.TestOutputHelper!.WriteLine("| recipe or network | parameters | greatest difference of a probability or output | labels that differ |\n|---|---|---|---|");
        bool agrees = true;
        foreach (string name in RecipeBook.Names.Concat(Digits.Names))
        {
            Network network;
            if (RecipeBook.Names.Contains(name))
            {
                Recipe recipe = RecipeBook.Get(name);
                network = recipe.Input.Aggregate((product, extent) => product * extent) == 784 ? recipe.CreateNetwork() : Network.Create([28, 28], recipe.Layers);
                network.Preprocessing = recipe.Preprocessing;
                network.Loss = recipe.Loss;
                // A little training, so that the scores are none of chance; a network of fewer outputs tells as many kinds of digits apart.
                int outputs = network.OutputShape.Size;
                ClassLabels labels = new([.. ((ClassLabels)train.Targets).Values.ToArray().Select(label => label % outputs)], outputs);
                new Trainer(network, recipe.Loss, new Adam()).Fit(new DataSet(train.Features, labels), new TrainingOptions { Epochs = 1, BatchSize = 50, Seed = 1 });
            }
            else
            {
                using Stream stream = Digits.Open(name);
                network = Network.Load(stream);
            }
            (double difference, int wrong) = Compare(network, test);
            agrees &= difference <= 1e-5 && wrong == 0;
            TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"| {(RecipeBook.Names.Contains(name) ? $"`{name}`" : $"network `{name}`")} | {network.Parameters.Length:N0} | {difference:0.0e+0} | {wrong} of {test.Count:N0} |"));
        }
        Assert.True(agrees);
    }

    private static (double Difference, int Labels) Compare(Network network, DataSet digits)
    {
        byte[] model = Export(network, new OnnxExportOptions { Input = OnnxInput.Bytes, Probabilities = network.Loss is SoftmaxCrossEntropyLoss });
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

    private static byte[] Export(Network network, OnnxExportOptions? options = null)
    {
        using MemoryStream stream = new();
        network.ExportOnnx(stream, options);
        return stream.ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - 1e-5f, pair.First + 1e-5f));
    }
}
