using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

public sealed class DivergenceTests
{
    [Fact]
    public void A_loss_that_is_not_finite_stops_training_before_the_weights_are_touched()
    {
        // A rate far too large: the squared error overflows after some steps.
        Network network = Network.Create([20], Layer.Dense(30), Layer.Dense(4));
        Trainer trainer = new(network, Loss.Quadratic, new Sgd { LearningRate = 50 });
        float[] weights = [];
        StepResult last = default;
        trainer.StepCompleted += step =>
        {
            last = step;
            weights = network.Parameters.ToArray();
        };
        TrainingDivergedException error = Assert.Throws<TrainingDivergedException>(
            () => trainer.Fit(Problems.Clusters(300), new TrainingOptions { BatchSize = 10, ValidationFraction = 0, Threads = 1 }));
        Assert.Equal(last.Step + 1, error.At.Step);
        Assert.Equal(last.Epoch, error.At.Epoch);
        Assert.False(double.IsFinite(error.At.Loss));
        Assert.Contains($"at step {error.At.Step} of epoch {error.At.Epoch}", error.Message, StringComparison.Ordinal);
        Assert.Contains("try a smaller learning rate than 50", error.Message, StringComparison.Ordinal);
        Numbers.AssertBits(weights, network.Parameters, "weights of the step before");
    }

    [Fact]
    public void Data_that_is_not_numbers_is_found_at_the_first_step_and_the_weights_stay()
    {
        DataSet data = DataSet.OfVectors([1, 2, float.NaN, 4], [2], [1, 1], 1);
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
        DataSet data = DataSet.OfVectors([.. Enumerable.Repeat(1f, 9), float.NaN], [1], new float[10], 1);
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
