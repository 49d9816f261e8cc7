namespace Nabla.Tests.Training;

public sealed class CallbackTests
{
    [Fact]
    public void Callbacks_see_everything_in_their_order_and_before_the_events()
    {
        List<string> seen = [];
        Trainer trainer = New();
        trainer.Callbacks.Add(new Recorder("a", seen));
        trainer.Callbacks.Add(new Recorder("b", seen));
        trainer.EpochCompleted += epoch => seen.Add($"event {epoch.Epoch}");
        trainer.Fit(Problems.Clusters(20), new TrainingOptions { Epochs = 2, BatchSize = 9 });
        Assert.Equal(
            ["a starts", "b starts", "a step 1", "b step 1", "a step 2", "b step 2", "a epoch 1", "b epoch 1", "event 1",
             "a step 1", "b step 1", "a step 2", "b step 2", "a epoch 2", "b epoch 2", "event 2", "a ends after 2", "b ends after 2"],
            seen);
    }

    [Fact]
    public void The_learning_rate_may_be_changed_for_one_training()
    {
        DataSet data = Problems.Clusters(60);
        TrainingOptions options = new() { Epochs = 3, BatchSize = 20 };
        Trainer halved = New();
        halved.StepCompleted += _ => halved.LearningRateFactor = 0.5;
        halved.Fit(data, options);

        Trainer whole = New();
        whole.Fit(data, options);
        Assert.NotEqual(whole.Network.Parameters.ToArray(), halved.Network.Parameters.ToArray());

        Network same = Network.Create([20], Layer.Dense(4));
        Trainer again = new(same, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.1 }) { LearningRateFactor = 7 };
        again.Fit(data, options);
        Assert.Equal(whole.Network.Parameters.ToArray(), same.Parameters.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => again.LearningRateFactor = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => again.LearningRateFactor = double.NaN);
    }

    [Fact]
    public void A_factor_is_that_of_another_rate()
    {
        DataSet data = Problems.Clusters(60);
        TrainingOptions options = new() { Epochs = 3, BatchSize = 20 };
        Trainer half = New();
        half.Callbacks.Add(new FactorFromTheStart(0.5));
        half.Fit(data, options);
        Network expected = Network.Create([20], Layer.Dense(4));
        new Trainer(expected, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.05 }).Fit(data, options);
        Assert.Equal(expected.Parameters.ToArray(), half.Network.Parameters.ToArray());
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0)]
    public void Early_stopping_ends_a_training_that_gets_no_better_and_keeps_the_best(double validation)
    {
        // A rate of nothing: the first epoch is the best.
        Trainer trainer = new(Network.Create([20], Layer.Dense(4)), Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 1e-30 });
        EarlyStopping stopping = new(patience: 3);
        trainer.Callbacks.Add(stopping);
        TrainingOptions options = new() { Epochs = 50, BatchSize = 60, ValidationFraction = validation, Order = SampleOrder.AsGiven };
        TrainingHistory history = trainer.Fit(Problems.Clusters(60), options);
        Assert.Equal((4, true, false), (history.Epochs.Count, history.StoppedEarly, history.Cancelled));
        // It forgets one training before the next.
        Assert.Equal(4, trainer.Fit(Problems.Clusters(60), options).Epochs.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(0));

        // One that gets better goes on.
        Trainer learning = New();
        learning.Callbacks.Add(new EarlyStopping(patience: 3));
        Assert.True(learning.Fit(Problems.Clusters(60), options with { Epochs = 20 }).Epochs.Count > 4);
    }

    [Fact]
    public void A_plateau_makes_the_rate_smaller_down_to_the_least()
    {
        Trainer trainer = New();
        ReduceOnPlateau reduce = new(factor: 0.5, patience: 2, minRate: 0.03, threshold: 0.01);
        List<double> factors = [];
        reduce.TrainingStarted(trainer);
        foreach (double loss in new[] { 1, 0.9, 0.895, 0.95, 0.94, 0.89, 0.89, 0.9, 0.5, 0.6, 0.7, 0.8, 0.9 })
        {
            // The training loss falls all the time: where there is validation, that counts.
            reduce.EpochCompleted(trainer, new EpochResult(factors.Count + 1, 1.0 / (1 + factors.Count), null, loss, null));
            factors.Add(trainer.LearningRateFactor);
        }
        // 0.895 is not 1 per cent below 0.9, 0.89 is.
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3], factors.Select(factor => Math.Round(factor, 12)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceOnPlateau(factor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceOnPlateau(patience: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceOnPlateau(minRate: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceOnPlateau(threshold: 1));
    }

    [Fact]
    public void A_plateau_of_the_training_loss_counts_without_validation()
    {
        Trainer trainer = new(Network.Create([20], Layer.Dense(4)), Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 1e-30 });
        trainer.Callbacks.Add(new ReduceOnPlateau(patience: 2));
        trainer.Fit(Problems.Clusters(60), new TrainingOptions { Epochs = 5, ValidationFraction = 0, Order = SampleOrder.AsGiven });
        Assert.Equal(0.01, trainer.LearningRateFactor, 1e-12);
    }

    [Fact]
    public void What_a_callback_throws_ends_the_training()
    {
        Trainer trainer = New();
        trainer.Callbacks.Add(new FactorFromTheStart(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Fit(Problems.Clusters(20)));
    }

    [Fact]
    public void Progress_is_a_line_an_epoch()
    {
        using StringWriter output = new();
        Trainer trainer = New();
        trainer.Callbacks.Add(new ConsoleProgress(output));
        TrainingHistory history = trainer.Fit(Problems.Clusters(60), new TrainingOptions { Epochs = 2 });
        Assert.Equal($"{history.Epochs[0]}{Environment.NewLine}{history.Epochs[1]}{Environment.NewLine}", output.ToString());
        Assert.Matches(@"^epoch 1: loss \d\.\d{4}, validation accuracy \d+\.\d\d%$", $"{history.Epochs[0]}");
        Assert.Equal("epoch 7: loss 0.5000, training accuracy 25.00%", $"{new EpochResult(7, 0.5, 0.25, null, null)}");
        Assert.Equal("epoch 7: loss 0.5000, validation loss 0.2500", $"{new EpochResult(7, 0.5, null, 0.25, null)}");
        Assert.Equal("epoch 7: loss 0.5000", $"{new EpochResult(7, 0.5, null, null, null)}");
        Assert.Equal("epoch 7: loss 1.25E+030", $"{new EpochResult(7, 1.25e30, null, null, null)}");
    }

    private static Trainer New() => new(Network.Create([20], Layer.Dense(4)), Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.1 });

    private sealed class Recorder(string name, List<string> seen) : TrainingCallback
    {
        public override void TrainingStarted(Trainer trainer) => seen.Add($"{name} starts");

        public override void StepCompleted(Trainer trainer, StepResult step) => seen.Add($"{name} step {step.Step}");

        public override void EpochCompleted(Trainer trainer, EpochResult epoch) => seen.Add($"{name} epoch {epoch.Epoch}");

        public override void TrainingEnded(Trainer trainer, TrainingHistory history) => seen.Add($"{name} ends after {history.Epochs.Count}");
    }

    private sealed class FactorFromTheStart(double factor) : TrainingCallback
    {
        public override void TrainingStarted(Trainer trainer) => trainer.LearningRateFactor = factor;
    }
}
