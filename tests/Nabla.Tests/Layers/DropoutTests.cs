using Nabla.Numerics;
using Nabla.Tests.Numerics;

namespace Nabla.Tests.Layers;

/// <summary>Dropout by counter: its mask is that of its scalar definition, for any number of threads, and of the rate.</summary>
[Collection(Alone.Name)]
public sealed class DropoutTests
{
    [Theory]
    [InlineData(1, 1, 0.5)]
    [InlineData(3, 63, 0.3)]
    [InlineData(5, 64, 0.5)]
    [InlineData(4, 65, 0)]
    [InlineData(7, 200, 0.999999)]
    [InlineData(60, 1031, 0.25)]
    public void Its_mask_is_that_of_the_definition(int rows, int width, double rate)
    {
        SampleRandom random = new(seed: 11, epoch: 4, firstPlace: 90);
        float[] values = Numbers.Normal(new NumPyRandom(1), rows * width), expected = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < width; i++)
            {
                expected[row * width + i] = PhiloxDropoutJob.Stays(random.ForLayer(row, 2).Key, i, PhiloxDropoutJob.ThresholdOf(rate)) ? 1.5f : 0;
            }
        }
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            float[] mask = new float[values.Length], products = new float[values.Length];
            ElementWiseKernels.DropOut(random, 2, rate, 1.5f, mask, values, products, rows, threads);
            Numbers.AssertBits(expected, mask, "mask");
            Numbers.AssertBits([.. expected.Zip(values, (factor, value) => factor * value)], products, "products");
        }
        Assert.Equal(rate == 0, !expected.Contains(0) && rows * width > 1 && rate < 0.5);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public void It_drops_the_share_that_it_is_to_and_each_value_by_itself(double rate)
    {
        const int Rows = 400, Width = 320;
        float[] values = new float[Rows * Width], mask = new float[values.Length];
        Array.Fill(values, 1f);
        ElementWiseKernels.DropOut(new SampleRandom(1), 0, rate, 1, mask, values, new float[values.Length], Rows, threads: 1);
        double error = Math.Sqrt(rate * (1 - rate));
        Assert.Equal(1 - rate, mask.Average(), 5 * error / Math.Sqrt(mask.Length));
        for (int i = 0; i < Width; i++)
        {
            Assert.Equal(1 - rate, Enumerable.Range(0, Rows).Average(row => mask[row * Width + i]), 5 * error / Math.Sqrt(Rows));
        }
        foreach (int distance in new[] { 1, 8, 16, 64, Width })
        {
            double together = mask.Zip(mask.Skip(distance), (a, b) => (a - (1 - rate)) * (b - (1 - rate))).Average();
            Assert.Equal(0, together, 5 * error * error / Math.Sqrt(mask.Length));
        }
    }

    [Fact]
    public void Another_epoch_place_layer_or_seed_drops_others_and_the_same_the_same()
    {
        float[] Mask(uint seed, int epoch, int place, int layers)
        {
            Network network = Network.Create([200], [.. Enumerable.Repeat(Layer.Dense(200), layers), Layer.Dropout()]);
            Workspace workspace = new(network, 2, training: true);
            network.Parameters.Fill(1);
            workspace.Input.Fill(1);
            network.Forward(workspace, 2, new SampleRandom(seed, epoch, place));
            return [.. workspace.Output.ToArray().Select(value => value == 0 ? 0f : 1)];
        }

        float[] first = Mask(1, 1, 0, 0);
        Assert.Equal(first, Mask(1, 1, 0, 0));
        Assert.Equal(first[200..], Mask(1, 1, 1, 0)[..200]);
        Assert.All(new[] { Mask(2, 1, 0, 0), Mask(1, 2, 0, 0), Mask(1, 1, 2, 0), Mask(1, 1, 0, 1) }, other => Assert.InRange(other.Zip(first).Count(pair => pair.First != pair.Second), 100, 300));
    }

    /// <summary>With the whole network in shards that threads take as they come.</summary>
    [Theory]
    [InlineData(RandomSource.Philox, 16)]
    [InlineData(RandomSource.NumPy, 1)]
    public void Training_gives_the_same_bits_on_any_number_of_threads(RandomSource source, int shards)
    {
        DataSet digits = SyntheticDigits.Generate(9000, seed: 3);
        float[]? expected = null;
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            Network network = Network.Create([28, 28], Layer.Dropout(0.2), Layer.Dense(33, Activation.ReLU), Layer.Dropout(), Layer.Dense(10));
            TrainingOptions options = new() { Epochs = 2, BatchSize = 8192, Threads = threads, ValidationFraction = 0, RandomNumbers = source };
            Assert.Contains($"in {shards} shard", network.Explain(options), StringComparison.Ordinal);
            new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(digits, options);
            expected ??= network.Parameters.ToArray();
            Numbers.AssertBits(expected, network.Parameters, $"{threads} threads");
        }
    }

    /// <summary>A batch has the mask that its samples would have one by one.</summary>
    [Fact]
    public void What_a_sample_drops_follows_from_its_place_in_the_epoch_not_from_the_batch()
    {
        Network network = Network.Create([100], Layer.Dropout(0.4));
        Workspace together = new(network, 9, training: true), alone = new(network, 1, training: true);
        together.Input.Fill(1);
        alone.Input.Fill(1);
        network.Forward(together, 9, new SampleRandom(3, 2, 50));
        for (int row = 0; row < 9; row++)
        {
            network.Forward(alone, 1, new SampleRandom(3, 2, 50 + row));
            Numbers.AssertBits(together.Output.Slice(row * 100, 100), alone.Output, "row");
        }
        Assert.Equal(0.6, together.Output.ToArray().Count(value => value != 0) / 900.0, 0.1);
    }
}
