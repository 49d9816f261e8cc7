using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Nabla.Tests.Serialization;

public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<Initializer> Initializers() =>
    [
        Initializer.Zeros, Initializer.Normal(0.25), Initializer.Uniform(-0.1, 0.30000000000000004),
        Initializer.HeNormal, Initializer.HeUniform, Initializer.GlorotNormal, Initializer.GlorotUniform,
        Initializer.LeCunNormal, Initializer.LeCunUniform,
    ];

    public static TheoryData<Optimizer> Optimizers() =>
    [
        new Sgd { LearningRate = 0.1 + 0.2, Momentum = 0.9, Nesterov = true }, new Sgd(),
        new Adam { LearningRate = 1e-5, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-7 },
        new AdamW { LearningRate = 1e-5, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-7, WeightDecay = 0.3 },
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Initializers))]
    public void Every_layer_and_initializer_comes_back(Initializer initializer)
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            Network network = Network.Create(
                [2, 3], Layer.Dense(4, activation, weights: initializer, biases: initializer), Layer.Dense(3, activation, bias: false), Layer.Dense(1));
            network.Initialize(new NumPyRandom(1));
            AssertComesBack(network);
        }
    }

    [Fact]
    public void Image_layers_and_dropout_come_back()
    {
        Network network = Network.Create(
            [9, 8], Layer.Cropping2D(1, 2, 3, 0), Layer.Convolution2D(3, 2, 3, Activation.Tanh, stride: 2, padding: 1, weights: Initializer.Normal(0.5)),
            Layer.MaxPooling2D(2, 1), Layer.AveragePooling2D(1, 2, stride: 1, padding: 0), Layer.MaxPooling2D(2, 2, stride: 1, padding: 1),
            Layer.Convolution2D(2, 1, 1, bias: false), Layer.Dropout(0.3), Layer.Flatten(), Layer.Dense(4));
        network.Initialize(new NumPyRandom(1));
        AssertComesBack(network);
    }

    [Fact]
    public void Separable_convolutions_normalisation_and_functions_come_back()
    {
        Network network = Network.Create(
            [9, 8], Layer.Convolution2D(3, 1, 1), Layer.DepthwiseConvolution2D(2, 3, Activation.Tanh, stride: 2, padding: 1, bias: false, weights: Initializer.Normal(0.5)),
            Layer.LayerNormalization(0.01), Layer.LeakyReLU(0.2), Layer.GELU(), Layer.SiLU(), Layer.Softplus(), Layer.Tanh(), Layer.Clip(-1, 0.5),
            Layer.DepthwiseConvolution2D(1, 2, biases: Initializer.Uniform(-1, 1)), Layer.GlobalAveragePooling2D(), Layer.Dense(4));
        network.Initialize(new NumPyRandom(1));
        AssertComesBack(network);
    }

    [Fact]
    public void Residual_blocks_sums_and_values_side_by_side_come_back()
    {
        Network network = Network.Create(
            [6, 6],
            Layer.Convolution2D(2, 3, 3, padding: 1) with { Name = "a" },
            new ResidualSpec { Name = "b", Body = [Layer.Convolution2D(3, 1, 1), Layer.Residual(Layer.Convolution2D(3, 1, 1))], Projection = Layer.Convolution2D(3, 1, 1), Activation = Activation.ReLU },
            Layer.Convolution2D(2, 1, 1) with { Name = "c", Inputs = ["a"] },
            Layer.Add("a", "c") with { Name = "d", Activation = Activation.Tanh },
            Layer.Concatenate("b", "d", "input"), Layer.Dense(2));
        network.Initialize(new NumPyRandom(1));
        AssertComesBack(network);
    }

    /// <summary>A network of each kind of layer that there was, as version 0.1 wrote it, and what it answered.</summary>
    [Fact]
    public void What_version_0_1_wrote_is_read()
    {
        Network network = Network.Load(Path.Combine(AppContext.BaseDirectory, "Serialization", "Models", "chain-0.1.safetensors"));
        Assert.Equal(
            ["cropping2d1", "convolution2d1", "maxpooling2d1", "averagepooling2d1", "dropout1", "flatten1", "dense1", "dense2"], network.Layers.Select(layer => layer.Name));
        // There was no other then.
        Assert.Equal(RandomSource.NumPy, network.Training!.Options.RandomNumbers);
        Assert.Empty(network.Training.Options.Augmentation);
        NumPyRandom random = new(3);
        byte[] pixels = new byte[2 * 72];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextInt32(256);
        }
        Assert.Equal([0.86763614f, 0.13236393f, 0.87342f, 0.12658001f], network.Score(new ByteFeatures(pixels, [9, 8])));
        AssertComesBack(network);
    }

    [Fact]
    public void Streams_are_written_and_read_from_where_they_stand()
    {
        Network network = Network.Create([2], Layer.Dense(3));
        network.Initialize(new NumPyRandom(1));
        using MemoryStream stream = new();
        stream.WriteByte(7);
        network.Save(stream);
        stream.Position = 1;
        AssertEqual(network, Network.Load(stream));
        Assert.Equal(stream.Length, stream.Position);

        // A stream that cannot be sought in, as from the network or a zip file.
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            network.Save(gzip);
        }
        packed.Position = 0;
        using GZipStream unpacked = new(packed, CompressionMode.Decompress);
        AssertEqual(network, Network.Load(unpacked));

        stream.SetLength(stream.Length - 1);
        stream.Position = 1;
        Assert.StartsWith("digits.bin: ", Assert.Throws<MalformedFileException>(() => Network.Load(stream, "digits.bin")).Message, StringComparison.Ordinal);
    }

    private (Dictionary<string, string> Metadata, List<SafeTensor> Tensors) ReadTensors(string name)
    {
        using FileStream stream = File.OpenRead(_folder[name]);
        return SafeTensorsFile.Read(stream, _folder[name]);
    }

    [Fact]
    public void The_columns_of_a_table_are_kept()
    {
        TableSchema schema = new()
        {
            Columns = [new SchemaColumn { Name = "größe", Place = 2, Missing = 1.5f }, new SchemaColumn { Name = "kind", Place = 3, Categories = ["x", "y"], Missing = -1 }],
            FileColumns = 4,
            AnswerName = "price",
            AnswerPlace = 4,
            Answer = TableAnswer.Target,
        };
        Network network = Network.Create([3], Layer.Dense(1), Layer.Rescaling(2.5, 1000));
        network.Initialize(new NumPyRandom(1));
        network.Schema = schema;
        network.Loss = new QuadraticLoss { Deviation = 2.5 };
        network.Save(_folder["model"]);
        Network loaded = Network.Load(_folder["model"]);
        Assert.Equal(network.Loss, loaded.Loss);
        TableSchema kept = loaded.Schema!;
        Assert.Equal((4, "price", 4, TableAnswer.Target), (kept.FileColumns, kept.AnswerName, kept.AnswerPlace, kept.Answer));
        Assert.Equal(schema.Columns.Select(column => (column.Name, column.Place, column.Missing, string.Join('|', column.Categories ?? []))), kept.Columns.Select(column => (column.Name, column.Place, column.Missing, string.Join('|', column.Categories ?? []))));
        Assert.Null(schema.DifferenceFrom(kept));
    }

    [Fact]
    public void Columns_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new SchemaColumn { Name = "", Place = 1 });
        Assert.Throws<ArgumentException>(() => new SchemaColumn { Name = "\u001b[2J", Place = 1 });
        Assert.Throws<ArgumentException>(() => new SchemaColumn { Name = new string('x', 256), Place = 1 });
        Assert.Throws<ArgumentException>(() => new SchemaColumn { Place = 1, Categories = ["a", "a"] });
        Assert.Throws<ArgumentException>(() => new SchemaColumn { Place = 1, Categories = ["a\n"] });
        Assert.Throws<ArgumentException>(() => new SchemaColumn { Place = 1, Missing = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchemaColumn { Place = 0 });
        Assert.Throws<ArgumentException>(() => new TableSchema { Columns = [], FileColumns = 1 });
        Assert.Throws<ArgumentException>(() => new TableSchema { Columns = [new() { Place = 2 }, new() { Place = 1 }], FileColumns = 2 });
        Assert.Throws<ArgumentException>(() => new TableSchema { Columns = [new() { Place = 1, Name = "a" }, new() { Place = 2, Name = "a" }], FileColumns = 2 });
    }

    [Fact]
    public void Names_of_classes_come_back_and_bad_ones_are_refused()
    {
        Network network = Network.Create([2], Layer.Dense(3));
        network.MarkInitialized();
        network.ClassNames = ["cat", "große Katze"];
        network.Save(_folder["a"]);
        Network loaded = Network.Load(_folder["a"]);
        Assert.Equal(["cat", "große Katze"], loaded.ClassNames);
        Assert.Equal(["cat", "große Katze", "2", "-1"], new[] { 0, 1, 2, -1 }.Select(loaded.NameOf));

        Assert.Throws<ArgumentException>(() => network.ClassNames = ["a", "b", "c", "d"]);
        Assert.Throws<ArgumentException>(() => network.ClassNames = ["a", ""]);
        (Dictionary<string, string> metadata, List<SafeTensor> tensors) = ReadTensors("a");
        foreach (string bad in new[] { "[\"a\",\"\\u001b[2J\"]", "[\"a\",null]", "[\"a\",\"b\",\"c\",\"d\"]", "\"cat\"" })
        {
            JsonNode document = JsonNode.Parse(metadata["nabla"])!;
            document["classNames"] = JsonNode.Parse(bad);
            using (FileStream stream = File.Create(_folder["bad"]))
            {
                SafeTensorsFile.Write(stream, new Dictionary<string, string> { ["nabla"] = document.ToJsonString(), ["sha256"] = "" }, tensors);
            }
            Assert.Contains("description", Assert.Throws<MalformedFileException>(() => Network.Load(_folder["bad"])).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_schedule_and_loss_comes_back(Optimizer optimizer)
    {
        foreach (Schedule schedule in new[] { Schedule.Constant, Schedule.Linear })
        {
            foreach (Loss loss in new[] { Loss.Quadratic, Loss.SoftmaxCrossEntropy })
            {
                Network network = Small();
                network.Loss = loss;
                network.Training = new TrainingRecord
                {
                    Version = "1.2.3",
                    Optimizer = optimizer,
                    Options = new TrainingOptions { Epochs = 3, BatchSize = 17, Seed = uint.MaxValue, ValidationFraction = 1.0 / 3, Schedule = schedule },
                    Samples = 12,
                    BestEpoch = 2,
                    Cancelled = true,
                    ValidationAccuracy = 2.0 / 3,
                    TestAccuracy = 0.1,
                    Data = "digits \"∇\" \\ <b>",
                };
                AssertComesBack(network);
            }
        }
    }

    [Fact]
    public void Everything_that_a_model_can_have_comes_back() => AssertComesBack(WithEverything());

    [Fact]
    public void Every_bit_of_every_weight_comes_back()
    {
        Network network = Network.Create([1], Layer.Dense(8));
        new float[] { 0, -0f, float.Epsilon, float.MaxValue, float.MinValue, -float.Epsilon, 1f / 3, -1e-40f }.CopyTo(network.Parameters);
        network.MarkInitialized();
        AssertComesBack(network);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void Weights_that_are_no_numbers_are_neither_saved_nor_loaded(float value, string shown)
    {
        Network network = Network.Create([2], Layer.Dense(3));
        network.MarkInitialized();
        network.Parameters[4] = 1234.5f;
        network.Save(_folder["model"]);
        byte[] file = File.ReadAllBytes(_folder["model"]);
        int at = file.AsSpan().IndexOf(BitConverter.GetBytes(1234.5f));
        BitConverter.GetBytes(value).CopyTo(file, at);
        File.WriteAllBytes(_folder["model"], file);
        Assert.Equal($"{_folder["model"]}: has {shown} as number 4 of dense1/weight, expected finite numbers; the training that made it has failed, or the file is damaged.",
            Assert.Throws<MalformedFileException>(() => Network.Load(_folder["model"])).Message);

        network.Parameters[4] = value;
        Assert.StartsWith($"The network has {shown} as number 4 of dense1/weight", Assert.Throws<InvalidOperationException>(() => network.Save(_folder["other"])).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["other"]));
    }

    [Fact]
    public void Half_precision_keeps_the_nearest_halves_of_parameters_in_half_the_bytes()
    {
        Network network = Network.Create([1], Layer.Dense(9, bias: false), Layer.BatchNormalization());
        // The last bit of a half is 2⁻¹⁰ of its power of two: 1 + 2⁻¹¹ lies between two and goes to the even one; what is below half of the least, 2⁻²⁴, is 0.
        float[] weights = [1, 1 + 1f / 2048, 1 + 3f / 2048, 65504, 65519, -0.1f, 1f / (1 << 24), 1f / (1 << 26), -0f];
        float[] nearest = [1, 1, 1 + 1f / 512, 65504, 65504, -0.099975586f, 1f / (1 << 24), 0, -0f];
        network.MarkInitialized();
        network.Parameters.Fill(1);
        weights.CopyTo(network.Parameters);
        network.Buffers.Fill(1e-9f);
        network.Save(_folder["whole"]);
        network.Save(_folder["half"], halfPrecision: true);
        using (MemoryStream stream = new())
        {
            network.Save(stream, halfPrecision: true);
            Assert.Equal(File.ReadAllBytes(_folder["half"]), stream.ToArray());
        }

        // The network keeps its own numbers, and buffers, which may be far smaller than a half, theirs.
        Assert.Equal(weights, network.Parameters[..9].ToArray());
        Network loaded = Network.Load(_folder["half"]);
        Assert.Equal(nearest.Select(BitConverter.SingleToInt32Bits), loaded.Parameters[..9].ToArray().Select(BitConverter.SingleToInt32Bits));
        Assert.True(loaded.Buffers.SequenceEqual(network.Buffers));
        Assert.All(ReadTensors("half").Tensors, tensor => Assert.Equal(!tensor.Name.Contains("mean", StringComparison.Ordinal) && !tensor.Name.Contains("variance", StringComparison.Ordinal), tensor.IsHalf));
        Assert.All(ReadTensors("whole").Tensors, tensor => Assert.False(tensor.IsHalf));

        // What is loaded is saved again without loss, and with 32-bit floats, too.
        loaded.Save(_folder["again"], halfPrecision: true);
        Assert.Equal(File.ReadAllBytes(_folder["half"]), File.ReadAllBytes(_folder["again"]));
        AssertComesBack(loaded);
    }

    [Theory]
    [InlineData(65520)]
    [InlineData(-1e30f)]
    public void Weights_beyond_half_precision_are_not_saved_with_it(float value)
    {
        Network network = Network.Create([2], Layer.Dense(3));
        network.MarkInitialized();
        network.Parameters[7] = value;
        network.Save(_folder["whole"]);
        Assert.Equal(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The network has {value} as number 1 of dense1/bias, too large for half precision, which ends at 65,504; save it with 32-bit floats."),
            Assert.Throws<InvalidOperationException>(() => network.Save(_folder["half"], halfPrecision: true)).Message);
        Assert.Equal(["whole"], _folder.FileNames);
    }

    [Fact]
    public void A_damaged_half_is_found_and_one_that_is_no_number_refused()
    {
        Network network = Network.Create([2], Layer.Dense(3));
        network.MarkInitialized();
        network.Parameters[4] = 1234.5f;
        network.Save(_folder["model"], halfPrecision: true);
        byte[] file = File.ReadAllBytes(_folder["model"]);
        int at = file.AsSpan().LastIndexOf(BitConverter.GetBytes((Half)1234.5f));
        file[at] ^= 1;
        File.WriteAllBytes(_folder["model"], file);
        Assert.Contains("do not match their checksum", Assert.Throws<MalformedFileException>(() => Network.Load(_folder["model"])).Message, StringComparison.Ordinal);
        BitConverter.GetBytes(Half.NaN).CopyTo(file, at);
        File.WriteAllBytes(_folder["model"], file);
        Assert.Contains("has NaN as number 4 of dense1/weight", Assert.Throws<MalformedFileException>(() => Network.Load(_folder["model"])).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["model"], file[..^1]);
        Assert.Contains("found 17 bytes of numbers, expected 18", Assert.Throws<MalformedFileException>(() => Network.Load(_folder["model"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trained_network_answers_as_before()
    {
        DataSet data = Training.Problems.Clusters(100);
        Network network = Network.Create([20], Layer.Dense(7, Activation.ReLU), Layer.Dense(4));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(data, new TrainingOptions { Epochs = 2, Threads = 1 });
        network.Save(_folder["a"]);
        Network loaded = Network.Load(_folder["a"]);
        Assert.Equal(network.Predict(data.Features), loaded.Predict(data.Features));
        Assert.Equal(network.Training!.ValidationAccuracy, loaded.Training!.ValidationAccuracy);
    }

    [Fact]
    public void Preprocessing_comes_back()
    {
        Network network = new(Network.Build([2], [Layer.Dense(2)])) { Preprocessing = new Preprocessing { ByteDivisor = 256 } };
        network.MarkInitialized();
        AssertComesBack(network);
    }

    [Fact]
    public void The_file_is_a_safetensors_file_with_aligned_numbers()
    {
        Small().Save(_folder["a"]);
        byte[] bytes = File.ReadAllBytes(_folder["a"]);
        long headerLength = BitConverter.ToInt64(bytes);
        Assert.Equal(0, headerLength % 8);
        string header = Encoding.UTF8.GetString(bytes, 8, (int)headerLength);
        Assert.Contains("\"dense1/weight\":{\"dtype\":\"F32\",\"shape\":[3,4],\"data_offsets\":[0,48]}", header, StringComparison.Ordinal);
        Assert.Equal(Small().Parameters.Length * 4, bytes.Length - 8 - headerLength);
    }

    [Fact]
    public void What_the_file_says_can_be_read_without_it()
    {
        Network network = WithEverything();
        network.Save(_folder["model"]);
        JsonNode said = JsonNode.Parse(ReadTensors("model").Metadata["nabla"])!;
        Assert.True(JsonNode.DeepEquals(said, JsonNode.Parse(network.ToJson())));
        Assert.Contains("\n", network.ToJson(), StringComparison.Ordinal);
    }

    /// <summary>A member that is missing is refused, or is one that may be null, or came later and means zero or false where it is not there: none is read as zero that should be something else.</summary>
    [Fact]
    public void A_description_with_anything_left_out_is_refused()
    {
        string[] optional = ["standardization", "stepsPerEpoch", "standardize", "loss", "classNames", "training", "weightInitializer", "biasInitializer", "divergedInEpoch", "validationAccuracy", "testAccuracy", "data", "randomNumbers", "augmentation"];
        string[] cameLater = ["$.training.options.l2", "$.training.options.keepLastEpoch", "$.training.options.balanceClasses", "$.loss.labelSmoothing"];
        Network network = WithEverything();
        int refused = 0;
        foreach (Optimizer optimizer in new Optimizer[] { new Sgd(), new Adam(), new AdamW() })
        {
            network.Training = network.Training! with { Optimizer = optimizer };
            network.Save(_folder["model"]);
            (Dictionary<string, string> metadata, List<SafeTensor> tensors) = ReadTensors("model");
            foreach ((string path, string json) in JsonMembers.LeaveOneOut(metadata["nabla"]))
            {
                using (FileStream stream = File.Create(_folder["less"]))
                {
                    SafeTensorsFile.Write(stream, new Dictionary<string, string> { ["nabla"] = json, ["sha256"] = "" }, tensors);
                }
                if (optional.Contains(path[(path.LastIndexOf('.') + 1)..]) || cameLater.Contains(path) || (optimizer is Sgd && path == "$.training.optimizer.weightDecay"))
                {
                    Assert.True(Network.Load(_folder["less"]).IsInitialized);
                    continue;
                }
                Assert.Contains("description", Assert.Throws<MalformedFileException>(() => Network.Load(_folder["less"])).Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(refused > 200, $"{refused}");
    }

    [Fact]
    public void A_network_without_weights_is_not_saved()
    {
        Assert.Throws<InvalidOperationException>(() => Network.Create([2], Layer.Dense(1)).Save(_folder["a"]));
        Assert.Empty(_folder.FileNames);
    }

    [Fact]
    public void A_failure_keeps_the_file_that_was_there()
    {
        Small().Save(_folder["a"]);
        byte[] before = File.ReadAllBytes(_folder["a"]);
        Network network = Small();
        // Infinity has no place in JSON: saving fails before anything is written.
        network.Training = new TrainingRecord
        {
            Version = "",
            Optimizer = new Sgd(),
            Options = new TrainingOptions(),
            Samples = 1,
            BestEpoch = 1,
            TestAccuracy = double.PositiveInfinity,
        };
        Assert.ThrowsAny<Exception>(() => network.Save(_folder["a"]));
        Assert.Throws<DirectoryNotFoundException>(() => Small().Save(Path.Combine(_folder["no folder"], "a")));
        Assert.Equal(before, File.ReadAllBytes(_folder["a"]));
        Assert.Equal(["a"], _folder.FileNames);
    }

    [Fact]
    public void A_missing_file_and_a_folder_stay_what_the_system_says()
    {
        Assert.ThrowsAny<IOException>(() => Network.Load(_folder["none"]));
        Assert.ThrowsAny<Exception>(() => Network.Load(_folder.FullName));
    }

    /// <summary>A network with every kind of layer and initialiser, standardisation, names of classes, and a record with all that it can have.</summary>
    internal static Network WithEverything()
    {
        Network network = Network.Create(
            [6, 6], Layer.Cropping2D(0, 1, 1, 0), Layer.Convolution2D(2, 2, 2, Activation.Tanh, stride: 1, padding: 1, weights: Initializer.Normal(0.5), biases: Initializer.Uniform(-1, 1)),
            Layer.MaxPooling2D(2, 2), Layer.AveragePooling2D(2, 2), Layer.Dropout(0.3), Layer.Flatten(),
            Layer.Dense(3, Activation.ReLU, weights: Initializer.HeNormal, biases: Initializer.Zeros), Layer.Dense(2));
        network.Initialize(new NumPyRandom(1));
        network.Preprocessing = new Preprocessing { ByteDivisor = 2, Standardization = new Standardization([0.1f, 1, 2], [3, 0.1f, 5]) };
        network.Loss = Loss.SoftmaxCrossEntropy;
        network.ClassNames = ["cat", "dog"];
        network.Training = new TrainingRecord
        {
            Version = "1",
            Optimizer = new Sgd(),
            Options = new TrainingOptions
            {
                Order = SampleOrder.WithReplacement,
                StepsPerEpoch = 5,
                Standardize = StandardizationScope.Column,
                Schedule = Schedule.InPhases((2, 0.1), (1, 1.0 / 3)),
            },
            Samples = 1,
            BestEpoch = 1,
            DivergedInEpoch = 2,
            ValidationAccuracy = 1,
            TestAccuracy = 1,
            Data = "",
        };
        return network;
    }

    internal static Network Small()
    {
        Network network = Network.Create([3], Layer.Dense(4, Activation.ReLU), Layer.Dense(2));
        network.Initialize(new NumPyRandom(1));
        network.Loss = Loss.SoftmaxCrossEntropy;
        return network;
    }

    internal static void AssertEqual(Network expected, Network actual)
    {
        Assert.Equal(expected.InputShape, actual.InputShape);
        Assert.Equal(expected.Layers.Select(layer => layer.Spec), actual.Layers.Select(layer => layer.Spec));
        Assert.Equal(expected.ClassNames, actual.ClassNames);
        // Records that hold lists are equal only where the lists are the same objects.
        Assert.Equal(expected.Preprocessing with { Standardization = null }, actual.Preprocessing with { Standardization = null });
        Assert.Equal(expected.Preprocessing.Standardization?.Mean, actual.Preprocessing.Standardization?.Mean);
        Assert.Equal(expected.Preprocessing.Standardization?.Deviation, actual.Preprocessing.Standardization?.Deviation);
        Assert.Equal((expected.Training?.Options.Schedule as PhaseSchedule)?.Phases, (actual.Training?.Options.Schedule as PhaseSchedule)?.Phases);
        Assert.Equal(expected.Loss, actual.Loss);
        // Threads are those of the machine, not of the model.
        Assert.Equal(expected.Training, actual.Training is null ? null : actual.Training with
        {
            Options = actual.Training.Options with
            {
                Threads = expected.Training!.Options.Threads,
                Schedule = actual.Training.Options.Schedule is PhaseSchedule ? expected.Training.Options.Schedule : actual.Training.Options.Schedule,
            },
        });
        Assert.True(actual.IsInitialized);
        Assert.Equal(
            expected.Parameters.ToArray().Select(BitConverter.SingleToInt32Bits), actual.Parameters.ToArray().Select(BitConverter.SingleToInt32Bits));
    }

    private void AssertComesBack(Network network)
    {
        network.Save(_folder["model"]);
        AssertEqual(network, Network.Load(_folder["model"]));
    }
}
