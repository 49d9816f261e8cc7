namespace Nabla.Tests.Training;

/// <summary>Training that lets others have the thread between steps.</summary>
public sealed class FitAsyncTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 3, BatchSize = 50, Threads = 1 };

    [Fact]
    public async Task Comes_to_the_same_bits_as_Fit()
    {
        Trainer one = NewTrainer(), other = NewTrainer();
        TrainingHistory expected = one.Fit(Problems.Clusters(400), Options);
        TrainingHistory history = await other.FitAsync(Problems.Clusters(400), async _ => await Task.Yield(), Options);
        Assert.Equal(one.Network.Parameters.ToArray(), other.Network.Parameters.ToArray());
        Assert.Equal(expected.Epochs, history.Epochs);
    }

    [Fact]
    public async Task Is_awaited_after_each_step()
    {
        Trainer trainer = NewTrainer();
        List<int> told = [], awaited = [];
        trainer.StepCompleted += step => told.Add(step.Step);
        bool isInside = false;
        await trainer.FitAsync(
            Problems.Clusters(400),
            async step =>
            {
                Assert.False(isInside);
                Assert.Equal(step.Step, told[^1]);
                isInside = true;
                await Task.Delay(1);
                isInside = false;
                awaited.Add(step.Step);
            },
            Options);
        // 360 of 400 samples in batches of 50, three times.
        Assert.Equal(24, awaited.Count);
        Assert.Equal(told, awaited);
    }

    [Fact]
    public async Task The_network_predicts_between_steps_with_the_weights_of_that_step()
    {
        Trainer trainer = NewTrainer();
        List<float> losses = [];
        await trainer.FitAsync(
            Problems.Clusters(400),
            _ =>
            {
                losses.Add((float)trainer.Network.Evaluate(Problems.Clusters(100), threads: 1).Loss);
                return Task.CompletedTask;
            },
            Options);
        Assert.True(losses[^1] < losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.Equal(losses.Count, losses.Distinct().Count());
    }

    [Fact]
    public async Task Ends_when_it_is_cancelled_or_stopped()
    {
        using CancellationTokenSource cancellation = new();
        int steps = 0;
        TrainingHistory cancelled = await NewTrainer().FitAsync(
            Problems.Clusters(400), async _ => { await (++steps == 10 ? cancellation.CancelAsync() : Task.CompletedTask); }, Options, cancellation: cancellation.Token);
        Assert.Equal(10, steps);
        Assert.True(cancelled.Cancelled);
        Assert.Single(cancelled.Epochs);

        Trainer trainer = NewTrainer();
        TrainingHistory stopped = await trainer.FitAsync(
            Problems.Clusters(400),
            _ =>
            {
                trainer.Stop();
                return Task.CompletedTask;
            },
            Options);
        Assert.True(stopped is { StoppedEarly: true, Cancelled: false });
    }

    [Fact]
    public async Task A_second_training_of_the_trainer_is_refused_until_the_first_has_ended()
    {
        Trainer trainer = NewTrainer();
        await trainer.FitAsync(
            Problems.Clusters(400), async _ => await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.FitAsync(Problems.Clusters(400), _ => Task.CompletedTask)), Options);
        await Assert.ThrowsAsync<FormatException>(() => trainer.FitAsync(Problems.Clusters(400), _ => throw new FormatException(), Options));
        Assert.Equal(3, trainer.Fit(Problems.Clusters(400), Options).Epochs.Count);
    }

    private static Trainer NewTrainer() => new(Network.Create([20], Layer.Dense(16, Activation.ReLU), Layer.Dense(4)), Loss.SoftmaxCrossEntropy, new Adam());
}
