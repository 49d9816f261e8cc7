namespace Nabla.Tests.Training;

/// <summary>Runs alone: a step that finds the worker team busy leaves it to a later one to start the workers it needs.</summary>
[Collection(Alone.Name)]
public sealed class AllocationTests
{
    [Fact]
    public void Setting_samples_aside_copies_none()
    {
        // Larger than all that a training takes for itself, by far.
        const int Samples = 10_000;
        DataSet data = DataSet.FromImages(new byte[Samples * 10_000], [100, 100], [.. Enumerable.Range(0, Samples).Select(i => i % 2)], 2);
        Network network = Network.Create([100, 100], Layer.AveragePooling2D(10, 10), Layer.Dense(2));
        long before = GC.GetAllocatedBytesForCurrentThread();
        new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()).Fit(data, new TrainingOptions { Epochs = 1, BatchSize = 16, Threads = 1 });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Samples * 10_000 / 2);
    }

    [Fact]
    public void Training_allocates_nothing_per_step_after_the_first()
    {
        foreach (Optimizer optimizer in new Optimizer[] { new Sgd(), new Sgd { Momentum = 0.9 }, new AdamW() })
        {
            foreach (Loss loss in new[] { Loss.Quadratic, Loss.SoftmaxCrossEntropy })
            {
                Network network = Network.Create([20], Layer.Dense(130, Activation.ReLU), Layer.Dense(130, Activation.Tanh), Layer.Dense(4));
                AssertAllocatesNothing(new Trainer(network, loss, optimizer), Problems.Clusters(2000));
            }
        }
    }

    [Fact]
    public void Training_with_image_layers_allocates_nothing_per_step_after_the_first()
    {
        Network network = Network.Create(
            [12, 12], Layer.Convolution2D(5, 3, 3, Activation.ReLU), Layer.MaxPooling2D(2, 2), Layer.Dropout(), Layer.Cropping2D(top: 1),
            Layer.Convolution2D(7, 2, 2, Activation.Tanh), Layer.AveragePooling2D(2, 2, stride: 1), Layer.Flatten(), Layer.Dense(4));
        AssertAllocatesNothing(new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()), Problems.Clusters(1000, features: 144));
    }

    [Fact]
    public void Neither_does_one_of_separable_convolutions_with_layer_normalisation()
    {
        Network network = Network.Create(
            [12, 12], Layer.Convolution2D(5, 3, 3), Layer.LayerNormalization(), Layer.GELU(), Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU, padding: 1),
            Layer.Convolution2D(7, 1, 1), Layer.SiLU(), Layer.LeakyReLU(), Layer.GlobalAveragePooling2D(), Layer.LayerNormalization(), Layer.Softplus(), Layer.Dense(4));
        AssertAllocatesNothing(new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()), Problems.Clusters(1000, features: 144));
    }

    [Fact]
    public void Training_in_large_batches_allocates_nothing_per_step_after_the_first()
    {
        byte[] pixels = [.. Enumerable.Range(0, 2500 * 20).Select(i => (byte)(i % 7 == 0 ? i % 251 : 0))];
        DataSet data = DataSet.FromImages(pixels, [20], [.. Enumerable.Range(0, 2500).Select(i => i % 4)], 4);
        foreach (int units in new[] { 10, 130 })
        {
            foreach (StandardizationScope? scope in new StandardizationScope?[] { null, StandardizationScope.Value })
            {
                Network network = Network.Create([20], Layer.Dense(units, Activation.ReLU), Layer.Dense(4));
                AssertAllocatesNothing(new Trainer(network, Loss.SoftmaxCrossEntropy, new Sgd()), data, batchSize: 1100, scope);
            }
        }
    }

    [Fact]
    public void Decay_penalties_clipping_and_accumulation_allocate_nothing_per_step_after_the_first()
    {
        foreach (Optimizer optimizer in new Optimizer[] { new Sgd { WeightDecay = 0.1 }, new Lion { WeightDecay = 0.1 } })
        {
            Network network = Network.Create([20], Layer.Dense(130, Activation.ReLU) with { LearningRateFactor = 0.5 }, Layer.Dense(4));
            AssertAllocatesNothing(
                new Trainer(network, new SoftmaxCrossEntropyLoss { LabelSmoothing = 0.1 }, optimizer), Problems.Clusters(2000),
                options: new() { BalanceClasses = true, AccumulationSteps = 2, L2 = 0.001, ClipGradientNorm = 0.01, Schedule = Schedule.WarmUp(3, Schedule.OneCycle()) });
        }
    }

    private static void AssertAllocatesNothing(Trainer trainer, DataSet data, int batchSize = 300, StandardizationScope? scope = null, TrainingOptions? options = null) =>
        AllocationCounter.AssertNothingPerStep(trainer, data, (options ?? new TrainingOptions()) with { Epochs = 2, BatchSize = batchSize, Threads = 3, Standardize = scope });
}
