using System.Runtime.Intrinsics;
using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>The three products against their scalar twin: one chain of fused multiply-adds per element, inner index ascending.</summary>
[Collection(Alone.Name)]
public sealed class MatrixProductTests
{
    // Around the edges of tiles (6 or 12 rows) and vectors (4, 8, 16 and twice that).
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 24, 25, 31, 32, 33, 40];

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
            sizes.Add(300, 257, 261, threads); // blocks of rows and of the inner index, packed left
            sizes.Add(40, 30, 1100, threads); // blocks of columns
            sizes.Add(130, 520, 10, threads); // transposed
            sizes.Add(1600, 256, 10, threads);
            sizes.Add(45, 130, 310, threads);
            sizes.Add(70, 48, 12, threads);
            sizes.Add(33, 100, 1, threads);
            sizes.Add(20, 784, 150, threads); // every thread has features of its own
            sizes.Add(131, 500, 290, threads);
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

    /// <summary>Images have blank parts, which are left out of the sums.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Blank_parts_change_nothing(int threads)
    {
        foreach (int rows in (int[])[2, 12, 13, 30, 100, 256])
        {
            AssertAll(rows, 300, 100, threads, withBlanks: true);
            AssertAll(300, rows, 65, threads, withBlanks: true);
            AssertAll(rows, 61, 130, threads, withBlanks: true);
        }
    }

    [Fact]
    public void Vectors_of_every_width_compute_the_same()
    {
        // Widths that the processor lacks run as the runtime emulates them; masks need AVX.
        AssertWidth<Lanes1>();
        AssertWidth<Lanes4>();
        AssertWidth<WasmLanes>(); // the products of a browser, see RowProduct
        if (Vector256.IsHardwareAccelerated)
        {
            AssertWidth<Lanes8>();
        }
        if (Vector512.IsHardwareAccelerated)
        {
            AssertWidth<Lanes16>();
        }
    }

    [Fact]
    public void Zeros_of_a_single_sample_change_nothing()
    {
        NumPyRandom random = new(9);
        foreach (int inner in (int[])[1, 15, 16, 17, 63, 64, 65, 150])
        {
            foreach (int columns in (int[])[1, 10, 16, 100, 128, 129, 300])
            {
                float[] sample = [.. Numbers.Normal(random, inner).Select(value => value > 0.5f ? value : 0)];
                float[] right = Numbers.Normal(random, inner * columns), bias = Numbers.Normal(random, columns);
                GuardedBuffer result = new(new float[columns]);
                MatrixProduct.Multiply(sample, right, bias, result.Contents, 1, inner, columns, threads: 2);
                AssertEqual(Twin(sample, right, bias, 1, inner, columns), result, $"{inner} to {columns}");

                float[] slope = Numbers.Normal(random, columns), before = Numbers.Normal(random, inner * columns);
                GuardedBuffer gradient = new(before);
                MatrixProduct.MultiplyLeftTransposed(sample, slope, gradient.Contents, inner, 1, columns, 2, GradientUse.Add);
                AssertEqual(Twin(sample, slope, before, inner, 1, columns), gradient, $"gradient, {inner} to {columns}");
            }
        }
    }

    [Fact]
    public void A_gradient_too_deep_to_move_parameters_at_once_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        MatrixProduct.MultiplyLeftTransposed(new float[257], new float[257], new float[1], 1, 257, 1, 1, GradientUse.Descend(1)));

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

    private static void AssertAll(int rows, int inner, int columns, int threads, bool withBlanks = false)
    {
        NumPyRandom random = new((uint)(rows * 1681 + inner * 41 + columns));
        float[] left = Numbers.Normal(random, rows * inner);
        if (withBlanks)
        {
            AddBlanks(left, inner);
        }
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

        foreach (float[] start in new[] { [], bias })
        {
            result = new GuardedBuffer(before);
            MatrixProduct.Multiply(left, right, start, result.Contents, rows, inner, columns, threads, sharesFeatures: true);
            float[] expected = Twin(left, right, start.Length == 0 ? new float[rows * columns] : ofBias, rows, inner, columns);
            AssertEqual(expected, result, $"{sizes}, features shared, {start.Length} biases");
        }

        result = new GuardedBuffer(before);
        MatrixProduct.MultiplyLeftTransposed(Transpose(left, rows, inner), right, result.Contents, rows, inner, columns, threads, GradientUse.Add);
        AssertEqual(Twin(left, right, before, rows, inner, columns), result, sizes + ", left transposed");

        float[] gradient = Twin(left, right, new float[rows * columns], rows, inner, columns);
        foreach (bool shares in new[] { false, true })
        {
            MatrixProduct.MultiplyLeftTransposed(Transpose(left, rows, inner), right, result.Contents, rows, inner, columns, threads, GradientUse.Replace, shares);
            AssertEqual(gradient, result, $"{sizes}, left transposed, replacing, features shared: {shares}");
        }

        if (inner <= MatrixJob.BlockDepth)
        {
            result = new GuardedBuffer(before);
            MatrixProduct.MultiplyLeftTransposed(Transpose(left, rows, inner), right, result.Contents, rows, inner, columns, threads, GradientUse.Descend(0.3f), sharesFeatures: inner % 2 == 0);
            float[] moved = [.. before.Zip(gradient, (parameter, slope) => float.FusedMultiplyAdd(-0.3f, slope, parameter))];
            AssertEqual(moved, result, sizes + ", left transposed, descending");
        }

        result = new GuardedBuffer(before);
        MatrixProduct.MultiplyRightTransposed(left, Transpose(right, inner, columns), result.Contents, rows, inner, columns, threads);
        AssertEqual(Twin(left, right, new float[rows * columns], rows, inner, columns), result, sizes + ", right transposed");
    }

    /// <summary>Makes single numbers zeros, runs of rows in some columns, and whole groups of rows and columns.</summary>
    private static void AddBlanks(float[] matrix, int columns)
    {
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, columns);
            bool isBlank = matrix[i] < 0 || (column + row / 12) % 5 < 2 || row / 12 % 4 == 3 || column / 24 % 3 == 2;
            matrix[i] = isBlank ? 0 : matrix[i];
        }
    }

    private static void AssertWidth<T>()
        where T : struct, ILanes<T>
    {
        foreach (int rows in Sizes)
        {
            foreach (int columns in Sizes)
            {
                AssertWidth<T>(rows, 5, columns);
            }
        }
        AssertWidth<T>(80, 300, 270);
        AssertWidth<T>(40, 60, 10);
        AssertWidth<T>(250, 130, 70);
        AssertWidth<T>(1100, 60, 10);
        AssertWidth<T>(1, 150, 141);
        AssertWidth<T>(90, 70, 77, withBlanks: true);
    }

    private static unsafe void AssertWidth<T>(int rows, int inner, int columns, bool withBlanks = false)
        where T : struct, ILanes<T>
    {
        NumPyRandom random = new((uint)(rows * 41 + columns));
        float[] left = Numbers.Normal(random, rows * inner), right = Numbers.Normal(random, inner * columns);
        if (withBlanks)
        {
            AddBlanks(left, inner);
        }
        GuardedBuffer result = new(Numbers.Normal(random, rows * columns));
        foreach ((bool transposed, bool rightTransposed) in new[] { (false, false), (true, false), (false, true) })
        {
            fixed (float* l = transposed ? Transpose(left, rows, inner) : left, r = rightTransposed ? Transpose(right, inner, columns) : right, c = result.Contents)
            {
                MatrixJob job = new()
                {
                    Left = l,
                    LeftRow = transposed ? 1 : inner,
                    LeftStep = transposed ? rows : 1,
                    Right = r,
                    RightRow = rightTransposed ? inner : columns,
                    RightIsTransposed = rightTransposed,
                    Result = c,
                    Rows = rows,
                    Inner = inner,
                    Columns = columns,
                };
                job.Algorithm = MatrixProduct.Choose(job, parts: 1, sharesFeatures: false);
                job.Run<T>(0, 1);
            }
            AssertEqual(Twin(left, right, new float[rows * columns], rows, inner, columns), result, $"{typeof(T).Name}, [{rows}, {inner}] · [{inner}, {columns}], left transposed: {transposed}, right transposed: {rightTransposed}");
        }
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
