namespace Nabla.Tests.Training;

/// <summary>Which samples make which batch, seen from the losses: a network that stays zero puts out zero, so a sample's loss tells which it was.</summary>
public sealed class SampleOrderTests
{
    [Fact]
    public void As_given_is_the_same_each_epoch_with_a_smaller_last_batch() =>
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6, 7], [0, 1, 2], [3, 4, 5], [6, 7]], Batches(8, new() { Order = SampleOrder.AsGiven }));

    [Fact]
    public void A_partial_batch_can_be_dropped() =>
        Assert.Equal([[0, 1, 2], [3, 4, 5], [0, 1, 2], [3, 4, 5]], Batches(8, new() { Order = SampleOrder.AsGiven, DropPartialBatch = true }));

    [Fact]
    public void Shuffled_is_NumPys_shuffle_of_the_order_before()
    {
        NumPyRandom random = new(5);
        int[] order = [.. Enumerable.Range(0, 8)];
        List<int[]> expected = [];
        for (int epoch = 0; epoch < 2; epoch++)
        {
            random.Shuffle<int>(order);
            expected.AddRange([[order[0], order[1], order[2]], [order[3], order[4], order[5]], [order[6], order[7]]]);
        }
        Assert.Equal(expected.Select(batch => batch.Order().ToArray()), Batches(8, new() { Seed = 5 }));
    }

    [Fact]
    public void With_replacement_each_batch_is_NumPys_choice()
    {
        NumPyRandom random = new(5);
        List<int[]> expected = [];
        for (int step = 0; step < 8; step++)
        {
            int[] chosen = new int[3];
            random.Choice(8, chosen);
            expected.Add([.. chosen.Order()]);
        }
        Assert.Equal(expected, Batches(8, new() { Seed = 5, Order = SampleOrder.WithReplacement, StepsPerEpoch = 4 }));
    }

    /// <summary>Also where all of them go through at once, and where they do not.</summary>
    [Theory]
    [InlineData(20, 50)]
    [InlineData(20, 5000)]
    public void With_replacement_a_batch_may_be_larger_than_the_data(int samples, int batchSize)
    {
        Network network = Network.Create([20], Layer.Dense(4));
        TrainingOptions options = new() { Epochs = 2, BatchSize = batchSize, Order = SampleOrder.WithReplacement, StepsPerEpoch = 3, ValidationFraction = 0 };
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        trainer.StepCompleted += step => Assert.Equal(batchSize, step.Samples);
        TrainingHistory history = trainer.Fit(Problems.Clusters(samples), options);
        Assert.True(history.Epochs[1].Loss < history.Epochs[0].Loss);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Assert.Contains("StepsPerEpoch needs Order WithReplacement",
            Assert.Throws<ArgumentException>(() => Batches(8, new() { StepsPerEpoch = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("do not fill one batch",
            Assert.Throws<ArgumentException>(() => Batches(2, new() { DropPartialBatch = true })).Message, StringComparison.Ordinal);
    }

    /// <summary>The samples of each step of two epochs in batches of three, sorted.</summary>
    private static List<int[]> Batches(int samples, TrainingOptions options)
    {
        // Sample i wants 4ⁱ from inputs of zero and has a frozen network, so that a batch's loss, a sum of ½·16ⁱ, names its
        // samples and how often each came.
        float[] targets = [.. Enumerable.Range(0, samples).Select(i => MathF.Pow(4, i))];
        Network network = Network.Create([1], Layer.Dense(1, weights: Initializer.Zeros) with { LearningRateFactor = 0 });
        Trainer trainer = new(network, Loss.Quadratic, new Sgd());
        List<int[]> batches = [];
        trainer.StepCompleted += step =>
        {
            long sum = (long)Math.Round(step.Loss * step.Samples * 2);
            List<int> batch = [];
            for (int i = 0; i < samples; i++, sum /= 16)
            {
                batch.AddRange(Enumerable.Repeat(i, (int)(sum % 16)));
            }
            batches.Add([.. batch]);
        };
        trainer.Fit(DataSet.FromVectors(new float[samples], [1], targets, 1), options with { Epochs = 2, BatchSize = 3, ValidationFraction = 0 });
        return batches;
    }
}
