using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

/// <summary>Setting samples aside, and keeping the epoch that does best on them.</summary>
public sealed class ValidationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_best_epochs_weights_are_kept_when_later_ones_are_worse_unless_the_last_are_asked_for(bool keepLast)
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.01 });
        List<float[]> weights = [];
        trainer.EpochCompleted += epoch =>
        {
            weights.Add(network.Parameters.ToArray());
            if (epoch.Epoch == 4)
            {
                // From here on the network believes the opposite, and learns too slowly to come back.
                foreach (ref float weight in network.Parameters)
                {
                    weight = -weight;
                }
            }
        };
        TrainingHistory history = trainer.Fit(
            Problems.Clusters(200), new TrainingOptions { Epochs = 6, BatchSize = 10, ValidationFraction = 0.4, KeepLastEpoch = keepLast, Threads = 1 });

        EpochResult best = history.Epochs.OrderByDescending(epoch => epoch.ValidationAccuracy).ThenBy(epoch => epoch.ValidationLoss).First();
        Assert.True(history.Epochs[^1].ValidationAccuracy < best.ValidationAccuracy, "The last epoch is to be worse for this test to show anything.");
        EpochResult kept = keepLast ? history.Epochs[^1] : best;
        Assert.Equal(kept, history.Best);
        Numbers.AssertBits(weights[kept.Epoch - 1], network.Parameters, "the epoch that is kept");
        Assert.NotEqual(weights[(keepLast ? best.Epoch : history.Epochs.Count) - 1], network.Parameters.ToArray());
    }

    [Fact]
    public void Without_validation_the_last_weights_are_kept()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.5 });
        float[] last = [];
        trainer.EpochCompleted += _ => last = network.Parameters.ToArray();
        TrainingHistory history = trainer.Fit(Problems.Clusters(50, noise: 5), new TrainingOptions { Epochs = 8, ValidationFraction = 0, Threads = 1 });
        Assert.Equal(8, history.Best!.Epoch);
        Assert.Null(history.Best.ValidationLoss);
        Numbers.AssertBits(last, network.Parameters, "last");
    }

    [Fact]
    public void What_validation_takes_is_not_there_to_fill_a_batch()
    {
        // A tenth of five samples is none, but one is set aside: four do not fill a batch of five.
        Network network = Network.Create([20], Layer.Dense(4));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(network, Loss.Quadratic, new Sgd())
            .Fit(Problems.Clusters(5), new TrainingOptions { BatchSize = 5, DropPartialBatch = true }));
        Assert.Contains("4 samples do not fill one batch of 5", error.Message, StringComparison.Ordinal);
        Assert.False(network.IsInitialized);
    }

    [Theory]
    [InlineData(2, 0.9, 1)]
    [InlineData(2, 0.001, 1)]
    [InlineData(100, 0.1, 90)]
    [InlineData(100, 0.999, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(10, 0, 10)]
    public void At_least_one_sample_stays_on_either_side(int samples, double fraction, int trained)
    {
        Network network = Network.Create([20], Layer.Dense(4));
        TrainingHistory history = new Trainer(network, Loss.Quadratic, new Sgd { LearningRate = 1e-3 })
            .Fit(Problems.Clusters(samples), new TrainingOptions { Epochs = 1, ValidationFraction = fraction, Threads = 1 });
        Assert.Equal(trained, network.Training!.Samples);
        Assert.Equal(fraction > 0, history.Epochs[0].ValidationLoss is not null);
    }

    [Fact]
    public void One_sample_cannot_be_split()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(network, Loss.Quadratic, new Sgd()).Fit(Problems.Clusters(1)));
        Assert.Contains("ValidationFraction to 0", error.Message, StringComparison.Ordinal);
    }

    /// <summary>With random labels nothing can be known of samples that were not learnt: what looks like skill would be a leak.</summary>
    [Fact]
    public void A_continued_training_sets_the_same_samples_aside()
    {
        NumPyRandom random = new(3);
        DataSet noise = DataSet.FromLabeledVectors(Numbers.Normal(random, 400 * 300), [300], [.. Enumerable.Range(0, 400).Select(_ => random.NextInt32(10))], 10);
        Network network = Network.Create([300], Layer.Dense(100, Activation.ReLU), Layer.Dense(10));
        // One long epoch, since the weights of an early one would be kept.
        TrainingOptions options = new() { Epochs = 1, Order = SampleOrder.WithReplacement, StepsPerEpoch = 600, BatchSize = 20, ValidationFraction = 0.2, Seed = 5 };
        for (int fit = 1; fit <= 3; fit++)
        {
            TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(noise, options);
            Assert.True(history.Epochs[0].Accuracy > 0.9, $"fit {fit}: {history.Epochs[0]}");
            Assert.InRange(history.Epochs[0].ValidationAccuracy!.Value, 0, 0.3);
        }
    }

    [Fact]
    public void Samples_of_ones_own_are_validated_on_and_none_set_aside()
    {
        DataSet all = Problems.Clusters(300);
        Network network = Network.Create([20], Layer.Dense(4));
        TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam())
            .Fit(all.Slice(0, 200), new TrainingOptions { Epochs = 5, ValidationFraction = 0.5 }, all.Slice(200, 100));
        Assert.Equal(200, network.Training!.Samples);
        Evaluation measured = network.Evaluate(all.Slice(200, 100));
        Assert.Equal(measured.Accuracy, history.Best!.ValidationAccuracy);
        Assert.Equal(measured.Loss, history.Best.ValidationLoss);
    }

    [Fact]
    public void Samples_of_ones_own_are_compared_by_the_names_of_their_classes()
    {
        DataSet train = DataSet.FromLabeledVectors([-1, 1, -2, 2], [1], [0, 1, 0, 1], 2, ["cat", "dog"]);
        DataSet turned = DataSet.FromLabeledVectors([-1, 1, -2, 2], [1], [1, 0, 1, 0], 2, ["dog", "cat"]);
        TrainingOptions options = new() { Epochs = 200, BatchSize = 4 };
        Assert.Equal(1, new Trainer(Network.Create([1], Layer.Dense(2)), Loss.SoftmaxCrossEntropy, new Adam { LearningRate = 0.1 }).Fit(train, options, turned).Best!.ValidationAccuracy);

        DataSet strange = DataSet.FromLabeledVectors([-1, 1], [1], [0, 1], 2, ["cat", "cow"]);
        Network network = Network.Create([1], Layer.Dense(2));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(train, options, strange));
        Assert.Contains("knows the classes cat, dog, but the data set has cat, cow", error.Message, StringComparison.Ordinal);
        Assert.False(network.IsInitialized);
        Assert.Null(network.ClassNames);
    }

    [Fact]
    public void Samples_of_ones_own_must_have_targets_that_the_loss_compares_with()
    {
        DataSet train = DataSet.FromLabeledVectors([-1, 1], [1], [0, 1], 2);
        DataSet numbers = DataSet.FromVectors([-1, 1], [1], [5, 7, 8, 9], 2);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Trainer(Network.Create([1], Layer.Dense(2)), Loss.SoftmaxCrossEntropy, new Adam()).Fit(train, null, numbers));
        Assert.Contains("the targets of sample 0 add up to 12", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_training_that_a_handler_stops_is_not_cancelled(bool afterEpoch)
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        trainer.EpochCompleted += epoch => Stop(afterEpoch && epoch.Epoch == 3);
        trainer.StepCompleted += step => Stop(!afterEpoch && step is { Epoch: 4, Step: 1 });
        TrainingHistory history = trainer.Fit(Problems.Clusters(100), new TrainingOptions { Epochs = 9, BatchSize = 20 });
        Assert.Equal(3, history.Epochs.Count);
        Assert.True(history.StoppedEarly);
        Assert.False(history.Cancelled);
        Assert.False(network.Training!.Cancelled);
        Assert.Equal(afterEpoch ? 3 : 4, network.Training.StoppedInEpoch);
        // It holds for one training.
        Assert.False(new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(Problems.Clusters(100), new TrainingOptions { Epochs = 2 }).StoppedEarly);
        Assert.Null(network.Training.StoppedInEpoch);

        void Stop(bool now)
        {
            if (now)
            {
                trainer.Stop();
            }
        }
    }

    [Fact]
    public void One_class_alone_and_numbers_that_are_no_probabilities_cannot_be_learnt()
    {
        Network network = Network.Create([2], Layer.Dense(2));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        TrainingOptions options = new() { Epochs = 1, ValidationFraction = 0 };
        Assert.Contains("are of one class, dog, expected at least two",
            Assert.Throws<ArgumentException>(() => trainer.Fit(DataSet.FromLabeledVectors([1, 2, 3, 4], [2], [1, 1], 2, ["cat", "dog"]), options)).Message, StringComparison.Ordinal);
        Assert.Contains("the targets of sample 1 add up to 3, expected class labels",
            Assert.Throws<ArgumentException>(() => trainer.Fit(DataSet.FromVectors([1, 2, 3, 4], [2], [0, 1, 1, 2], 2), options)).Message, StringComparison.Ordinal);
        Assert.Contains("the targets of sample 0 have a negative number",
            Assert.Throws<ArgumentException>(() => trainer.Fit(DataSet.FromVectors([1, 2, 3, 4], [2], [-1, 2, 1, 0], 2), options)).Message, StringComparison.Ordinal);
        Assert.False(network.IsInitialized);
        trainer.Fit(DataSet.FromVectors([1, 2, 3, 4], [2], [0.25f, 0.75f, 1, 0], 2), options);
    }

    /// <summary>One weight, one sample per value: what was validated on was not learnt from.</summary>
    [Fact]
    public void Both_parts_together_are_all_samples_once()
    {
        float[] inputs = new float[100];
        for (int i = 0; i < 10; i++)
        {
            inputs[i * 10 + i] = 1;
        }
        // Ten samples, each alone on its own weight: after a step the weights of the trained ones have moved.
        DataSet data = DataSet.FromVectors(inputs, [10], [.. Enumerable.Repeat(1f, 10)], 1);
        Network network = Network.Create([10], Layer.Dense(1, bias: false, weights: Initializer.Zeros));
        new Trainer(network, Loss.Quadratic, new Sgd { LearningRate = 1 })
            .Fit(data, new TrainingOptions { Epochs = 1, BatchSize = 1, ValidationFraction = 0.3, Threads = 1 });
        Assert.Equal(7, network.Parameters.ToArray().Count(weight => weight == 1));
        Assert.Equal(3, network.Parameters.ToArray().Count(weight => weight == 0));
    }
}
