using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

public sealed class SoftmaxTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 10)]
    [InlineData(3, 2)]
    [InlineData(5, 17)]
    [InlineData(7, 33)]
    public void Equals_double_precision(int rows, int width)
    {
        float[] logits = Numbers.Normal(new NumPyRandom(6), rows * width, deviation: 4);
        GuardedBuffer probabilities = new(new float[logits.Length]);
        Softmax.Rows(logits, probabilities.Contents, rows, width);
        Assert.True(probabilities.IsIntact);
        for (int row = 0; row < rows; row++)
        {
            double[] exponentials = [.. logits.Skip(row * width).Take(width).Select(logit => Math.Exp(logit))];
            for (int i = 0; i < width; i++)
            {
                double expected = exponentials[i] / exponentials.Sum();
                Assert.Equal(expected, probabilities.Contents[row * width + i], 3e-6 * expected);
            }
        }
    }

    [Fact]
    public void Can_work_in_place()
    {
        float[] values = Numbers.Normal(new NumPyRandom(7), 40);
        float[] expected = new float[40];
        Softmax.Rows(values, expected, 4, 10);
        Softmax.Rows(values, values, 4, 10);
        Numbers.AssertBits(expected, values, "in place");
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(-1e4f)]
    [InlineData(1e38f)]
    public void Equal_logits_share_equally(float logit) => Assert.Equal([0.25f, 0.25f, 0.25f, 0.25f], Of(logit, logit, logit, logit));

    [Fact]
    public void Large_logits_decide() => Assert.Equal([0, 1, 0], Of(-1e4f, 1e4f, 0));

    [Fact]
    public void Very_negative_logits_still_add_up() => Assert.Equal([0.5f, 0.5f, 0], Of(-1e4f, -1e4f, -2e4f));

    [Theory]
    [InlineData(-3e38f)]
    [InlineData(0f)]
    [InlineData(3e38f)]
    public void One_column_is_certain(float logit) => Assert.Equal([1], Of(logit));

    [Fact]
    public void A_NaN_spoils_its_row_and_no_other()
    {
        float[] values = [1, float.NaN, 2, 5, 5, 5];
        Softmax.Rows(values, values, 2, 3);
        Assert.All(values[..3], value => Assert.True(float.IsNaN(value)));
        Assert.All(values[3..], value => Assert.Equal(1f / 3, value));
    }

    private static float[] Of(params float[] logits)
    {
        float[] probabilities = new float[logits.Length];
        Softmax.Rows(logits, probabilities, 1, logits.Length);
        return probabilities;
    }
}
