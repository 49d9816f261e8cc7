using Nabla.Numerics;
using Nabla.Tests.Numerics;

namespace Nabla.Tests.Layers;

/// <summary>What gradient checks do not see of batch normalisation: running averages, inference, batches in one piece.</summary>
public sealed class BatchNormalizationTests
{
    [Fact]
    public void A_batch_is_normalised_by_its_own_mean_and_deviation()
    {
        Network network = Network.Create([2], Layer.BatchNormalization(epsilon: 1e-12));
        network.Initialize(new NumPyRandom(1));
        float[] outputs = Train(network, [1, 10, 3, 10, 5, 16]);
        // Means 3 and 12, deviations √(8/3) and √8.
        Numbers.AssertClose([-2 / Math.Sqrt(8 / 3.0), -2 / Math.Sqrt(8), 0, -2 / Math.Sqrt(8), 2 / Math.Sqrt(8 / 3.0), 4 / Math.Sqrt(8)], outputs, "outputs");
    }

    [Fact]
    public void Running_averages_follow_the_batches_as_PyTorch_has_them_and_serve_at_inference()
    {
        Network network = Network.Create([1], Layer.BatchNormalization(momentum: 0.25, epsilon: 0.5));
        network.Initialize(new NumPyRandom(1));
        Assert.Equal([0, 1], network.Buffers.ToArray());
        Train(network, [1, 3, 5, 11]);
        // Mean 5, variance of what the batch is a sample of 56/3.
        Numbers.AssertClose([1.25, 0.75 + 0.25 * 56 / 3], network.Buffers, "after one batch");
        Train(network, [2, 2]);
        Numbers.AssertClose([0.75 * 1.25 + 0.5, 0.75 * (0.75 + 0.25 * 56 / 3)], network.Buffers, "after two");
        (double mean, double variance) = (network.Buffers[0], network.Buffers[1]);
        float[] scores = new float[1];
        network.Score([7f], scores);
        Numbers.AssertClose([(7 - mean) / Math.Sqrt(variance + 0.5)], scores, "at inference");
        // As a workspace that could go back has it, too.
        Workspace workspace = new(network, 1, training: true);
        workspace.Input[0] = 7;
        network.Forward(workspace, 1);
        Assert.Equal(scores[0], workspace.Output[0]);
        workspace.OutputGradient[0] = 3;
        network.Backward(workspace, 1);
        Numbers.AssertClose([3 * (7 - mean) / Math.Sqrt(variance + 0.5), 3], workspace.Gradient, "gradient at inference");
    }

    [Fact]
    public void A_batch_of_one_row_gives_the_offset_and_stays_finite()
    {
        Network network = Network.Create([3], Layer.BatchNormalization());
        network.Initialize(new NumPyRandom(1));
        network.Parameters[3] = 0.5f;
        Assert.Equal([0.5f, 0, 0], Train(network, [8, -1e20f, 3e-30f]));
        Assert.True(float.IsFinite(network.Buffers[4]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(1001, 5)]
    [InlineData(777, 64)]
    [InlineData(90_001, 3)]
    [InlineData(3, 40_000)]
    public void Moments_are_exact_far_from_zero_too(int rows, int channels)
    {
        float[] values = Numbers.Normal(new NumPyRandom(3), rows * channels);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = 300 * (i % channels % 3) + values[i];
        }
        float[] mean = new float[channels], variance = new float[channels], scratch = new float[ChannelNormalization.ScratchSize(channels)];
        ShardedRows whole = new([0, rows], positions: 1, firstShard: 0, endShard: 1, channels);
        ChannelNormalization.MomentsOfParts(values, scratch, whole, channels, threads: 2);
        ChannelNormalization.Moments(scratch, mean, variance, whole, channels);
        for (int channel = 0; channel < channels; channel += Math.Max(1, channels / 7))
        {
            double[] all = [.. Enumerable.Range(0, rows).Select(row => (double)values[row * channels + channel])];
            double average = all.Average();
            Assert.Equal(average, mean[channel], 1e-6 * (1 + all.Max(Math.Abs)));
            Assert.Equal(all.Average(value => (value - average) * (value - average)), variance[channel], 2e-5);
        }
    }

    [Fact]
    public void A_large_batch_has_the_statistics_of_the_whole()
    {
        // More than goes through at a time: in pieces of 256 the averages would move twelve times a batch.
        float[] values = Numbers.Normal(new NumPyRandom(4), 3000 * 2);
        DataSet data = new(new FloatFeatures(values, [2]), new ClassLabels([.. Enumerable.Range(0, 3000).Select(i => values[2 * i] > 0 ? 1 : 0)], 2));
        Network network = Network.Create([2], Layer.BatchNormalization(momentum: 1) with { LearningRateFactor = 0 }, Layer.Dense(2));
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data, new TrainingOptions { Epochs = 1, BatchSize = 3000, ValidationFraction = 0 });
        double[] first = [.. Enumerable.Range(0, 3000).Select(i => (double)values[2 * i])];
        double average = first.Average();
        Assert.Equal(average, network.Buffers[0], 1e-6);
        Assert.Equal(first.Sum(value => (value - average) * (value - average)) / 2999, network.Buffers[2], 1e-5);
    }

