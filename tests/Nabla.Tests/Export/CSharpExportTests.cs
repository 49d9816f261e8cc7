using System.Globalization;
using System.Reflection;

namespace Nabla.Tests.Export;

/// <summary>Networks as C# source: it compiles as C# 9 for .NET Standard 2.1 and for .NET, without a warning, and answers with the network's own bits.</summary>
public sealed class CSharpExportTests
{
    // A compiler takes seconds to read the weights of larger ones, whose layers are of the same kinds.
    private const int MaxParametersOfRecipe = 60_000;

    private delegate float MultiplyAdd(float a, float b, float c);

    /// <summary>A network for each kind of layer, the registered name first.</summary>
    private static readonly (string Kind, Shape Input, LayerSpec[] Layers)[] OfKinds =
    [
        ("dense", [9], [Layer.Dense(7, Activation.Tanh), Layer.Dense(33, Activation.Sigmoid), Layer.Dense(5, Activation.ReLU, bias: false), Layer.Dense(3)]),
        ("dense", [5, 4, 3], [Layer.Dense(1, Activation.Tanh)]),
        ("convolution2d", [7, 6, 3], [Layer.Convolution2D(5, 3, 3, Activation.ReLU, padding: 1), Layer.Convolution2D(17, 2, 4, Activation.Tanh, stride: 2, padding: 1, bias: false), Layer.Dense(4)]),
        ("convolution2d", [3, 5], [Layer.Convolution2D(2, 3, 5)]),
        ("convolution2d", [2, 2], [Layer.Convolution2D(3, 2, 2, Activation.Sigmoid, padding: 3)]),
        ("convolution2d", [9, 9, 2], [Layer.Convolution2D(4, 2, 2, stride: 4), Layer.Convolution2D(19, 1, 1)]),
        ("depthwiseconvolution2d", [7, 6, 9], [Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU, padding: 1), Layer.DepthwiseConvolution2D(2, 3, Activation.Tanh, stride: 2, bias: false)]),
        ("dropout", [6], [Layer.Dropout(0.4), Layer.Dense(4), Layer.Dropout()]),
        ("gaussiannoise", [6], [Layer.Dense(4), Layer.GaussianNoise(0.2), Layer.Dense(3), Layer.GaussianNoise()]),
        ("batchnormalization", [4, 5, 3], [Layer.BatchNormalization(), Layer.Convolution2D(6, 3, 3, bias: false), Layer.BatchNormalization(Activation.Tanh), Layer.Dense(7), Layer.BatchNormalization(Activation.ReLU, epsilon: 1e-3)]),
        ("layernormalization", [37], [Layer.LayerNormalization(), Layer.Dense(5), Layer.LayerNormalization(1e-2)]),
        ("layernormalization", [3, 4, 2], [Layer.LayerNormalization(), Layer.Dense(3)]),
        ("flatten", [4, 3, 2], [Layer.Flatten(), Layer.Dense(3), Layer.Flatten()]),
        ("cropping2d", [6, 7, 2], [Layer.Cropping2D(top: 1, bottom: 2, left: 3), Layer.Dense(3)]),
        ("cropping2d", [4, 3], [Layer.Cropping2D(right: 1)]),
        ("maxpooling2d", [8, 9, 5], [Layer.MaxPooling2D(2, 2), Layer.MaxPooling2D(3, 2, stride: 1, padding: 1), Layer.Dense(3)]),
        ("maxpooling2d", [9, 8, 2], [Layer.Convolution2D(2, 1, 1, Activation.Tanh), Layer.MaxPooling2D(2, 3, stride: 3)]),
        ("averagepooling2d", [8, 9, 5], [Layer.AveragePooling2D(2, 2), Layer.AveragePooling2D(3, 2, stride: 2, padding: 1)]),
        ("globalaveragepooling2d", [5, 7, 9], [Layer.GlobalAveragePooling2D(), Layer.Dense(2)]),
        ("activation", [9], [new ActivationSpec { Function = Activation.Tanh }, Layer.Dense(5), new ActivationSpec { Function = Activation.ReLU }, Layer.Dense(3), new ActivationSpec { Function = Activation.Identity }]),
        ("clip", [9], [Layer.Clip(-0.2, 0.7), Layer.Dense(5), Layer.Clip()]),
        // More than a float holds.
        ("leakyrelu", [9], [Layer.LeakyReLU(1e300)]),
        ("leakyrelu", [9], [Layer.LeakyReLU(0.3), Layer.Dense(5), Layer.LeakyReLU()]),
        ("gelu", [9], [Layer.GELU(), Layer.Dense(5), Layer.GELU()]),
        ("silu", [9], [Layer.SiLU(), Layer.Dense(5), Layer.SiLU()]),
        ("softplus", [9], [Layer.Softplus(), Layer.Dense(5), Layer.Softplus()]),
        ("rescaling", [9], [Layer.Rescaling(1e-5, 300), Layer.Dense(2), Layer.Rescaling(-2.5, 0.1)]),
        ("residual", [5, 5, 3], [Layer.Residual(Layer.Convolution2D(3, 3, 3, Activation.ReLU, padding: 1), Layer.Convolution2D(3, 3, 3, padding: 1)), Layer.Dense(3)]),
        ("add", [6], [Layer.Dense(6, Activation.Tanh) with { Name = "a" }, Layer.Dense(6) with { Name = "b" }, Layer.Add("input", "a", "b", "a"), Layer.Dense(2)]),
        ("concatenate", [4, 4, 3], [Layer.Convolution2D(2, 3, 3, padding: 1) with { Name = "start" }, Layer.Concatenate("start", "input", "start"), Layer.Dense(3) with { Name = "few" }, Layer.Concatenate("few", "few")]),
        ("concatenate", [3, 4], [Layer.Concatenate("input", "input")]),
    ];

    public static TheoryData<string> ShippedModels() => [.. Directory.GetFiles(Path.Combine(DotNet.Repository, "models"), "*.safetensors").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_kind_of_layer_has_the_networks_own_bits()
    {
        Assert.Equal(
            Kinds.Layers.Registered.Where(kind => kind.Type.Assembly == typeof(Network).Assembly).Select(kind => kind.Name).Order(StringComparer.Ordinal),
            OfKinds.Select(network => network.Kind).Append("softmaxaverage").Distinct().Order(StringComparer.Ordinal));
        Network[] networks = [.. OfKinds.Select((network, i) => RandomNetworks.WithWeights(Network.Create(network.Input, network.Layers), new System.Random(i), Loss.Quadratic))];
        AssertSameBits(networks, i => $"{OfKinds[i].Kind} ({i})");
    }

    [Fact]
    public void An_ensemble_has_its_own_bits()
    {
        System.Random random = new(5);
        Network[] members = [.. new LayerSpec[][] { [Layer.Dense(4)], [Layer.Dense(5, Activation.Tanh), Layer.Dense(4)], [Layer.LayerNormalization(), Layer.Dense(4)] }
            .Select(layers => RandomNetworks.WithWeights(Network.Create([6], layers), random, Loss.SoftmaxCrossEntropy))];
        Network two = Network.Ensemble(members[..2]);
        AssertSameBits([two, Network.Ensemble(members), Network.Ensemble(two, members[2])], i => $"ensemble {i}");
    }

    [Fact]
    public void Random_networks_have_their_own_bits() =>
        AssertSameBits([.. Enumerable.Range(0, 100).Select(RandomNetworks.Draw)], i => $"network of seed {i}");

    [Fact]
    public void The_networks_of_the_recipes_have_their_own_bits()
    {
        Recipe[] recipes = [.. RecipeBook.Names.Select(RecipeBook.Get).Where(recipe => recipe.CreateNetwork().Parameters.Length <= MaxParametersOfRecipe)];
        AssertSameBits([.. recipes.Select((recipe, i) => RandomNetworks.WithWeights(recipe.CreateNetwork(), new System.Random(i), recipe.Loss))], i => recipes[i].Name);
    }

    [Theory]
    [MemberData(nameof(ShippedModels))]
    public void A_shipped_model_reads_digits_with_its_own_bits(string file)
    {
        Network network = Network.Load(Path.Combine(DotNet.Repository, "models", file));
        ByteFeatures digits = (ByteFeatures)SyntheticDigits.Generate(20, seed: 3).Features;
        StringWriter source = new();
        network.ExportCSharp(source, new CSharpOptions { ClassName = "Digits", Namespace = "Made.Of" });
        float[] expected = new float[network.OutputShape.Size], actual = new float[expected.Length];
        foreach (CompilationTarget target in new[] { CompilationTarget.NetStandard21, CompilationTarget.Net9 })
        {
            ExportedNetwork exported = new(CSharpCompiler.Compile(target, source.ToString()), "Made.Of.Digits");
            for (int i = 0; i < digits.Count; i++)
            {
                network.Score(digits[i], expected);
                Assert.Equal(network.Predict(digits[i]).Label, exported.Predict(digits[i], actual));
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void Samples_and_scores_are_treated_as_the_network_does()
    {
        Network[] networks = [.. Enumerable.Range(0, 7).Select(i => RandomNetworks.WithWeights(Network.Create([4, 6], Layer.Dense(5)), new System.Random(i), Loss.SoftmaxCrossEntropy))];
        networks[0].Preprocessing = new Preprocessing { ByteDivisor = 7, FloatDivisor = 1.7f };
        networks[1].Preprocessing = new Preprocessing { Standardization = new Standardization([0.1f, 0.2f, 0.3f], [0.7f, 1.1f, 3]) };
        networks[2].Preprocessing = new Preprocessing { ByteDivisor = 1, FloatDivisor = 3, Standardization = new Standardization([0.5f], [0.3f]) };
        networks[3].Temperature = 1.7;
        networks[4].Loss = new SoftmaxCrossEntropyLoss { LabelSmoothing = 0.1 };
        networks[5].Loss = null;
        (networks[6].Loss, networks[6].Temperature) = (Loss.Quadratic, 3);
        AssertSameBits(networks, i => $"preprocessing {i}");
    }

    [Fact]
    public void A_single_number_that_is_no_probability_is_returned_itself()
    {
        Network[] networks = [.. Enumerable.Range(0, 3).Select(i => RandomNetworks.WithWeights(Network.Create([3], Layer.Dense(1), Layer.Rescaling(2.5, 10)), new System.Random(i), i == 2 ? Loss.SoftmaxCrossEntropy : Loss.Quadratic))];
        networks[1].Schema = new TableSchema { Columns = [new SchemaColumn { Place = 1, Name = "size" }, new SchemaColumn { Place = 3, Name = "colour", Categories = ["red", "blue"] }], FileColumns = 4 };
        ExportedNetwork[] exported = AssertSameBits(networks, i => $"regression {i}");
        Assert.Equal(typeof(float), exported[0].Type.GetMethod("Predict", [typeof(ReadOnlySpan<float>)])!.ReturnType);
        Assert.True(exported[0].TakesBytes);
        Assert.Equal(typeof(int), exported[2].Type.GetMethod("Predict", [typeof(ReadOnlySpan<float>), typeof(Span<float>)])!.ReturnType);
        // The row of a table is no picture.
        Assert.False(exported[1].TakesBytes);
        Assert.Equal(["size", "colour=red", "colour=blue"], exported[1].Names("InputNames"));
    }

    [Fact]
    public void Whatever_names_and_notes_a_model_brings_they_stay_texts()
    {
        string[] names = ["\u2028 } evil // ", "\"; throw null; //", "\\\" \\u0022", "<&>", "\u202E x \uFEFF", "\uD83D\uDE00 é 数", "{0} {{", "*/ #endif", "\uD800 alone"];
        Network network = RandomNetworks.WithWeights(Network.Create([3], Layer.Dense(names.Length) with { Name = "out \u2029 } evil" }), new System.Random(1), Loss.SoftmaxCrossEntropy);
        network.ClassNames = names;
        network.Schema = new TableSchema { Columns = [.. names[..3].Select((name, i) => new SchemaColumn { Place = i + 1, Name = name })], FileColumns = 3 };
        network.Training = new TrainingRecord
        {
            Version = "1 \n } evil",
            Optimizer = new Adam(),
            Options = new TrainingOptions(),
            Samples = 5,
            BestEpoch = 1,
            Data = "a file\r\n#error no \u2028#error no",
            TestAccuracy = 0.5,
        };
        StringWriter source = new();
        network.ExportCSharp(source);
        Assert.DoesNotContain('\u202E', source.ToString());
        ExportedNetwork exported = new(CSharpCompiler.Compile(CompilationTarget.NetStandard21, source.ToString()));
        Assert.Equal(names, exported.Names("ClassNames"));
        Assert.Equal(names[..3], exported.Names("InputNames"));
    }

    [Fact]
    public void The_file_tells_what_the_network_is_and_how_it_was_trained()
    {
        StringWriter source = new();
        Network network = Network.Load(Path.Combine(DotNet.Repository, "models", "digits-small.safetensors"));
        network.ExportCSharp(source);
        string header = source.ToString()[..source.ToString().IndexOf("#nullable", StringComparison.Ordinal)];
        Assert.All(
            [
                "exported by Nabla 0.1.0", "Dense 1000 → 10  (10,010 parameters)", $"{network.Parameters.Length:N0} parameters in all", "76,000 samples of MNIST", "adam, batches of 128, seed 1, the weights of epoch 60 of 60",
                "recognised 98.60% of the validation samples and 99.07% of the test samples", "var network = new NeuralNetwork();", "C# 9 and .NET Standard 2.1",
            ],
            part => Assert.Contains(part, header, StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_network_gives_the_same_file_in_every_culture()
    {
        Network network = RandomNetworks.Draw(3);
        StringWriter source = new() { NewLine = "\r\n" }, again = new();
        network.ExportCSharp(source);
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "~" } };
        try
        {
            network.ExportCSharp(again);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        Assert.Equal(source.ToString(), again.ToString());
        Assert.DoesNotContain('\r', source.ToString());
        Assert.DoesNotContain(source.ToString().Split('\n'), line => line.EndsWith(' '));
    }

    [Fact]
    public void Predicting_allocates_nothing()
    {
        Network[] networks = [.. OfKinds.Select((network, i) => RandomNetworks.WithWeights(Network.Create(network.Input, network.Layers), new System.Random(i), Loss.SoftmaxCrossEntropy))];
        foreach (CompilationTarget target in Enum.GetValues<CompilationTarget>())
        {
            ExportedNetwork[] exported = Exported(target, networks);
            for (int i = 0; i < networks.Length; i++)
            {
                byte[] pixels = new byte[networks[i].InputShape.Size];
                float[] sample = new float[pixels.Length], scores = new float[networks[i].OutputShape.Size];
                Predict();
                long before = GC.GetAllocatedBytesForCurrentThread();
                Predict();
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

                void Predict()
                {
                    exported[i].Predict(pixels, scores);
                    exported[i].Predict(sample, scores);
                }
            }
        }
    }

    /// <summary>The sum in double precision that takes the place of a fused multiply-add, against the processor's own.</summary>
    [Fact]
    public void Without_hardware_a_fused_multiply_add_is_rounded_once_all_the_same()
    {
        StringWriter source = new();
        RandomNetworks.WithWeights(Network.Create([2], Layer.Dense(2)), new System.Random(1), Loss.Quadratic).ExportCSharp(source);
        Type type = CSharpCompiler.Compile(CompilationTarget.NetStandard21, source.ToString()).GetType("NeuralNetwork")!;
        MultiplyAdd own = type.GetMethod("MultiplyAdd", BindingFlags.NonPublic | BindingFlags.Static)!.CreateDelegate<MultiplyAdd>();
        System.Random random = new(7);
        int[] mended = [0, 0];
        for (int i = 0; i < 2_000_000; i++)
        {
            (float a, float b) = (Any(random, i % 3), Any(random, i % 3));
            float c = (i % 5) switch
            {
                0 => Any(random, 0),
                // Next to the product; and beside a product that may lie half way between two floats, so little that a double does not hold it.
                1 => -a * b * (1 + random.Next(-3, 4) * 1.1920929e-7f),
                2 => MathF.ScaleB(a * b * (random.Next(2) - 0.5f), -random.Next(20, 70)),
                3 => MathF.ScaleB(random.Next(-5, 6), -149),
                _ => MathF.ScaleB(random.Next(-1 << 23, 1 << 23), -149),
            };
            if (i % 5 == 4)
            {
                // A little less than half of the smallest float, beside one of those that have fewer digits than usual.
                float few = MathF.ScaleB(random.Next(1, 64), -23);
                (a, b) = (MathF.ScaleB(1 + few, -75), MathF.ScaleB(1 - few, -75));
            }
            float expected = MathF.FusedMultiplyAdd(a, b, c), actual = own(a, b, c);
            int size = Math.Abs(expected) < 1.2e-38f ? 0 : 1;
            mended[size] += float.IsFinite(expected) && expected != (float)((double)a * b + c) ? 1 : 0;
            Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || (float.IsNaN(expected) && float.IsNaN(actual)), $"{a:R} · {b:R} + {c:R} is {actual:R}, expected {expected:R}");
        }
        // Otherwise the test would not tell whether tiny numbers, and others, are rounded twice.
        Assert.All(mended, count => Assert.InRange(count, 1000, int.MaxValue));

        // Numbers of all sizes, and short ones, whose products and sums often lie half way between two floats.
        static float Any(System.Random random, int sort) => sort switch
        {
            0 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
            1 => MathF.ScaleB(random.Next(-8193, 8194), random.Next(-20, 20)),
            _ => MathF.ScaleB(random.Next(-8193, 8194), random.Next(-90, -60)),
        };
    }

    [Fact]
    public void A_file_is_written_at_once_or_not_at_all()
    {
        using TemporaryFolder folder = new();
        Network network = RandomNetworks.WithWeights(Network.Create([2], Layer.Dense(2)), new System.Random(1), Loss.Quadratic);
        File.WriteAllText(folder["Network.cs"], "before");
        network.ExportCSharp(folder["Network.cs"], new CSharpOptions { ClassName = "Small" });
        StringWriter source = new();
        network.ExportCSharp(source, new CSharpOptions { ClassName = "Small" });
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes(source.ToString()), File.ReadAllBytes(folder["Network.cs"]));
        Assert.Equal(["Network.cs"], folder.FileNames);

        string missing = Path.Combine(folder["nowhere"], "Network.cs");
        Assert.Contains(missing, Assert.Throws<DirectoryNotFoundException>(() => network.ExportCSharp(missing)).Message, StringComparison.Ordinal);
        Network failing = Network.Create([2], new OwnSpec());
        failing.MarkInitialized();
        Assert.Throws<NotSupportedException>(() => failing.ExportCSharp(folder["Network.cs"]));
        Assert.Equal(source.ToString(), File.ReadAllText(folder["Network.cs"]));
    }

    [Fact]
    public void What_a_network_has_of_a_programs_own_is_named()
    {
        Network network = Network.Create([2], Layer.Dense(3), new OwnSpec());
        network.MarkInitialized();
        Assert.Equal(
            "The network cannot be exported as C#: own1 is a OwnSpec, a kind of layer of a program's own; only Nabla's own layers can be written as C# source.",
            Assert.Throws<NotSupportedException>(() => network.ExportCSharp(TextWriter.Null)).Message);

        Network other = RandomNetworks.WithWeights(Network.Create([2], Layer.Dense(3)), new System.Random(1), new OwnLoss());
        Assert.Contains("its loss is a OwnLoss", Assert.Throws<NotSupportedException>(() => other.ExportCSharp(TextWriter.Null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_without_usable_weights_is_refused()
    {
        Network network = Network.Create([2], Layer.Dense(3));
        Assert.Contains("no weights yet", Assert.Throws<InvalidOperationException>(() => network.ExportCSharp(TextWriter.Null)).Message, StringComparison.Ordinal);
        network.Parameters[4] = float.NaN;
        network.MarkInitialized();
        Assert.Contains("NaN as number 4 of dense1/weight", Assert.Throws<InvalidOperationException>(() => network.ExportCSharp(TextWriter.Null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3d")]
    [InlineData("my net")]
    [InlineData("class")]
    [InlineData("record")]
    [InlineData("a.b")]
    [InlineData("Größe")]
    [InlineData("@class")]
    [InlineData("Dense")]
    [InlineData("Weights")]
    [InlineData("MathF")]
    [InlineData("x { } class Y")]
    public void What_is_no_name_of_a_class_is_refused(string name)
    {
        Assert.Equal("ClassName", Assert.Throws<ArgumentException>(() => new CSharpOptions { ClassName = name }).ParamName);
        Assert.Equal("Namespace", Assert.Throws<ArgumentException>(() => new CSharpOptions { Namespace = $"Good.{name}." }).ParamName);
    }

    [Theory]
    [InlineData("x", null)]
    [InlineData("_Digits2", "A.B_c.D")]
    [InlineData("Digits", "Digits")]
    [InlineData("String", "My.Collections.Generic")]
    public void Every_name_that_is_taken_compiles(string name, string? @namespace)
    {
        StringWriter source = new();
        RandomNetworks.WithWeights(Network.Create([2], Layer.Dense(3, Activation.Sigmoid)), new System.Random(1), Loss.SoftmaxCrossEntropy)
            .ExportCSharp(source, new CSharpOptions { ClassName = name, Namespace = @namespace });
        string text = name == "x" ? "#pragma warning disable CS8981 // a lower-case name\n" + source : source.ToString();
        Assert.NotNull(CSharpCompiler.Compile(CompilationTarget.Net9, text).GetType(@namespace is null ? name : $"{@namespace}.{name}"));
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Network network = RandomNetworks.WithWeights(Network.Create([3], Layer.Dense(2)), new System.Random(1), Loss.SoftmaxCrossEntropy);
        ExportedNetwork exported = Exported(CompilationTarget.NetStandard21, [network])[0];
        Assert.Equal("Network0 takes 3 values, but got 4.", Assert.Throws<ArgumentException>(() => exported.Predict(new float[4], new float[2])).Message);
        Assert.Equal("Network0 takes 3 values, but got 2.", Assert.Throws<ArgumentException>(() => exported.Predict(new byte[2], new float[2])).Message);
        Assert.Equal("Network0 puts out 2 scores, but there is room for 1.", Assert.Throws<ArgumentException>(() => exported.Predict(new float[3], new float[1])).Message);
        float[] scores = [0, 0, 7];
        exported.Predict(new float[3], scores);
        Assert.Equal(7, scores[2]);
    }

    /// <summary>Compiles networks together, for each of the targets, and compares each; the last target's are returned.</summary>
    private static ExportedNetwork[] AssertSameBits(Network[] networks, Func<int, string> name)
    {
        ExportedNetwork[] exported = [];
        foreach (CompilationTarget target in Enum.GetValues<CompilationTarget>())
        {
            exported = Exported(target, networks);
            for (int i = 0; i < networks.Length; i++)
            {
                exported[i].AssertSameBits($"{name(i)}, {target}", networks[i], new System.Random(i));
            }
        }
        return exported;
    }

    private static ExportedNetwork[] Exported(CompilationTarget target, Network[] networks)
    {
        Assembly assembly = CSharpCompiler.Compile(target, networks.Select((network, i) =>
        {
            StringWriter source = new();
            network.ExportCSharp(source, new CSharpOptions { ClassName = $"Network{i}" });
            return source.ToString();
        }));
        return [.. networks.Select((_, i) => new ExportedNetwork(assembly, $"Network{i}"))];
    }

    private sealed record OwnSpec : LayerSpec
    {
        public override Layer Build(LayerBuilder builder) => new Own(builder);
    }

    private sealed class Own(LayerBuilder builder) : Layer(builder, builder.InputShape)
    {
        public override void Forward(in LayerPass pass) => pass.Input().CopyTo(pass.Output);

        public override void Backward(in LayerPass pass) => pass.OutputGradient.CopyTo(pass.InputGradient());
    }

    private sealed record OwnLoss : Loss
    {
        protected override double EvaluateRows(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor) => 0;
    }
}
