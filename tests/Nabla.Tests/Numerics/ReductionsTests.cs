using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

public sealed class ReductionsTests
{
    [Fact]
    public void Column_sums_go_on_from_what_is_there_rows_ascending()
    {
        foreach (int columns in new[] { 1, 3, 4, 7, 8, 15, 16, 17, 33, 100 })
        {
            for (int rows = 0; rows < 6; rows++)
            {
                NumPyRandom random = new((uint)columns);
                float[] values = Numbers.Normal(random, rows * columns);
                float[] expected = Numbers.Normal(random, columns);
                GuardedBuffer sums = new(expected);
                for (int row = 0; row < rows; row++)
                {
                    for (int column = 0; column < columns; column++)
                    {
                        expected[column] += values[row * columns + column];
                    }
                }
                Reductions.SumColumns(values, sums.Contents, rows, columns, GradientUse.Add);
                Numbers.AssertBits(expected, sums.Contents, $"[{rows}, {columns}]");
                Assert.True(sums.IsIntact);
            }
        }
    }

    [Theory]
    [InlineData(0, new[] { 5f })]
    [InlineData(2, new[] { 1f, 2, 3 })]
    [InlineData(0, new[] { 3f, 2, 3 })]
    [InlineData(1, new[] { -3f, -2, -4 })]
    [InlineData(1, new[] { float.NegativeInfinity, -2, float.NegativeInfinity })]
    [InlineData(1, new[] { float.NaN, -2, -3 })]
    [InlineData(2, new[] { -5, float.NaN, -3 })]
    [InlineData(2, new[] { float.NaN, float.NaN, float.NegativeInfinity })]
    [InlineData(0, new[] { float.NaN, float.NaN, float.NaN })]
    public void Index_of_the_greatest(int expected, float[] values) => Assert.Equal(expected, Reductions.IndexOfMax(values));
}
