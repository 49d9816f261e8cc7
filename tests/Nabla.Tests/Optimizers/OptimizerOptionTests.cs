namespace Nabla.Tests.Optimizers;

/// <summary>Options out of their ranges are refused by name.</summary>
public sealed class OptimizerOptionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Learning_rate(double value)
    {
        AssertNames("LearningRate", () => new Sgd { LearningRate = value });
        AssertNames("LearningRate", () => new Adam { LearningRate = value });
        AssertNames("LearningRate", () => new AdamW { LearningRate = value });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Shares(double value)
    {
        AssertNames("Momentum", () => new Sgd { Momentum = value });
        AssertNames("Beta1", () => new Adam { Beta1 = value });
        AssertNames("Beta2", () => new Adam { Beta2 = value });
        AssertNames("Beta1", () => new Lion { Beta1 = value });
        AssertNames("Beta2", () => new Lion { Beta2 = value });
        AssertNames("Beta1", () => new AdamW { Beta1 = value });
        AssertNames("Beta2", () => new AdamW { Beta2 = value });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Weight_decay(double value)
    {
        AssertNames("WeightDecay", () => new AdamW { WeightDecay = value });
        AssertNames("WeightDecay", () => new Sgd { WeightDecay = value });
        AssertNames("WeightDecay", () => new Lion { WeightDecay = value });
    }

    /// <summary>Zero, also zero after rounding to float, would make 0 / 0 of a parameter whose gradient is always zero.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1e-60)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Epsilon(double value)
    {
        AssertNames("Epsilon", () => new Adam { Epsilon = value });
        AssertNames("Epsilon", () => new AdamW { Epsilon = value });
    }

    [Fact]
    public void The_least_epsilon_keeps_a_parameter_without_gradient()
    {
        float[] parameters = [3];
        new Adam { Epsilon = 1e-44 }.Start(1).Step(parameters, [0], 0.1);
        Assert.Equal([3], parameters);
    }

    [Fact]
    public void Defaults_are_the_published_ones()
    {
        Assert.Equal((0.1, 0, false), (new Sgd().LearningRate, new Sgd().Momentum, new Sgd().Nesterov));
        Adam adam = new();
        Assert.Equal((0.001, 0.9, 0.999, 1e-8), (adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon));
        AdamW adamW = new();
        Assert.Equal((0.001, 0.9, 0.999, 1e-8, 0.01), (adamW.LearningRate, adamW.Beta1, adamW.Beta2, adamW.Epsilon, adamW.WeightDecay));
        Lion lion = new();
        Assert.Equal((0.0001, 0.9, 0.99, 0, 0), (lion.LearningRate, lion.Beta1, lion.Beta2, lion.WeightDecay, new Sgd().WeightDecay));
    }

    private static void AssertNames(string property, Func<object> make)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(make);
        Assert.Equal(property, error.ParamName);
    }
}
