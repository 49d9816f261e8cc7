using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

public sealed class CancellationTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0)]
    public void In_the_middle_of_an_epoch_the_best_finished_one_is_returned(double validationFraction)
    {
        using CancellationTokenSource cancellation = new();
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        List<float[]> weights = [];
        int steps = 0;
        trainer.EpochCompleted += _ => weights.Add(network.Parameters.ToArray());
        trainer.StepCompleted += step =>
        {
            steps++;
            if (step is { Epoch: 3, Step: 2 })
            {
                cancellation.Cancel();
            }
        };
        TrainingHistory history = trainer.Fit(
            Problems.Clusters(100), new TrainingOptions { Epochs = 9, BatchSize = 20, ValidationFraction = validationFraction, Threads = 1 }, cancellation: cancellation.Token);
        Assert.True(history.Cancelled);
        Assert.Equal(2, history.Epochs.Count);
        Assert.Equal(2 * (validationFraction > 0 ? 4 : 5) + 2, steps);
        Numbers.AssertBits(weights[history.Best!.Epoch - 1], network.Parameters, "best epoch");
        Assert.True(network.Training!.Cancelled);
        Assert.Equal(history.Best.Epoch, network.Training.BestEpoch);
    }

    [Fact]
    public void Before_the_first_epoch_is_finished_the_model_is_returned_as_it_is()
    {
        using CancellationTokenSource cancellation = new();
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        float[] weights = [];
        trainer.StepCompleted += _ =>
        {
            weights = network.Parameters.ToArray();
            cancellation.Cancel();
        };
        TrainingHistory history = trainer.Fit(Problems.Clusters(100), new TrainingOptions { BatchSize = 20, Threads = 1 }, cancellation: cancellation.Token);
        Assert.True(history.Cancelled);
        Assert.Empty(history.Epochs);
        Assert.Null(history.Best);
        Assert.Equal(0, network.Training!.BestEpoch);
        Numbers.AssertBits(weights, network.Parameters, "after the first step");
    }

    [Fact]
    public void Cancelled_before_it_began_it_returns_first_weights()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        TrainingHistory history = new Trainer(network, Loss.Quadratic, new Sgd()).Fit(Problems.Clusters(10), null, cancellation: new CancellationToken(canceled: true));
        Assert.True(history.Cancelled);
        Assert.True(network.IsInitialized);
    }

    [Fact]
    public void In_the_very_last_step_it_changes_nothing()
    {
        using CancellationTokenSource cancellation = new();
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        trainer.StepCompleted += step =>
        {
            if (step.Epoch == step.Epochs && step.Step == step.Steps)
            {
                cancellation.Cancel();
            }
        };
        TrainingHistory history = trainer.Fit(Problems.Clusters(100), new TrainingOptions { Epochs = 2, Threads = 1 }, cancellation: cancellation.Token);
        Assert.False(history.Cancelled);
        Assert.Equal(2, history.Epochs.Count);
    }
}
