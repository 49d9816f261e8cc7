using Nabla.Tests.Serialization;

namespace Nabla.Tests.Recipes;

public sealed class RecipeTests
{
    public static TheoryData<string> Names() => [.. RecipeBook.Names];

    [Fact]
    public void There_is_one_for_each_network_of_the_notebooks_and_each_figure_of_docs_accuracy() => Assert.Equal(
        [
            "best", "built-in", "convolution", "deep-sigmoid", "dense", "digit-or-not", "digits", "digits-small", "fast99", "linear", "mlp", "mlp-best", "quadratic-sgd", "quick",
            "relu-dropout", "relu-dropout-400-minibatch", "relu-dropout-400-online", "relu-dropout-minibatch", "relu-online", "relu-softmax-class", "relu-softmax-full-batch",
            "table", "tanh-softmax", "tiny",
        ],
        RecipeBook.Names.Order(StringComparer.Ordinal));

    /// <summary>Whatever the unit: the loss is measured in deviations of the targets.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1e12, -5e12)]
    [InlineData(1e-9, 1e-8)]
    public void For_numbers_as_targets_a_recipe_for_classes_becomes_a_regression(double unit, double offset)
    {
        NumPyRandom random = new(3);
        float[] inputs = [.. Enumerable.Range(0, 600).Select(_ => (float)random.NextDouble())];
        float[] targets = [.. Enumerable.Range(0, 300).Select(i => (float)(offset + unit * (3 * inputs[2 * i] - 2 * inputs[2 * i + 1])))];
        DataSet all = DataSet.FromVectors(inputs, [2], targets, 1);
        TrainAndTest data = new(all.Slice(0, 250), all.Slice(250, 50), "numbers");
        Recipe recipe = RecipeBook.Get("table").For(data.Train);
        Assert.IsType<RescalingSpec>(recipe.Layers[^1]);
        Network network = RecipeBook.Get("table").Train(data);
        Evaluation evaluation = network.Evaluate(data.Test);
        Assert.InRange(evaluation.Regression!.R2!.Value, 0.98, 1);
        Assert.InRange(evaluation.Loss, 0, 0.01);
        Assert.Equal(0.5, network.Loss!.OfConstantAnswer(data.Train.Targets)!.Value, 1e-3);
    }

