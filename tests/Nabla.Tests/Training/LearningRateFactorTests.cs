namespace Nabla.Tests.Training;

public sealed class LearningRateFactorTests
{
    public static TheoryData<Optimizer> Optimizers() => [new Sgd { LearningRate = 0.3 }, new Sgd { LearningRate = 0.3, Momentum = 0.9 }, new Adam { LearningRate = 0.01 }];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_layer_with_a_factor_moves_by_that_share_in_the_first_step_and_a_frozen_one_not_at_all(Optimizer optimizer)
    {
        float[] whole = Moves(optimizer, 1, 1);
        float[] factored = Moves(optimizer, 0.5, 0);
        for (int i = 0; i < 3 * 4 + 4; i++)
        {
            Assert.Equal(whole[i] / 2, factored[i], 1e-6f);
        }
        Assert.Contains(whole[..16], move => move != 0);
        Assert.All(factored[16..], move => Assert.Equal(0, move));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Factors_of_one_change_no_bit_however_they_are_computed(Optimizer optimizer)
    {
        // The third layer's factor makes the optimiser go layer by layer; the first two must not notice.
        Assert.Equal(Moves(optimizer, 1, 1, 1)[..26], Moves(optimizer, 1, 1, 0.7)[..26]);
    }

    /// <summary>How far each parameter is from where it began, after one step.</summary>
    private static float[] Moves(Optimizer optimizer, params double[] factors)
    {
        int[] units = [4, 2, 2];
        Network network = Network.Create([3], [.. factors.Select((factor, i) => Layer.Dense(units[i], Activation.Tanh) with { LearningRateFactor = factor })]);
        network.Initialize(new NumPyRandom(1));
        float[] before = network.Parameters.ToArray();
        DataSet data = DataSet.FromVectors([1, 2, 3, -1, 0.5f, 2], [3], [1, 0, -1, 0.5f], 2);
        new Trainer(network, Loss.Quadratic, optimizer).Fit(data, new TrainingOptions { Epochs = 1, BatchSize = 2, ValidationFraction = 0 });
        return [.. network.Parameters.ToArray().Zip(before, (after, start) => after - start)];
    }
}
