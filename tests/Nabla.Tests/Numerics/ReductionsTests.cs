using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

[Collection(Alone.Name)]
public sealed class ReductionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Column_sums_are_taken_rows_ascending_whatever_becomes_of_them(int threads)
    {
        foreach (int columns in new[] { 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100, 130 })
        {
            foreach (int rows in new[] { 0, 1, 2, 5, 1500 })
            {
                NumPyRandom random = new((uint)columns);
                float[] values = Numbers.Normal(random, rows * columns);
                float[] before = Numbers.Normal(random, columns);
                foreach (GradientUse use in new[] { GradientUse.Add, GradientUse.Replace, GradientUse.Descend(0.3f) })
                {
                    float[] expected = use.Adds ? [.. before] : new float[columns];
                    for (int row = 0; row < rows; row++)
                    {
                        for (int column = 0; column < columns; column++)
                        {
                            expected[column] += values[row * columns + column];
                        }
                    }
                    for (int column = 0; column < columns && use.DescentRate > 0; column++)
                    {
                        expected[column] = float.FusedMultiplyAdd(-use.DescentRate, expected[column], before[column]);
                    }
                    GuardedBuffer sums = new(before);
                    Reductions.SumColumns(values, sums.Contents, rows, columns, use, threads);
                    Numbers.AssertBits(expected, sums.Contents, $"[{rows}, {columns}] {use}");
                    Assert.True(sums.IsIntact);
                }
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