    [Fact]
    public void A_recipe_trains_on_ones_own_data_and_repeats_itself()
    {
        DataSet clusters = Training.Problems.Clusters(300);
        TrainAndTest data = new(clusters.Slice(0, 200), clusters.Slice(200, 100), "clusters");
        Recipe recipe = RecipeBook.Get("dense");
        Network network = recipe.Train(data);
        Assert.Equal((20, 4), (network.InputShape.Size, network.OutputShape.Size));
        Assert.True(network.Evaluate(data.Test).Accuracy > 0.9);

        RecipeTraining training = recipe.For(data.Train).Prepare(data);
        int epochs = 0;
        training.Trainer.EpochCompleted += _ => epochs++;
        Assert.Equal(recipe.Training.Epochs, training.Fit().Epochs.Count);
        Assert.Equal(recipe.Training.Epochs, epochs);
        Assert.Equal(network.Parameters.ToArray(), training.Network.Parameters.ToArray());
        // Where nothing has to be changed, nothing is.
        Assert.Same(recipe, recipe.For(SyntheticDigits.Generate(20, seed: 1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_called_as_its_file_and_comes_back_from_its_own_json(string name)
    {
        Recipe recipe = RecipeBook.Get(name);
        Assert.Equal(name, recipe.Name);
        Assert.NotEmpty(recipe.Description);
        string json = recipe.ToJson();
        Assert.Equal(json, Recipe.Parse(json, "again").ToJson());
        Assert.Equal(name == "digit-or-not" ? 2 : 10, recipe.CreateNetwork().OutputShape.Size);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        Recipe recipe = Recipe.Parse("""{ "name": "short", /* a remark */ "layers": [ { "units": 10, "type": "dense" }, ], }""", "short.json");
        Recipe expected = new() { Name = "short", Layers = [Layer.Dense(10)] };
        Assert.Equal(expected.ToJson(), recipe.ToJson());
        Assert.True(((DenseSpec)recipe.Layers[0]).Bias);
        Assert.Equal(new TrainingOptions(), recipe.Training);
    }

    [Fact]
    public void Pooling_needs_only_the_size_of_its_windows()
    {
        Recipe recipe = Recipe.Parse(
            """
            { "name": "n", "layers": [
                { "type": "maxpooling2d", "kernelHeight": 2, "kernelWidth": 3 },
                { "type": "averagepooling2d", "kernelHeight": 3, "kernelWidth": 3, "stride": 2, "padding": 1 } ] }
            """,
            "n");
        Assert.Equal([Layer.MaxPooling2D(2, 3), Layer.AveragePooling2D(3, 3, stride: 2, padding: 1)], recipe.Layers);
    }

    [Fact]
    public void Layers_of_separable_networks_need_only_what_has_no_default()
    {
        Recipe recipe = Recipe.Parse(
            """
            { "name": "n", "layers": [
                { "type": "convolution2d", "filters": 2, "kernelHeight": 1, "kernelWidth": 1 },
                { "type": "depthwiseconvolution2d", "kernelHeight": 2, "kernelWidth": 3 },
                { "type": "depthwiseconvolution2d", "kernelHeight": 3, "kernelWidth": 3, "activation": "ReLU", "stride": 2, "padding": 1, "bias": false },
                { "type": "layernormalization" }, { "type": "layernormalization", "epsilon": 0.01 }, { "type": "leakyrelu" }, { "type": "leakyrelu", "negativeSlope": 0.2 },
                { "type": "gelu" }, { "type": "silu" }, { "type": "softplus" }, { "type": "activation", "function": "tanh" }, { "type": "clip" }, { "type": "clip", "minimum": -1, "maximum": 1 }, { "type": "globalaveragepooling2d" } ] }
            """,
            "n");
        Assert.Equal(
            [
                Layer.Convolution2D(2, 1, 1), Layer.DepthwiseConvolution2D(2, 3), Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU, stride: 2, padding: 1, bias: false), Layer.LayerNormalization(), Layer.LayerNormalization(0.01),
                Layer.LeakyReLU(), Layer.LeakyReLU(0.2), Layer.GELU(), Layer.SiLU(), Layer.Softplus(), Layer.Tanh(), Layer.Clip(), Layer.Clip(-1, 1), Layer.GlobalAveragePooling2D(),
            ],
            recipe.Layers);
    }

    [Fact]
    public void Part_of_an_object_is_filled_with_that_objects_defaults()
    {
        Recipe recipe = Recipe.Parse(
            """{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "epochs": 3 }, "optimizer": { "type": "adam", "beta1": 0.5 } }""", "n");
        Assert.Equal(new TrainingOptions { Epochs = 3 }, recipe.Training);
        Assert.Equal(new Adam { Beta1 = 0.5 }, recipe.Optimizer);
    }

    [Theory]
    [InlineData("""{ "name": "n", "layer": [] }""", "found 'layer', which is not known there; did you mean 'layers'?")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "unit": 10 } ] }""", "found 'layers[0].unit', which is not known there; did you mean 'units'?")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dens", "units": 10 } ] }""", "found 'dens' as 'layers[0].type', which is not known; did you mean 'dense'? A kind of your own is made known by LayerSpec.Register. Known are: dense, convolution2d, ")]
    [InlineData("""{ "name": "n", "layers": [ { "units": 10 } ] }""", "found no 'type' in 'layers[0]'")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "threads": 2 } }""", "found 'training.threads'")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "epochs": "ten" } }""", "training.epochs")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "epochs": 0 } }""", "Epochs must be at least 1")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "order": "Backwards" } }""", "training.order")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense" } ] }""", "units")]
    [InlineData("""{ "name": "n", "layers": [] }""", "at least one layer")]
    [InlineData("""{ "layers": [ { "type": "dense", "units": 10 } ] }""", "name")]
    [InlineData("""{ "name": "n", "layers": [ null ] }""", "found null as 'layers[0]', expected a value")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "weightInitializer": { "type": "normal" } } ] }""", "deviation")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "weightInitializer": { "type": "uniform", "high": 0.5 } } ] }""", "low")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "weightInitializer": { "type": "variance-scaling", "scale": 1, "fan": "In" } } ] }""", "spread")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "weightInitializer": { "type": "variance-scaling", "scale": 1, "spread": "Normal" } } ] }""", "fan")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "preprocessing": { "standardization": {} } }""", "has no 'preprocessing.standardization.mean', expected one")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10, "activation": "softmax" } ] }""", "found \"softmax\" as 'layers[0].activation', expected one of Identity, Sigmoid, Tanh, ReLU; did you mean")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": "10" } ] }""", "found \"10\" as 'layers[0].units', expected a whole number.")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 0 } ] }""", "at least 1 unit; found 0.")]
    [InlineData("""{ "name": "n", "layers": 5 }""", "found 5 as 'layers', expected a list")]
    [InlineData("""{ "name": "n", "layers": [ 5 ] }""", "found 5 as 'layers[0]', expected an object")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "optimizer": "adam" }""", "found \"adam\" as 'optimizer', expected an object")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "preprocessing": { "standardization": { "mean": null, "deviation": [1] } } }""", "mean")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "preprocessing": { "standardization": { "mean": [null], "deviation": [1] } } }""", "preprocessing.standardization.mean[0]")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "schedule": { "type": "phases", "phases": [ null ] } } }""", "found null as 'training.schedule.phases[0]', expected a value")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "schedule": { "type": "phases", "phases": null } } }""", "phases")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "training": { "schedule": { "type": "phases", "phases": [ {} ] } } }""", "epochs")]
    [InlineData("""{ "name": "n", "name": "m", "layers": [ { "type": "dense", "units": 10 } ] }""", "is not a recipe")]
    [InlineData("""{ "name": "n", "input": [28], "layers": [ { "type": "convolution2d", "filters": 2, "kernelHeight": 3, "kernelWidth": 3 } ] }""", "takes images")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "maxpooling2d", "kernelHeight": 29, "kernelWidth": 2 } ] }""", "does not fit")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "averagepooling2d", "kernelHeight": 2, "kernelWidth": 2, "padding": 2 } ] }""", "more than half a window")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "maxpooling2d", "kernelHeight": 2 } ] }""", "kernelWidth")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "maxpooling2d", "kernelHeight": 2, "kernelWidth": 2, "stride": 0 } ] }""", "Stride must be at least 1")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "data": { "test": { "part": "Train" } } }""", "'data.train' and 'data.test' share samples")]
    [InlineData("""{ "name": "n", "layers": [ { "type": "dense", "units": 10 } ], "data": { "train": { "part": "Train", "count": 11 }, "test": { "part": "Train", "start": 10 } } }""", "share samples")]
    [InlineData("[]", "found [] as the document, expected an object")]
    [InlineData("null", "found null")]
    [InlineData("{", "is not a recipe")]
    [InlineData("", "is not a recipe")]
    public void Mistakes_are_explained_in_one_line(string json, string expected)
    {
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Recipe.Parse(json, "mine.json"));
        Assert.StartsWith("mine.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotMatch("System\\.|Nabla\\.|LineNumber|Parameter '|Actual value", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_file_that_is_far_too_long_for_a_recipe_is_not_read()
    {
        using TemporaryFolder folder = new();
        using (FileStream file = File.Create(folder["large.csv"]))
        {
            file.SetLength(600_000_000);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        MalformedFileException error = Assert.Throws<MalformedFileException>(() => Recipe.Load(folder["large.csv"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains("found 600000000 bytes, expected a recipe of at most 1048576", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A member that is left out has a default, or must be there: none is read as zero or false.</summary>
    [Fact]
    public void What_has_no_default_cannot_be_left_out()
    {
        SortedSet<string> refused = new(StringComparer.Ordinal);
        foreach ((string path, string json) in JsonMembers.LeaveOneOut(WithEverything().ToJson()))
        {
            try
            {
                Recipe.Parse(json, "less");
            }
            catch (MalformedFileException)
            {
                refused.Add(string.Concat(path.Split('[').Select((part, i) => i == 0 ? part : part[(part.IndexOf(']', StringComparison.Ordinal) + 1)..])));
            }
        }
        Assert.Equal(
            [
                "$.data.test.part", "$.data.train.part", "$.layers",
                "$.layers.biasInitializer.high", "$.layers.biasInitializer.low", "$.layers.biasInitializer.type",
                "$.layers.filters", "$.layers.kernelHeight", "$.layers.kernelWidth", "$.layers.type", "$.layers.units",
                "$.layers.weightInitializer.deviation", "$.layers.weightInitializer.fan", "$.layers.weightInitializer.scale",
                "$.layers.weightInitializer.spread", "$.layers.weightInitializer.type",
                "$.loss.type", "$.name", "$.optimizer.type", "$.preprocessing.standardization.deviation", "$.preprocessing.standardization.mean",
                "$.training.schedule.phases", "$.training.schedule.phases.epochs", "$.training.schedule.phases.learningRate", "$.training.schedule.type",
            ],
            refused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Thousands_of_damaged_recipes_give_a_recipe_or_the_documented_error(bool withEverything)
    {
        byte[] good = System.Text.Encoding.UTF8.GetBytes(withEverything ? WithEverything().ToJson() : RecipeBook.GetJson("convolution"));
        NumPyRandom random = new(1);
        int refused = 0;
        for (int i = 0; i < 2_500; i++)
        {
            try
            {
                Assert.NotEmpty(Recipe.Parse(System.Text.Encoding.UTF8.GetString(Damage.CutOrFlip(good, random)), "damaged").Layers);
            }
            catch (MalformedFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1_250, 2_499);
    }

    [Fact]
    public void Samples_are_chosen_as_the_recipe_says()
    {
        TrainAndTest digits = new(SyntheticDigits.Generate(50, 1), SyntheticDigits.Generate(20, 2), "few");
        RecipeData data = new()
        {
            Shuffle = true,
            Train = new RowRange { Part = DataPart.Train, Start = 10, Count = 15 },
            Test = new RowRange { Part = DataPart.Train, Count = 10 },
        };
        TrainAndTest chosen = data.Choose(digits, new NumPyRandom(3));
        int[] order = new NumPyRandom(3).Permutation(50);
        Assert.Equal(Labels(digits.Train.Take(order.AsSpan(10, 15))), Labels(chosen.Train));
        Assert.Equal(Labels(digits.Train.Take(order.AsSpan(0, 10))), Labels(chosen.Test));
        Assert.Contains("has 50 there", Assert.Throws<ArgumentException>(() =>
            new RecipeData { Train = new RowRange { Part = DataPart.Train, Start = 40, Count = 11 } }.Choose(digits, new NumPyRandom(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Built_in_digits_are_added_where_a_recipe_says_so()
    {
        TrainAndTest digits = new(SyntheticDigits.Generate(50, 5), SyntheticDigits.Generate(20, 2), "few");
        TrainAndTest chosen = new RecipeData { Shuffle = true, SyntheticDigits = 30 }.Choose(digits, new NumPyRandom(1));
        Assert.Equal(80, chosen.Train.Count);
        Assert.Equal(SyntheticDigits.Generate(30, 1).Fingerprint(), chosen.Train.Slice(50, 30).Fingerprint());
        Assert.Equal("few, and 30 built-in digits, drawn by the program", chosen.Source);
        Assert.Same(digits.Test, chosen.Test);

        TrainAndTest other = digits with { Train = DataSet.FromImages(new byte[64], [8, 8], [1], 10) };
        Assert.Contains("needs images of 28×28 bytes and ten classes, but few has samples of 8×8", Assert.Throws<ArgumentException>(() =>
            new RecipeData { SyntheticDigits = 1 }.Choose(other, new NumPyRandom(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_part_is_taken_as_it_is()
    {
        TrainAndTest digits = new(SyntheticDigits.Generate(50, 1), SyntheticDigits.Generate(20, 2), "few");
        TrainAndTest chosen = new RecipeData { Test = new RowRange { Part = DataPart.Test, Count = 20 } }.Choose(digits, new NumPyRandom(1));
        Assert.Same(digits.Train, chosen.Train);
        Assert.Same(digits.Test, chosen.Test);
        Assert.Equal(19, new RecipeData { Test = new RowRange { Part = DataPart.Test, Start = 1 } }.Choose(digits, new NumPyRandom(1)).Test.Count);
    }

    /// <summary>A recipe with every kind of layer and initialiser, standardisation and phases.</summary>
    private static Recipe WithEverything() => new()
    {
        Name = "everything",
        Layers = [.. ModelFileTests.WithEverything().Layers.Select(layer => layer.Spec)],
        Preprocessing = new Preprocessing { Standardization = new Standardization([1, 2], [3, 4]) },
        Training = ModelFileTests.WithEverything().Training!.Options,
    };

    private static int[] Labels(DataSet data) => ((ClassLabels)data.Targets).Values.ToArray();
}
