using Nabla.Tests.Numerics;

namespace Nabla.Tests.Layers;

[Collection(Alone.Name)]
public sealed class DenseTests
{
    [Fact]
    public void Forward_and_backward_of_a_tiny_network_by_hand()
    {
        Network network = Network.Create([2], Layer.Dense(2, Activation.ReLU), Layer.Dense(1));
        //  W1 = 1 2    b1 = 0.5 -4    W2 = 2    b2 = 0.25
        //       3 4                        -1
        new float[] { 1, 2, 3, 4, 0.5f, -4, 2, -1, 0.25f }.CopyTo(network.Parameters);
        Workspace workspace = new(network, rows: 2, training: true);
        new float[] { 1, 2, -1, 1 }.CopyTo(workspace.Input);

        // [1, 2]: 1 + 6 + 0.5 = 7.5 and 2 + 8 - 4 = 6, so 15 - 6 + 0.25 = 9.25.
        // [-1, 1]: -1 + 3 + 0.5 = 2.5 and -2 + 4 - 4 = -2, cut to 0, so 5 - 0 + 0.25 = 5.25.
        network.Forward(workspace, 2);
        Assert.Equal([9.25f, 5.25f], workspace.Output);

        // With output gradients 1 and 10: into the hidden layer flow [2, -1] and [20, 0] (the second unit was cut).
        new float[] { 1, 10 }.CopyTo(workspace.OutputGradient);
        network.Backward(workspace, 2);
        Assert.Equal([2 - 20, -1, 4 + 20, -2, 22, -1, 7.5f + 25, 6, 11], workspace.Gradient);
    }

    [Fact]
    public void Parameters_lie_one_after_the_other_weights_first()
    {
        Network network = Network.Create([2, 3], Layer.Dense(4), Layer.Dense(5, bias: false), Layer.Dense(1));
        Assert.Equal(
            ["dense1/weight [6, 4] at 0", "dense1/bias [4] at 24", "dense2/weight [4, 5] at 28", "dense3/weight [5, 1] at 48", "dense3/bias [1] at 53"],
            network.Layers.SelectMany(layer => layer.Parameters).Select(parameter => $"{parameter} at {parameter.Offset}"));
        Assert.Equal(54, network.Parameters.Length);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Backward_gives_the_same_bits_on_any_number_of_threads(int threads)
    {
        Numbers.AssertBits(Gradient(1), Gradient(threads), $"{threads} threads");

        static float[] Gradient(int threads)
        {
            NumPyRandom random = new(8);
            Network network = Network.Create([90], Layer.Dense(130, Activation.Tanh), Layer.Dense(70, Activation.Sigmoid));
            network.Initialize(random);
            Workspace workspace = new(network, rows: 128, training: true, threads);
            Numbers.Normal(random, 128 * 90).CopyTo(workspace.Input);
            network.Forward(workspace, 128);
            Numbers.Normal(random, 128 * 70).CopyTo(workspace.OutputGradient);
            network.Backward(workspace, 128);
            return [.. workspace.Output, .. workspace.Gradient];
        }
    }

    [Fact]
    public void Prints_itself()
    {
        Network network = Network.Create([28, 28], Layer.Dense(128, Activation.ReLU), Layer.Dense(10, bias: false));
        Assert.Equal("Dense 784 → 128, ReLU  (100,480 parameters)", network.Layers[0].ToString());
        Assert.Equal("Dense 128 → 10, no bias  (1,280 parameters)", network.Layers[1].ToString());
        Assert.Equal("dense1/weight [784, 128]", network.Layers[0].Parameters[0].ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Refuses_a_layer_without_units(int units) =>
        Assert.Equal("Units", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.Dense(units)).ParamName);

    [Fact]
    public void Refuses_a_function_there_is_none_of() =>
        Assert.Equal("Activation", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.Dense(3, (Activation)7)).ParamName);
}
