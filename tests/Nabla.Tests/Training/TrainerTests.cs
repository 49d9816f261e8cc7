using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void A_network_without_parameters_is_refused_by_its_layers()
    {
        Network network = Network.Create([28, 28], Layer.Cropping2D(top: 27, left: 18), Layer.Flatten());
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new Trainer(network, Loss.Quadratic, new Sgd()).Fit(SyntheticDigits.Generate(20, 1)));
        Assert.StartsWith("The network (cropping2d1, flatten1) has no parameters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Learns_to_tell_classes_apart()
    {
        Network network = Network.Create([20], Layer.Dense(16, Activation.ReLU), Layer.Dense(4));
        DataSet data = Problems.Clusters(600);
        TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data.Slice(0, 400), new TrainingOptions { Threads = 1 });
        Assert.Equal(10, history.Epochs.Count);
        Assert.False(history.Cancelled);
        Assert.True(history.Epochs[^1].Loss < 0.2 * history.Epochs[0].Loss);
        Assert.True(network.Evaluate(data.Slice(400, 200), threads: 1).Accuracy > 0.95);
    }

    [Fact]
    public void Fits_a_linear_map_and_knows_no_accuracy()
    {
        float[] matrix = [1, -2, 0.5f, 3, 0, -1];
        float[] offset = [0.25f, -4];
        DataSet data = Problems.LinearMap(300, matrix, offset);
        Network network = Network.Create([3], Layer.Dense(2));
        TrainingHistory history = new Trainer(network, Loss.Quadratic, new Sgd { LearningRate = 0.1, Momentum = 0.5 })
            .Fit(data, new TrainingOptions { Epochs = 30, BatchSize = 20, Threads = 1 });
        float[] fitted = network.Parameters.ToArray();
        Assert.All(fitted.Zip((float[])[.. matrix, .. offset]), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
        Assert.All(history.Epochs, epoch => Assert.Null(epoch.Accuracy));
        Assert.All(history.Epochs, epoch => Assert.Null(epoch.ValidationAccuracy));
        Assert.All(history.Epochs, epoch => Assert.NotNull(epoch.ValidationLoss));
        Assert.Equal(history.Epochs.Min(epoch => epoch.ValidationLoss), history.Best!.ValidationLoss);
        Evaluation evaluation = network.Evaluate(data, threads: 1);
        Assert.Null(evaluation.Accuracy);
        Assert.Null(evaluation.Correct);
        Assert.Null(evaluation.Confusion);
    }

    /// <summary>A batch of 700 is walked in pieces; one step of plain descent shows the gradient it came to.</summary>
    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    public void A_batch_in_pieces_has_the_gradient_of_the_whole(int samples)
    {
        DataSet data = Problems.Clusters(samples);
        Network network = Network.Create([20], Layer.Dense(9, Activation.Tanh), Layer.Dense(4));
        network.Initialize(new NumPyRandom(3));
        float[] before = network.Parameters.ToArray();

        Workspace whole = new(network, samples, training: true);
        float[] targets = new float[samples * 4];
        // Rows in the order in which the trainer takes them, so that the sums are the same to the last bit.
        int[] order = [.. Enumerable.Range(0, samples)];
        new NumPyRandom(1).Shuffle<int>(order);
        Batch.CopyFeatures(data.Features, network.Preprocessing, order, whole.Input, threads: 1, bySample: true);
        data.Targets.CopyRows(order, targets);
        network.Forward(whole, samples);
        double loss = Loss.SoftmaxCrossEntropy.Evaluate(whole.Output, targets, whole.OutputGradient, samples, samples);
        network.Backward(whole, samples);
        OptimizerState state = new Sgd().Start(before.Length);
        state.Step(before, whole.Gradient, 0.25);

        TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 0.25 })
            .Fit(data, new TrainingOptions { Epochs = 1, BatchSize = samples, ValidationFraction = 0, Threads = 1 });
        Numbers.AssertBits(before, network.Parameters, $"{samples} samples");
        Assert.Equal(loss / samples, history.Epochs[0].Loss, 1e-12);
    }

    [Fact]
    public void The_last_batch_of_an_epoch_is_the_mean_over_the_samples_it_has()
    {
        // Two samples, batches of 5: the only batch has two.
        DataSet data = DataSet.FromVectors([1, 1], [1], [3, 5], 1);
        Network network = Network.Create([1], Layer.Dense(1, bias: false, weights: Initializer.Zeros));
        new Trainer(network, Loss.Quadratic, new Sgd { LearningRate = 1 }).Fit(data, new TrainingOptions { Epochs = 1, BatchSize = 5, ValidationFraction = 0 });
        Assert.Equal([4], network.Parameters.ToArray());
    }

    [Fact]
    public void Events_tell_every_step_and_every_epoch_in_order()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.SoftmaxCrossEntropy, new Sgd());
        List<StepResult> steps = [];
        List<EpochResult> epochs = [];
        trainer.StepCompleted += steps.Add;
        trainer.EpochCompleted += epochs.Add;
        TrainingHistory history = trainer.Fit(Problems.Clusters(50), new TrainingOptions { Epochs = 3, BatchSize = 20, ValidationFraction = 0.1, Threads = 1 });
        Assert.Equal(
            ["1/3 1/3 20", "1/3 2/3 20", "1/3 3/3 5", "2/3 1/3 20", "2/3 2/3 20", "2/3 3/3 5", "3/3 1/3 20", "3/3 2/3 20", "3/3 3/3 5"],
            steps.Select(step => $"{step.Epoch}/{step.Epochs} {step.Step}/{step.Steps} {step.Samples}"));
        Assert.Equal(history.Epochs, epochs);
        Assert.Equal([1, 2, 3], epochs.Select(epoch => epoch.Epoch));
        for (int epoch = 0; epoch < 3; epoch++)
        {
            double sum = steps.Skip(3 * epoch).Take(3).Sum(step => step.Loss * step.Samples);
            Assert.Equal(sum / 45, epochs[epoch].Loss, 1e-12);
            Assert.Equal(epochs[epoch].Loss, steps[3 * epoch + 2].EpochLoss);
        }
    }

    [Fact]
    public void The_schedule_counts_steps_over_all_epochs()
    {
        // y = w is to become 1: at rate 0.5 each step leaves 1 - 0.5 · factor of the distance, with factors 1, 3/4, 1/2, 1/4.
        DataSet data = DataSet.FromVectors([1, 1], [1], [1, 1], 1);
        Network network = Network.Create([1], Layer.Dense(1, bias: false, weights: Initializer.Zeros));
        new Trainer(network, Loss.Quadratic, new Sgd { LearningRate = 0.5 })
            .Fit(data, new TrainingOptions { Epochs = 2, BatchSize = 1, ValidationFraction = 0, Schedule = Schedule.Linear });
        double distance = (1 - 0.5) * (1 - 0.375) * (1 - 0.25) * (1 - 0.125);
        Assert.Equal(1 - distance, network.Parameters[0], 1e-6);
    }

    [Fact]
    public void Weights_that_are_there_are_trained_on_and_others_drawn()
    {
        DataSet data = Problems.Clusters(40);
        TrainingOptions options = new() { Epochs = 1, ValidationFraction = 0, Threads = 1 };
        Network fresh = Network.Create([20], Layer.Dense(4));
        // A rate so small that the weights stay the floats they are.
        Trainer trainer = new(fresh, Loss.SoftmaxCrossEntropy, new Sgd { LearningRate = 1e-30 });
        trainer.Fit(data, options);
        Network drawn = Network.Create([20], Layer.Dense(4));
        drawn.Initialize(new NumPyRandom(1));
        Numbers.AssertBits(drawn.Parameters[..80], fresh.Parameters[..80], "drawn from the seed");

        fresh.Parameters.Fill(0.5f);
        trainer.Fit(data, options);
        Assert.False(fresh.Parameters.ContainsAnyExcept(0.5f));
    }

    [Fact]
    public void The_network_remembers_how_it_was_trained()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Adam adam = new() { LearningRate = 0.01 };
        TrainingOptions options = new() { Epochs = 2, ValidationFraction = 0.25, Threads = 1 };
        TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, adam).Fit(Problems.Clusters(40), options);
        TrainingRecord record = network.Training!;
        Assert.Equal((adam, options, 30, false), (record.Optimizer, record.Options, record.Samples, record.Cancelled));
        Assert.Equal(history.Best!.Epoch, record.BestEpoch);
        Assert.Equal(history.Best.ValidationAccuracy, record.ValidationAccuracy);
        Assert.Same(Loss.SoftmaxCrossEntropy, network.Loss);
        Assert.NotEmpty(record.Version);
    }

    [Fact]
    public void Data_that_does_not_fit_is_refused_with_layer_and_both_shapes()
    {
        Network network = Network.Create([20], Layer.Dense(4));
        Trainer trainer = new(network, Loss.Quadratic, new Sgd());
        Assert.StartsWith(
            "The network takes samples of 20 (Dense 20 → 4  (84 parameters)), but the data set has samples of 21.",
            Assert.Throws<ArgumentException>(() => trainer.Fit(Problems.Clusters(9, features: 21))).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The network puts out 4 values (Dense 20 → 4  (84 parameters)), but the data set wants 5.",
            Assert.Throws<ArgumentException>(() => trainer.Fit(Problems.Clusters(9, classes: 5))).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The data set has no samples.", Assert.Throws<ArgumentException>(() => trainer.Fit(Problems.Clusters(0))).Message, StringComparison.Ordinal);
    }
}
