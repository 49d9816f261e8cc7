namespace Nabla.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Counts_below_one_are_refused_by_name(int value)
    {
        AssertNames("Epochs", () => new TrainingOptions { Epochs = value });
        AssertNames("BatchSize", () => new TrainingOptions { BatchSize = value });
        AssertNames("Threads", () => new TrainingOptions { Threads = value });
        AssertNames("AccumulationSteps", () => new TrainingOptions { AccumulationSteps = value });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Shares_out_of_range_are_refused_by_name(double value) =>
        AssertNames("ValidationFraction", () => new TrainingOptions { ValidationFraction = value });

    [Fact]
    public void What_changes_gradients_is_checked()
    {
        foreach (double value in new[] { -1, double.NaN, double.PositiveInfinity })
        {
            AssertNames("L2", () => new TrainingOptions { L2 = value });
            AssertNames("ClipGradientNorm", () => new TrainingOptions { ClipGradientNorm = value });
            AssertNames("lambda", () => new L2Regularization(value));
        }
        AssertNames("ClipGradientNorm", () => new TrainingOptions { ClipGradientNorm = 0 });
    }

    [Fact]
    public void Byte_divisors_out_of_range_are_refused_by_name()
    {
        foreach (float value in new[] { 0, -1, float.NaN, float.PositiveInfinity })
        {
            AssertNames("ByteDivisor", () => new Preprocessing { ByteDivisor = value });
        }
    }

    private static void AssertNames(string property, Func<object> make) =>
        Assert.Equal(property, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName);
}
