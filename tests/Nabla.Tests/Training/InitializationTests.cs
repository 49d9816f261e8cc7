namespace Nabla.Tests.Training;

public sealed class InitializationTests
{
    [Theory]
    [InlineData(ParameterOrder.LayerByLayer, new[] { 0, 1, 2, 3 })]
    [InlineData(ParameterOrder.WeightsFirst, new[] { 0, 2, 1, 3 })]
    [InlineData(ParameterOrder.BiasesFirst, new[] { 1, 3, 0, 2 })]
    public void Parameters_are_drawn_in_the_order_asked_for(ParameterOrder order, int[] expected)
    {
        Network network = Network.Create([3], Normal(2), Normal(4));
        network.Initialize(new NumPyRandom(9), new Initialization { Order = order });
        NumPyRandom random = new(9);
        Parameter[] parameters = [.. network.Layers.SelectMany(layer => layer.Parameters)];
        foreach (int i in expected)
        {
            float[] drawn = Draw(random, parameters[i].Shape.Size);
            Assert.Equal(drawn, parameters[i].Of(network.Parameters).ToArray());
        }
    }

    [Fact]
    public void Outputs_first_draws_the_inputs_of_one_unit_after_the_other()
    {
        Network network = Network.Create([3], Normal(2));
        network.Initialize(new NumPyRandom(9), new Initialization { OutputsFirst = true });
        float[] drawn = Draw(new NumPyRandom(9), 8); // [2, 3] weights, then 2 biases
        Assert.Equal([drawn[0], drawn[3], drawn[1], drawn[4], drawn[2], drawn[5], drawn[6], drawn[7]], network.Parameters.ToArray());
    }

    private static DenseSpec Normal(int units) => Layer.Dense(units, weights: Initializer.Normal(1), biases: Initializer.Normal(1));

    private static float[] Draw(NumPyRandom random, int count)
    {
        float[] drawn = new float[count];
        foreach (ref float value in drawn.AsSpan())
        {
            value = (float)random.NextNormal();
        }
        return drawn;
    }
}