    [Fact]
    public void A_batch_that_is_too_large_for_the_memory_is_refused_before_it_is_taken()
    {
        Network network = Network.Create([28, 28], Layer.Convolution2D(4000, 3, 3, padding: 1), Layer.BatchNormalization(), Layer.GlobalAveragePooling2D(), Layer.Dense(2));
        DataSet data = DataSet.FromImages(new byte[60_000 * 784], [28, 28], [.. Enumerable.Range(0, 60_000).Select(i => i % 2)], 2);
        string message = Assert.Throws<ArgumentException>(() => new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data, new TrainingOptions { BatchSize = 60_000 })).Message;
        Assert.Contains("batchnormalization1 takes it as a whole; make BatchSize smaller", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Averages_are_saved_with_the_network()
    {
        Network network = Network.Create([2], Layer.BatchNormalization(), Layer.Dense(2));
        network.Initialize(new NumPyRandom(1));
        Train(network, [1, 10, 3, 10, 5, 16]);
        using TemporaryFolder folder = new();
        network.Save(folder["model.safetensors"]);
        Network loaded = Network.Load(folder["model.safetensors"]);
        Assert.Equal(network.Buffers.ToArray(), loaded.Buffers.ToArray());
        Assert.Equal(network.Predict([1f, 2f]), loaded.Predict([1f, 2f]));
    }

    [Fact]
    public void Folded_into_the_layers_before_it_predicts_the_same()
    {
        LayerSpec[] layers =
        [
            Layer.Convolution2D(6, 3, 3, padding: 1, bias: false), Layer.BatchNormalization(Activation.ReLU) with { Name = "read twice" },
            new ResidualSpec
            {
                Body = [Layer.DepthwiseConvolution2D(3, 3, padding: 1), Layer.BatchNormalization(), Layer.Convolution2D(5, 1, 1), Layer.BatchNormalization(Activation.Tanh)],
                Projection = Layer.Convolution2D(5, 1, 1), Activation = Activation.ReLU, Name = "block",
            },
            Layer.Concatenate("read twice", "block") with { Name = "joined" }, Layer.BatchNormalization() with { Name = "first of all" }, Layer.MaxPooling2D(2, 2), Layer.BatchNormalization(),
            Layer.Dense(7, Activation.ReLU), Layer.BatchNormalization(), Layer.Dense(4), Layer.BatchNormalization(),
        ];
        Network network = Network.Create([8, 8], layers);
        NumPyRandom random = new(5);
        network.Initialize(random);
        network.Loss = Loss.SoftmaxCrossEntropy;
        foreach (ref float value in network.Parameters)
        {
            value += (float)random.NextNormal(0, 0.2);
        }
        foreach (ref float value in network.Buffers)
        {
            value = (float)random.NextUniform(0.2, 2);
        }
        Network folded = network.FoldBatchNormalization();
        // Four have gone into others; one reads a sum of several, one a pool, one an activation.
        Assert.Equal(network.Layers.Count - 4, folded.Layers.Count);
        Assert.Equal(3, folded.Layers.Count(layer => layer is BatchNormalization));
        FloatFeatures samples = new(Numbers.Normal(random, 5 * 64), [8, 8]);
        Numbers.AssertClose([.. network.Score(samples).Select(score => (double)score)], folded.Score(samples), "scores");
    }

    [Theory]
    [InlineData(0, 1e-5)]
    [InlineData(1.5, 1e-5)]
    [InlineData(double.NaN, 1e-5)]
    [InlineData(0.1, 0)]
    [InlineData(0.1, double.PositiveInfinity)]
    public void Options_are_checked(double momentum, double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Layer.BatchNormalization(momentum: momentum, epsilon: epsilon));

    /// <summary>A forward pass in training.</summary>
    private static float[] Train(Network network, float[] inputs)
    {
        int rows = inputs.Length / network.InputShape.Size;
        Workspace workspace = new(network, rows, training: true);
        inputs.CopyTo(workspace.Input);
        network.Forward(workspace, rows, new SampleRandom(1));
        return workspace.Output.ToArray();
    }
}
