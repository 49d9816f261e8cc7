using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>The three products against their scalar twin: one chain of fused multiply-adds per element, inner index ascending.</summary>
public sealed class MatrixProductTests
{
    // Around the edges of tiles (4 rows) and vectors (4, 8, 16 and twice that).
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40];

    // Large enough to be split into 7 parts: at least 7 · 65,536 multiply-adds and 28 rows.
    public static TheoryData<int, int, int, int> Large()
    {
        TheoryData<int, int, int, int> sizes = [];
        foreach (int threads in new[] { 1, 2, 3, 7 })
        {
            sizes.Add(61, 100, 77, threads);
            sizes.Add(29, 400, 40, threads);
            sizes.Add(130, 64, 65, threads);
            sizes.Add(300, 3, 600, threads);
        }
        return sizes;
    }

    [Fact]
    public void All_products_equal_the_scalar_twin_at_all_edges()
    {
        foreach (int rows in (int[])[0, .. Sizes])
        {
            foreach (int inner in (int[])[0, .. Sizes])
            {
                foreach (int columns in Sizes)
                {
                    AssertAll(rows, inner, columns, threads: 1);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Large))]
    public void All_products_equal_the_scalar_twin_on_any_number_of_threads(int rows, int inner, int columns, int threads) =>
        AssertAll(rows, inner, columns, threads);

    [Fact]
    public void Buffers_that_are_too_small_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixProduct.Multiply(new float[5], new float[6], [], new float[4], 2, 3, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixProduct.Multiply(new float[6], new float[5], [], new float[4], 2, 3, 2, 1));
        Assert.ThrowsAny<ArgumentException>(() => MatrixProduct.Multiply(new float[6], new float[6], [], new float[3], 2, 3, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixProduct.MultiplyLeftTransposed(new float[6], new float[6], new float[3], 2, 3, 2, 1, GradientUse.Add));
    }

    [Fact]
    public void Sizes_whose_product_is_beyond_an_int_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixProduct.MultiplyLeftTransposed(new float[8], new float[1 << 16], new float[1 << 16], 1 << 16, 1 << 16, 1, 1, GradientUse.Add));

    private static void AssertAll(int rows, int inner, int columns, int threads)
    {
        NumPyRandom random = new((uint)(rows * 1681 + inner * 41 + columns));
        float[] left = Numbers.Normal(random, rows * inner);
        float[] right = Numbers.Normal(random, inner * columns);
        float[] bias = Numbers.Normal(random, columns);
        float[] before = Numbers.Normal(random, rows * columns);
        float[] ofBias = [.. Enumerable.Range(0, rows).SelectMany(_ => bias)];
        string sizes = $"[{rows}, {inner}] · [{inner}, {columns}], {threads} threads";

        GuardedBuffer result = new(before);
        MatrixProduct.Multiply(left, right, [], result.Contents, rows, inner, columns, threads);
        AssertEqual(Twin(left, right, new float[rows * columns], rows, inner, columns), result, sizes);

        result = new GuardedBuffer(before);
        MatrixProduct.Multiply(left, right, bias, result.Contents, rows, inner, columns, threads);
        AssertEqual(Twin(left, right, ofBias, rows, inner, columns), result, sizes + ", bias");

        result = new GuardedBuffer(before);
        MatrixProduct.MultiplyLeftTransposed(Transpose(left, rows, inner), right, result.Contents, rows, inner, columns, threads, GradientUse.Add);
        AssertEqual(Twin(left, right, before, rows, inner, columns), result, sizes + ", left transposed");

        result = new GuardedBuffer(before);
        GuardedBuffer scratch = new(new float[inner * columns]);
        MatrixProduct.MultiplyRightTransposed(left, Transpose(right, inner, columns), result.Contents, scratch.Contents, rows, inner, columns, threads);
        AssertEqual(Twin(left, right, new float[rows * columns], rows, inner, columns), result, sizes + ", right transposed");
        Assert.True(scratch.IsIntact, sizes + ": wrote beyond the scratch memory");
    }

    private static void AssertEqual(float[] expected, GuardedBuffer actual, string what)
    {
        Numbers.AssertBits(expected, actual.Contents, what);
        Assert.True(actual.IsIntact, what + ": wrote beyond the result");
    }

    private static float[] Twin(float[] left, float[] right, float[] start, int rows, int inner, int columns)
    {
        float[] result = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                float sum = start[row * columns + column];
                for (int k = 0; k < inner; k++)
                {
                    sum = float.FusedMultiplyAdd(left[row * inner + k], right[k * columns + column], sum);
                }
                result[row * columns + column] = sum;
            }
        }
        return result;
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        float[] result = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[column * rows + row] = matrix[row * columns + column];
            }
        }
        return result;
    }
}
