using System.Text;
using Nabla.Tests;
using Nabla.Tests.Training;

namespace Nabla.Extending.Tests;

/// <summary>Layers, a loss, an optimiser, a schedule, an initialiser and an augmentation of a program that is no friend of the library: checked, trained, saved and loaded.</summary>
public sealed class OwnKindsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OwnKindsTests() => OwnJson.Register();

    public void Dispose() => _folder.Dispose();

    private static LayerSpec[] Layers() =>
    [
        Layer.Convolution2D(3, 5, 5, Activation.Tanh, stride: 2),
        new ScaleSpec { Initial = 0.5 },
        new CenterSpec { Momentum = 0.8, Name = "centered" },
        Layer.Dense(24, Activation.ReLU) with { Name = "left" },
        Layer.Dense(24, Activation.Tanh, weights: new ConstantInitializer(0.01)) with { Name = "right", Inputs = ["centered"] },
        new NoisyProductSpec { Deviation = 0.05, Inputs = ["left", "right"] },
        Layer.Dense(10),
    ];

    private static Recipe OwnRecipe(int batchSize = 32) => new()
    {
        Name = "own",
        Layers = Layers(),
        Loss = new HuberLoss { Delta = 0.5 },
        Optimizer = new SignMomentum { LearningRate = 2e-3 },
        Training = new TrainingOptions { Epochs = 3, BatchSize = batchSize, Schedule = new HalvingSchedule(1), Threads = 2, Augmentation = [new SpeckAugmentation { Ink = 0.9, Probability = 0.5 }] },
    };

    private static TrainAndTest Digits(int train, int test) => new(SyntheticDigits.Generate(train, 1), SyntheticDigits.Generate(test, 2), "digits");

    [Fact]
    public void Gradients_are_right()
    {
        GradientCheck.Layer(new ScaleSpec(), [7]).ThrowIfWrong();
        GradientCheck.Layer(new ScaleSpec { Initial = -2 }, [3, 4, 2]).ThrowIfWrong();
        GradientCheck.Layer(new CenterSpec { Momentum = 0.5 }, [6]).ThrowIfWrong();
        GradientCheck.Layer(new NoisyProductSpec(), [5], [5]).ThrowIfWrong();
        GradientCheck.Loss(new HuberLoss { Delta = 0.7 }, new TargetVectors([.. Enumerable.Range(0, 40).Select(i => (i % 9 - 4) / 2f)], 4)).ThrowIfWrong();
        GradientCheckResult network = GradientCheck.Network(Network.Create([12, 12], Layers()));
        network.ThrowIfWrong();
        Assert.InRange(network.Compared, 500, 3000);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(500)]
    public void Trained_saved_and_loaded_with_the_same_bits_on_any_number_of_threads(int batchSize)
    {
        TrainAndTest digits = Digits(1200, 200);
        Recipe recipe = OwnRecipe(batchSize);
        // Through its document, as a file would have it.
        Recipe read = Recipe.Parse(recipe.ToJson(), "own.json");
        Assert.Equal(recipe.ToJson(), read.ToJson());
        Assert.Equal(recipe.Layers, read.Layers);
        Assert.Equal(recipe.Training.Augmentation, read.Training.Augmentation);

        Network network = read.Train(digits);
        Network again = (recipe with { Training = recipe.Training with { Threads = 3 } }).Train(digits);
        Assert.Equal(network.Parameters.ToArray(), again.Parameters.ToArray());
        Assert.Equal(network.Buffers.ToArray(), again.Buffers.ToArray());
        Assert.Contains(network.Buffers.ToArray(), mean => mean != 0);

        network.Save(_folder["own.safetensors"]);
        Network loaded = Network.Load(_folder["own.safetensors"]);
        Assert.Equal(network.Buffers.ToArray(), loaded.Buffers.ToArray());
        Assert.Equal(network.Score(digits.Test.Features), loaded.Score(digits.Test.Features));
        Assert.Equal(recipe.Loss, loaded.Loss);
        Assert.Equal(recipe.Optimizer, loaded.Training!.Optimizer);
        Assert.Equal("scale1/scale [432]", loaded.Layers[1].Parameters[0].ToString());
        Evaluation evaluation = loaded.Evaluate(digits.Test);
        Assert.True(evaluation.Accuracy > (batchSize == 32 ? 0.7 : 0.2), evaluation.ToString());
    }

    [Fact]
    public void A_training_loop_of_ones_own()
    {
        TrainAndTest digits = Digits(2000, 500);
        Network network = Network.Create([28, 28], Layer.Dense(32, Activation.ReLU), Layer.Dense(10));
        NumPyRandom random = new(1);
        network.Initialize(random);
        Loss loss = network.Loss = Loss.SoftmaxCrossEntropy;
        OptimizerState optimizer = new Adam().Start(network.Parameters.Length);
        const int BatchSize = 50;
        Workspace workspace = new(network, BatchSize, training: true);
        float[] targets = new float[BatchSize * 10];
        int[] order = [.. Enumerable.Range(0, digits.Train.Count)];
        double before = network.Evaluate(digits.Test).Loss;
        for (int epoch = 0; epoch < 5; epoch++)
        {
            random.Shuffle<int>(order);
            for (int start = 0; start < order.Length; start += BatchSize)
            {
                ReadOnlySpan<int> batch = order.AsSpan(start, BatchSize);
                workspace.Load(digits.Train.Features, batch);
                digits.Train.Targets.CopyRows(batch, targets);
                network.Forward(workspace, BatchSize, new SampleRandom(seed: 1, epoch, firstPlace: start));
                double value = loss.Evaluate(workspace.Output, targets, workspace.OutputGradient, BatchSize, divisor: BatchSize);
                Assert.Equal(loss.Value(workspace.Output, targets, BatchSize), value);
                workspace.Gradient.Clear();
                network.Backward(workspace, BatchSize);
                optimizer.Step(network.Parameters, workspace.Gradient, learningRate: 0.002);
            }
        }
        Evaluation after = network.Evaluate(digits.Test);
        Assert.True(after.Loss < before / 3 && after.Accuracy > 0.8, $"{before} to {after}");
        Assert.Equal(200, optimizer.Steps);
    }

    /// <summary>The gradient of a layer that writes it down is kept, added to what is there, or moves the parameters at once: each of them, to the last.</summary>
    [Fact]
    public void A_gradient_that_is_written_down_is_kept_added_or_moves_parameters()
    {
        TrainAndTest digits = Digits(24, 10);
        Network[] networks = [.. Enumerable.Range(0, 2).Select(_ => Network.Create([28, 28], Layer.Dense(7), new BiasSpec(), Layer.Dense(10)))];
        Array.ForEach(networks, network => network.Initialize(new NumPyRandom(1)));
        float[] before = networks[0].Parameters.ToArray();
        new Trainer(networks[0], Loss.Quadratic, new Sgd { LearningRate = 0.5 })
            .Fit(digits.Train, new TrainingOptions { Epochs = 1, BatchSize = 24, ValidationFraction = 0, Order = SampleOrder.AsGiven });

        Workspace workspace = new(networks[1], 24, training: true);
        float[] targets = new float[240];
        int[] all = [.. Enumerable.Range(0, 24)];
        workspace.Load(digits.Train.Features, all);
        digits.Train.Targets.CopyRows(all, targets);
        float[] once = Backward();
        float[] twice = Backward();
        Assert.All(once.Zip(twice), values => Assert.Equal(2 * values.First, values.Second, 1e-5f));
        new Sgd().Start(before.Length).Step(networks[1].Parameters, once, learningRate: 0.5);
        Assert.Equal(networks[1].Parameters.ToArray(), networks[0].Parameters.ToArray());
        Parameter bias = networks[0].Layers[1].Parameters[0];
        Assert.All(Enumerable.Range(bias.Offset, 7), i => Assert.NotEqual(before[i], networks[0].Parameters[i]));

        float[] Backward()
        {
            networks[1].Forward(workspace, 24, new SampleRandom(1));
            Loss.Quadratic.Evaluate(workspace.Output, targets, workspace.OutputGradient, 24, divisor: 24);
            networks[1].Backward(workspace, 24);
            return workspace.Gradient.ToArray();
        }
    }

    [Fact]
    public void An_augmentation_changes_an_image_as_its_stream_says()
    {
        float[] image = new float[12], changed = new float[12], again = new float[12];
        Philox random = new(seed: 1, place: 5), same = random;
        new SpeckAugmentation().Apply(image, [2, 3, 2], changed, ref random);
        new SpeckAugmentation().Apply(image, [2, 3, 2], again, ref same);
        Assert.Equal(2, changed.Sum());
        Assert.Equal(changed, again);
    }

    /// <summary>Several shards at once would change a buffer in an order that hangs on threads.</summary>
    [Fact]
    public void A_layer_with_buffers_gets_the_samples_of_a_batch_in_order()
    {
        Assert.Contains("in 117 shards", Network.Create([28, 28], new ScaleSpec(), Layer.Dense(10)).Explain(60_000, threads: 2), StringComparison.Ordinal);
        Assert.Contains("in 1 shard.", Network.Create([28, 28], new CenterSpec { Momentum = 0.9 }, Layer.Dense(10)).Explain(60_000, threads: 2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_needs_the_whole_batch_and_shares_its_sums_trains_on_several_processes()
    {
        GradientCheck.Layer(new BatchCenterSpec(), [6]).ThrowIfWrong();
        Assert.Contains("as 8 shards", Images().Explain(96, threads: 1), StringComparison.Ordinal);
        float[] alone = Train(SingleProcess.Instance);
        foreach (float[] parameters in ThreadProcesses.Run(3, Train))
        {
            Assert.Equal(alone, parameters);
        }

        static Network Images() => Network.Create([28, 28], Layer.Convolution2D(8, 3, 3, stride: 2), new BatchCenterSpec(), Layer.ReLU(), Layer.GlobalAveragePooling2D(), Layer.Dense(10));

        static float[] Train(ICommunicator communicator)
        {
            Network network = Images();
            new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()) { Communicator = communicator }.Fit(SyntheticDigits.Generate(200, seed: 1), new() { Epochs = 2, BatchSize = 96 });
            return network.Parameters.ToArray();
        }
    }

    private sealed record BiasSpec : LayerSpec
    {
        public override Layer Build(LayerBuilder builder) => new Bias(builder);
    }

    private sealed class Bias(LayerBuilder builder) : Layer(builder, builder.InputShape)
    {
        private readonly Parameter _bias = builder.AddParameter(ParameterRole.Bias, [builder.InputShape.Size], Initializer.Zeros);

        public override void Forward(in LayerPass pass)
        {
            for (int i = 0; i < pass.Output.Length; i++)
            {
                pass.Output[i] = pass.Input()[i] + pass.Values(_bias)[i % 7];
            }
        }

        public override void Backward(in LayerPass pass)
        {
            pass.Gradient(_bias).Clear();
            for (int i = 0; i < pass.Output.Length; i++)
            {
                pass.Gradient(_bias)[i % 7] += pass.OutputGradient[i];
            }
            pass.OutputGradient.CopyTo(pass.InputGradient());
        }
    }

    [Fact]
    public void A_recipe_gets_the_defaults_of_own_kinds_and_refuses_what_they_do_not_have()
    {
        Recipe recipe = Recipe.Parse("""{"name": "own", "layers": [{"type": "center", "momentum": 0.5, "name": "c"}, {"type": "noisy-product", "inputs": ["c", "input"]}, {"type": "dense", "units": 10}], "loss": {"type": "huber"}}""", "own.json");
        Assert.Equal(new NoisyProductSpec { Deviation = 0.1, Inputs = ["c", "input"] }, recipe.Layers[1] with { LearningRateFactor = 1 });
        Assert.Equal(new HuberLoss { Delta = 1 }, recipe.Loss);
        Refused("""{"name": "own", "layers": [{"type": "center"}]}""", "own.json: has no 'layers[0].momentum', expected one");
        Refused("""{"name": "own", "layers": [{"type": "scale", "initail": 3}]}""", "found 'layers[0].initail', which is not known there; did you mean 'initial'?");
        Refused("""{"name": "own", "layers": [{"type": "scael"}]}""", "found 'scael' as 'layers[0].type', which is not known; did you mean 'scale'? A kind of your own is made known by LayerSpec.Register. Known are: dense, ");

        static void Refused(string json, params string[] words)
        {
            string message = Assert.Throws<MalformedFileException>(() => Recipe.Parse(json, "own.json")).Message;
            Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("\"type\":\"scale\"", "\"type\":\"stretch\"", "has the layer 'stretch', which is none of dense, ", "LayerSpec.Register")]
    [InlineData("\"type\":\"huber\"", "\"type\":\"hubert\"", "has the loss 'hubert', which is none of quadratic, ", "Loss.Register")]
    [InlineData("\"type\":\"sign-momentum\"", "\"type\":\"lamb\"", "has the optimiser 'lamb'", "Optimizer.Register")]
    [InlineData("\"type\":\"halving\"", "\"type\":\"thirds\"", "has the schedule 'thirds'", "Schedule.Register")]
    [InlineData("\"type\":\"constant\",\"value\"", "\"type\":\"always\",\"value\"", "has the initialiser 'always'", "Initializer.Register")]
    public void A_model_of_kinds_that_are_not_known_says_what_to_call(string known, string unknown, params string[] words)
    {
        Network network = (OwnRecipe() with { Training = OwnRecipe().Training with { Epochs = 1 } }).Train(Digits(200, 10));
        using MemoryStream saved = new();
        network.Save(saved);
        string text = Encoding.Latin1.GetString(saved.ToArray());
        Assert.Contains(Escaped(known), text, StringComparison.Ordinal);
        // The header's length stands in the first eight bytes; the checksum is made empty, and spaces make up for both.
        string changed = text[8..].Replace(Escaped(known), Escaped(unknown), StringComparison.Ordinal);
        byte[] bytes = [.. BitConverter.GetBytes(BitConverter.ToInt64(saved.ToArray()) + changed.Length - (text.Length - 8)), .. Encoding.Latin1.GetBytes(changed)];
        string message = Assert.Throws<MalformedFileException>(() => Network.Load(new MemoryStream(bytes), "model")).Message;
        Assert.StartsWith("model: ", message, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));

        static string Escaped(string json) => json.Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    private sealed record UnknownSpec : LayerSpec
    {
        public override Layer Build(LayerBuilder builder) => new Scale(builder, new ScaleSpec());
    }

    private sealed record UnknownLoss : Loss
    {
        protected override double EvaluateRows(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor) => 0;
    }

    [Fact]
    public void What_is_not_registered_trains_but_is_not_saved()
    {
        Network network = Network.Create([4], new UnknownSpec(), Layer.Dense(2));
        network.Initialize(new NumPyRandom(1));
        Assert.Equal("unknown1", network.Layers[0].Name);
        Assert.Equal(
            "The network cannot be saved: unknown1 is a UnknownSpec, a kind of layer that has no name in files; call LayerSpec.Register for it once, when the program starts.",
            Assert.Throws<InvalidOperationException>(() => network.Save(_folder["unknown"])).Message);
        Network other = Network.Create([4], Layer.Dense(2));
        other.Initialize(new NumPyRandom(1));
        other.Loss = new UnknownLoss();
        Assert.Contains("the loss is a UnknownLoss, a kind of loss", Assert.Throws<InvalidOperationException>(() => other.Save(_folder["unknown"])).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["unknown"]));
        Assert.Contains("does not know UnknownSpec", Assert.Throws<ArgumentException>(() => LayerSpec.Register("unknown", new UnknownSpec(), OwnJson.Default)).Message, StringComparison.Ordinal);
        Assert.Contains("ScaleSpec is registered as 'scale'", Assert.Throws<ArgumentException>(() => LayerSpec.Register("other", new ScaleSpec(), OwnJson.Default)).Message, StringComparison.Ordinal);
        Assert.Contains("DenseSpec is registered as 'dense'", Assert.Throws<ArgumentException>(() => LayerSpec.Register("dense", new CenterSpec { Momentum = 0 }, OwnJson.Default)).Message, StringComparison.Ordinal);
        foreach (string name in new[] { "", "Scale", "scale2", "-scale", "skàle", new string('a', 51) })
        {
            Assert.Throws<ArgumentException>(() => LayerSpec.Register(name, new CenterSpec { Momentum = 0 }, OwnJson.Default));
        }
    }

    private sealed class Halving : GradientTransform
    {
        public int Calls { get; private set; }

        public override void Apply(Span<float> gradient, Network network)
        {
            Calls++;
            foreach (ref float value in gradient)
            {
                value /= 2;
            }
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(600)]
    public void A_transform_sees_each_batchs_gradient(int batchSize)
    {
        TrainAndTest digits = Digits(1200, 10);
        Halving halving = new();
        float[] halved = Train(new Sgd { LearningRate = 0.5 }, halving), slower = Train(new Sgd { LearningRate = 0.25 }, null);
        // A factor of two changes no bits.
        Assert.Equal(slower, halved);
        Assert.Equal(1200 / batchSize, halving.Calls);

        float[] Train(Optimizer optimizer, GradientTransform? transform)
        {
            Network network = Network.Create([28, 28], Layer.Dense(20, Activation.ReLU), Layer.Dense(10));
            Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, optimizer);
            if (transform is not null)
            {
                trainer.GradientTransforms.Add(transform);
            }
            trainer.Fit(digits.Train, new TrainingOptions { Epochs = 1, BatchSize = batchSize, ValidationFraction = 0 });
            return network.Parameters.ToArray();
        }
    }

    [Fact]
    public void Clipping_makes_long_gradients_as_long_as_it_says()
    {
        Network network = Network.Create([2], Layer.Dense(2, bias: false));
        float[] longer = [3, 0, 0, -4], shorter = [0.3f, 0, 0, -0.4f];
        new GradientClipping(2.5).Apply(longer, network);
        new GradientClipping(2.5).Apply(shorter, network);
        Assert.Equal([1.5f, 0, 0, -2], longer);
        Assert.Equal([0.3f, 0, 0, -0.4f], shorter);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientClipping(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradientClipping(double.NaN));
    }
}
