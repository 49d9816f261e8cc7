using Nabla.Tests.Layers;
using Nabla.Tests.Numerics;

namespace Nabla.Tests;

/// <summary>Networks whose layers read more than the one before them; their gradients are looked at in <see cref="GradientTests"/>.</summary>
public sealed class LayerGraphTests
{
    private static readonly LayerSpec[] Branches =
    [
        Layer.Convolution2D(3, 3, 3, Activation.ReLU, padding: 1) with { Name = "first" },
        new ResidualSpec { Body = [Layer.Convolution2D(4, 3, 3, Activation.Tanh, padding: 1), Layer.Convolution2D(3, 3, 3, padding: 1)], Activation = Activation.ReLU, Name = "block" },
        Layer.Convolution2D(2, 1, 1, Activation.Sigmoid) with { Inputs = ["first"], Name = "side" },
        Layer.Concatenate("input", "block", "side"), Layer.MaxPooling2D(2, 2), Layer.Flatten(), Layer.Dense(9, Activation.ReLU), Layer.Residual(Layer.Dense(9)), Layer.Dense(4),
    ];

    [Fact]
    public void The_summary_says_who_reads_what()
    {
        Network network = Network.Create([6, 6], Branches);
        Assert.Equal("""
            convolution2d1  Convolution2D 6×6×1 → 6×6×3, 3×3, padding 1, ReLU  (30 parameters)
            convolution2d2  Convolution2D 6×6×3 → 6×6×4, 3×3, padding 1, Tanh  (112 parameters)
            convolution2d3  Convolution2D 6×6×4 → 6×6×3, 3×3, padding 1  (111 parameters)
            add1            Add 2 × 6×6×3, ReLU  ← convolution2d3, convolution2d1
            convolution2d4  Convolution2D 6×6×3 → 6×6×2, 1×1, Sigmoid  (8 parameters)  ← convolution2d1
            concatenate1    Concatenate 6×6 × (1 + 3 + 2)  ← input, add1, convolution2d4
            maxpooling2d1   MaxPooling2D 6×6×6 → 3×3×6, 2×2
            flatten1        Flatten 3×3×6 → 54
            dense1          Dense 54 → 9, ReLU  (495 parameters)
            dense2          Dense 9 → 9  (90 parameters)
            add2            Add 2 × 9  ← dense2, dense1
            dense3          Dense 9 → 4  (40 parameters)
            886 parameters in all
            """.ReplaceLineEndings(), network.ToString());
        Assert.DoesNotContain("←", Network.Create([3], Layer.Dense(2) with { Name = "a" }, Layer.Dense(2) with { Inputs = ["a"] }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Anybody_can_ask_who_reads_what()
    {
        Network network = Network.Create([6, 6], Branches);
        Assert.Equal(["0", "1", "2", "3,1", "1", "0,4,5", "6", "7", "8", "9", "10,9", "11"], Enumerable.Range(0, network.Layers.Count).Select(layer => string.Join(',', network.InputsOf(layer).ToArray())));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.InputsOf(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.InputsOf(network.Layers.Count).Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(11)]
    public void Predicting_in_memory_that_is_used_again_has_the_bits_of_a_pass_that_keeps_everything(int rows)
    {
        foreach ((string name, Shape input, LayerSpec[] layers, int _) in GradientTests.ImageNetworks().Select(row => row.Data).Append(("branches", [6, 6], Branches, 0)))
        {
            Network network = Network.Create(input, layers);
            network.Initialize(new NumPyRandom(5));
            float[] inputs = Numbers.Normal(new NumPyRandom(6), rows * input.Size);
            Workspace everything = new(network, rows, training: true);
            inputs.CopyTo(everything.Input);
            network.Forward(everything, rows);
            foreach (int threads in new[] { 1, 2, 3 })
            {
                Workspace workspace = new(network, rows, training: false, threads);
                inputs.CopyTo(workspace.Input);
                // Twice: what is left of the first pass must not matter, and the samples that came in must still be there.
                network.Forward(workspace, rows);
                network.Forward(workspace, rows);
                Numbers.AssertBits(everything.Output, workspace.Output, $"{name}, {rows} rows, {threads} threads");
            }
        }
    }

    [Fact]
    public void Predicting_takes_the_memory_of_the_two_largest_neighbours_of_a_chain()
    {
        const int Rows = 100;
        long Bytes(int hidden) => Network.Create([10], [.. Enumerable.Repeat(Layer.Dense(1000), hidden), Layer.Dense(10)]).MemoryFor(Rows);
        Assert.Equal(Bytes(2), Bytes(20));
        // Beside them stands what products pack.
        Assert.InRange(Bytes(20), sizeof(float) * Rows * 2 * 1000, sizeof(float) * Rows * 10 * 1000);
        // In training everything stays.
        Assert.True(Network.Create([10], [.. Enumerable.Repeat(Layer.Dense(1000), 20), Layer.Dense(10)]).MemoryFor(Rows, training: true) > sizeof(float) * Rows * 40 * 1000);
    }

    [Fact]
    public void A_network_of_branches_learns_with_the_same_bits_on_any_number_of_threads()
    {
        DataSet digits = SyntheticDigits.Generate(600, seed: 1);
        float[]? expected = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            Network network = Network.Create([28, 28],
                Layer.Convolution2D(4, 3, 3, Activation.ReLU, stride: 2, padding: 1) with { Name = "a" },
                new ResidualSpec { Body = [Layer.Convolution2D(6, 3, 3, Activation.ReLU, stride: 2, padding: 1), Layer.Convolution2D(5, 3, 3, padding: 1)], Projection = Layer.Convolution2D(5, 1, 1, stride: 2), Activation = Activation.ReLU },
                Layer.AveragePooling2D(7, 7), Layer.Dense(10) with { Name = "b" },
                Layer.AveragePooling2D(2, 2) with { Inputs = ["a"] }, Layer.Dense(10) with { Name = "c" },
                Layer.Add("b", "c"));
            TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.01 }).Fit(digits, new() { Epochs = 8, BatchSize = 20, Threads = threads });
            Assert.True(history.Best!.ValidationAccuracy > 0.7, $"{history.Best}");
            expected ??= network.Parameters.ToArray();
            Numbers.AssertBits(expected, network.Parameters, $"{threads} threads");
        }
    }

    public static TheoryData<string, LayerSpec[]> Mistakes() => new()
    {
        { "Layer 2 (dense) reads 'en', but no layer before it has that name; did you mean 'end'?", [Layer.Dense(2) with { Name = "end" }, Layer.Dense(2) with { Inputs = ["en"] }] },
        { "Layer 1 (dense) reads 'later', but no layer before it has that name", [Layer.Dense(2) with { Inputs = ["later"] }, Layer.Dense(2) with { Name = "later" }] },
        { "Two values have the name 'a', expected one; give dense2 another.", [Layer.Dense(2) with { Name = "a" }, Layer.Dense(2) with { Name = "a" }] },
        { "Two values have the name 'input'", [Layer.Dense(2) with { Name = "input" }] },
        { "Layer 2 (add) reads 1 value(s), expected at least two", [Layer.Dense(2), new AddSpec()] },
        { "Layer 2 (add) reads 1 value(s), expected at least two", [Layer.Dense(2), Layer.Add("input")] },
        { "Layer 1 (dense) reads 0 value(s), expected one", [Layer.Dense(2) with { Inputs = [] }] },
        { "Layer 2 (dense) reads 2 value(s), expected one; Layer.Add and Layer.Concatenate make one of several", [Layer.Dense(2) with { Name = "a" }, Layer.Dense(2) with { Inputs = ["a", "input"] }] },
        { "Layer 1 (add) reads 1,001 values, expected at most 1,000.", [Layer.Add([.. Enumerable.Repeat("input", 1001)])] },
        { "add1 adds values of the shapes 2 and 3, expected the same", [Layer.Dense(2) with { Name = "a" }, Layer.Add("a", "input")] },
        { "add1 adds values of the shapes 2 and 3, expected the same; a residual block takes a projection of its shortcut for that.", [Layer.Residual(Layer.Dense(2))] },
        { "No layer reads what dense1 puts out (Dense 3 → 2  (8 parameters)); name it", [Layer.Dense(2), Layer.Dense(2) with { Inputs = ["input"] }] },
        { "A residual block needs at least one layer in its body.", [Layer.Residual()] },
        { "Layer 2 is null.", [Layer.Dense(2), null!] },
        { "Layer 1 is null.", [Layer.Residual([null!])] },
        { "The network has more than 1,000 layers", [Layer.Residual([.. Enumerable.Repeat(Layer.Dropout(), 1000)]), Layer.Dense(2)] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Layers_that_do_not_fit_together_are_refused(string expected, LayerSpec[] layers) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Network.Create([3], layers)).Message, StringComparison.Ordinal);

    [Fact]
    public void Images_side_by_side_have_the_same_height_and_width()
    {
        LayerSpec[] layers = [Layer.Convolution2D(2, 2, 2) with { Name = "a" }, Layer.Concatenate("a", "input")];
        Assert.Equal(
            "concatenate1 puts values of the shapes 4×4×2 and 5×5×1 side by side, expected the same but for the last extent.",
            Assert.Throws<ArgumentException>(() => Network.Create([5, 5], layers)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u001b[31m")]
    public void Names_must_be_text(string name) => Assert.Throws<ArgumentException>(() => Layer.Dense(2) with { Name = name });

    [Fact]
    public void Recipes_have_branches_and_blocks()
    {
        const string Json = """
            {
              "name": "branches",
              "layers": [
                { "type": "convolution2d", "filters": 4, "kernelHeight": 3, "kernelWidth": 3, "padding": 1, "name": "a" },
                { "type": "residual", "body": [ { "type": "convolution2d", "filters": 4, "kernelHeight": 3, "kernelWidth": 3, "padding": 1 } ], "activation": "ReLU", "name": "b" },
                { "type": "concatenate", "inputs": [ "a", "b" ] },
                { "type": "dense", "units": 10 }
              ]
            }
            """;
        Recipe recipe = Recipe.Parse(Json, "r.json");
        Assert.Equal("Concatenate 28×28 × (4 + 4)", recipe.CreateNetwork().Layers[3].ToString());
        Assert.Equal(recipe.CreateNetwork().ToString(), Recipe.Parse(recipe.ToJson(), "r.json").CreateNetwork().ToString());

        AssertRefused("\"filters\": 4, \"kernelHeight\": 3, \"kernelWidth\": 3, \"padding\": 1 }", "\"filter\": 4 }", "found 'layers[1].body[0].filter', which is not known there; did you mean 'filters'?");
        AssertRefused("[ \"a\", \"b\" ]", "[ \"a\", \"c\" ]", "reads 'c', but no layer before it has that name");
        AssertRefused("[ \"a\", \"b\" ]", "[ \"a\", 3 ]", "found 3 as 'layers[2].inputs[1]', expected a text.");
        AssertRefused("[ \"a\", \"b\" ]", "\"a\"", "found \"a\" as 'layers[2].inputs', expected a list, [ … ].");

        static void AssertRefused(string from, string to, string expected) =>
            Assert.Contains(expected, Assert.Throws<MalformedFileException>(() => Recipe.Parse(Json.Replace(from, to, StringComparison.Ordinal), "r.json")).Message, StringComparison.Ordinal);
    }
}
