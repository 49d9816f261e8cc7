using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

public sealed class DivergenceTests
{
    [Fact]
    public void A_loss_that_is_not_finite_stops_training_with_the_weights_from_before()
    {
        // A rate far too large: the squared error overflows after some steps.
        Network network = Network.Create([20], Layer.Dense(30), Layer.Dense(4));
        Trainer trainer = new(network, Loss.Quadratic, new Sgd { LearningRate = 50 });
        network.Initialize(new NumPyRandom(1));
        float[] before = network.Parameters.ToArray();
        StepResult last = default;
        trainer.StepCompleted += step => last = step;
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(
            () => trainer.Fit(Problems.Clusters(300), new TrainingOptions { BatchSize = 10, ValidationFraction = 0, Threads = 1 }));
        Assert.Equal(last.Step + 1, error.At.Step);
        Assert.Equal(last.Epoch, error.At.Epoch);
        Assert.False(double.IsFinite(error.At.Loss));
        Assert.Contains($"at step {error.At.Step} of epoch {error.At.Epoch}", error.Message, StringComparison.Ordinal);
        Assert.Contains("try a smaller learning rate than 50", error.Message, StringComparison.Ordinal);
        Assert.Contains("weights from before training", error.Message, StringComparison.Ordinal);
        Numbers.AssertBits(before, network.Parameters, "weights from before training");
        Assert.Equal((0, 1), (network.Training!.BestEpoch, network.Training.DivergedInEpoch));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void After_good_epochs_the_network_has_the_weights_of_the_best(double validation)
    {
        DataSet data = Problems.Clusters(100);
        Network network = Network.Create([20], Layer.Dense(4));
        // Three good epochs, then the weights run away: for some steps they are finite, but worthless.
        TrainingOptions options = new() { Epochs = 10, BatchSize = 10, ValidationFraction = validation, Schedule = Schedule.InPhases((3, 0.01), (7, 1e6)) };
        Trainer trainer = new(network, Loss.Quadratic, new Sgd());
        Dictionary<int, float[]> weights = [];
        trainer.EpochCompleted += epoch => weights.Add(epoch.Epoch, network.Parameters.ToArray());

        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(() => trainer.Fit(data, options));

        Assert.Equal(3, error.History.Epochs.Count);
        EpochResult best = error.History.Best!;
        Numbers.AssertBits(weights[best.Epoch], network.Parameters, "weights of the best epoch");
        Assert.Contains($"weights from epoch {best.Epoch};", error.Message, StringComparison.Ordinal);
        Assert.InRange(network.Evaluate(data).Loss, 0, 5);
        TrainingRecord record = network.Training!;
        Assert.Equal((best.Epoch, 4, false), (record.BestEpoch, record.DivergedInEpoch, record.Cancelled));
        Assert.Equal(best.ValidationAccuracy, record.ValidationAccuracy);
    }

    [Fact]
    public void Data_that_is_not_numbers_is_found_at_the_first_step_and_the_weights_stay()
    {
        DataSet data = DataSet.FromVectors([1, 2, float.NaN, 4], [2], [1, 1], 1);
        Network network = Network.Create([2], Layer.Dense(1));
        network.Initialize(new NumPyRandom(1));
        float[] before = network.Parameters.ToArray();
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(
            () => new Trainer(network, Loss.Quadratic, new Sgd()).Fit(data, new TrainingOptions { ValidationFraction = 0 }));
        Assert.Equal((1, 1), (error.At.Epoch, error.At.Step));
        Assert.Empty(error.History.Epochs);
        Assert.Equal(before, network.Parameters.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Divergence_in_the_very_last_step_is_not_missed(double validation)
    {
        // One step, whose loss is still finite, throws the weights to infinity.
        Network network = Network.Create([20], Layer.Dense(4));
        network.Initialize(new NumPyRandom(1));
        float[] before = network.Parameters.ToArray();
        Trainer trainer = new(network, Loss.Quadratic, new Sgd { LearningRate = 3e38 });
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(
            () => trainer.Fit(Problems.Clusters(50), new TrainingOptions { Epochs = 1, BatchSize = 50, ValidationFraction = validation }));
        Assert.Contains("weights from before training", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, network.Parameters.ToArray());
    }

    [Fact]
    public void A_validation_sample_that_is_not_a_number_is_reported()
    {
        DataSet data = DataSet.FromVectors([.. Enumerable.Repeat(1f, 9), float.NaN], [1], new float[10], 1);
        for (uint seed = 1; ; seed++)
        {
            // Until the seed's split puts the last sample among those for validation.
            if (Fit(seed) is TrainingDivergedException { At.Loss: var loss } && double.IsFinite(loss))
            {
                return;
            }
            Assert.True(seed < 100);
        }

        TrainingDivergedException Fit(uint seed) => Assert.Throws<TrainingDivergedException>(() =>
            new Trainer(Network.Create([1], Layer.Dense(1)), Loss.Quadratic, new Sgd { LearningRate = 0.01 })
                .Fit(data, new TrainingOptions { Epochs = 1, Seed = seed, ValidationFraction = 0.3 }));
    }

    [Fact]
    public void The_epochs_before_are_not_lost()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.Quadratic, new Sgd { LearningRate = 0.01 });
        trainer.EpochCompleted += epoch =>
        {
            if (epoch.Epoch == 2)
            {
                network.Parameters[0] = float.NaN;
            }
        };
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(
            () => trainer.Fit(Problems.Clusters(50), new TrainingOptions { ValidationFraction = 0, Threads = 1 }));
        Assert.Equal(2, error.History.Epochs.Count);
        Assert.Equal((3, 1), (error.At.Epoch, error.At.Step));
    }
}
