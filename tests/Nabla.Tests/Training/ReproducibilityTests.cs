using Nabla.Tests.Numerics;

namespace Nabla.Tests.Training;

/// <summary>Same seed and data, same bits, whatever the number of threads.</summary>
[Collection(Alone.Name)]
public sealed class ReproducibilityTests
{
    /// <summary>
    /// Units of the hidden layer, batch size. 256 samples by 64 inputs by 96 units are 24 parts' worth of multiply-adds,
    /// and their activations 1.5 parts' worth of element-wise work; 300 units make 2. Batches of 700 go through in pieces of
    /// 256, and the last of each epoch (of 1,500 samples) has 100.
    /// </summary>
    public static TheoryData<int, int> Sizes() => new() { { 96, 700 }, { 300, 256 }, { 5, 7 }, { 33, 1500 }, { 17, 5000 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Same_seed_same_bits_on_1_2_3_and_7_threads(int hidden, int batchSize)
    {
        (float[] weights, TrainingHistory history) = Train(hidden, batchSize, threads: 1);
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            (float[] otherWeights, TrainingHistory otherHistory) = Train(hidden, batchSize, threads);
            Numbers.AssertBits(weights, otherWeights, $"{threads} threads");
            Assert.Equal(history.Epochs, otherHistory.Epochs);
            Assert.Equal(history.Best, otherHistory.Best);
        }
    }

    [Fact]
    public void Another_seed_makes_another_network()
    {
        (float[] weights, _) = Train(5, 64, threads: 1);
        (float[] otherWeights, _) = Train(5, 64, threads: 1, seed: 2);
        Assert.NotEqual(weights, otherWeights);
    }

    private static (float[] Weights, TrainingHistory History) Train(int hidden, int batchSize, int threads, uint seed = 1)
    {
        Network network = Network.Create([64], Layer.Dense(hidden, Activation.Tanh), Layer.Dense(hidden, Activation.ReLU), Layer.Dense(4));
        TrainingOptions options = new() { Epochs = 2, BatchSize = batchSize, Threads = threads, ValidationFraction = 0.2, Seed = seed };
        TrainingHistory history = new Trainer(network, Loss.SoftmaxCrossEntropy, new Adam()).Fit(Problems.Clusters(1875, features: 64), options);
        return (network.Parameters.ToArray(), history);
    }
}
