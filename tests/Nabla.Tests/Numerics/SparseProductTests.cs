using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Products of sparse samples have the bits of the products that multiply the zeros as well.</summary>
public sealed class SparseProductTests
{
    private const int Inner = 53;

    // Ascending, descending, one twice; a blank one and a full one are among them.
    private static readonly int[][] Choices = [[3], [0, 1], [5, 4, 2], [0, 1, 2, 3], [6, 6, 0, 1, 5], [8, 7, 6, 5, 4, 3, 2, 1, 0]];

    [Fact]
    public void Products_have_the_bits_of_dense_ones()
    {
        FloatFeatures features = Samples();
        SparseSamples sparse = Batch.Sparse(features, new Preprocessing())!;
        for (int columns = 1; columns <= SparseProduct.MaxColumns; columns++)
        {
            float[] right = Numbers.Normal(new NumPyRandom(2), Inner * columns), bias = Numbers.Normal(new NumPyRandom(3), columns);
            foreach (int[] rows in Choices)
            {
                foreach (Activation activation in new[] { Activation.Identity, Activation.ReLU })
                {
                    float[] dense = new float[rows.Length * Inner], expected = new float[rows.Length * columns];
                    Batch.CopyFeatures(features, new Preprocessing(), rows, dense, threads: 1, bySample: true);
                    foreach (float[] start in new[] { bias, [] })
                    {
                        MatrixProduct.Multiply(dense, right, start, expected, rows.Length, Inner, columns, threads: 1, activation);
                        GuardedBuffer actual = new(new float[expected.Length]);
                        SparseProduct.Multiply(Choose(sparse, rows), right, start, actual.Contents, columns, activation);
                        AssertEqual(expected, actual, $"{rows.Length} samples, {columns} columns");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transposed_products_have_the_bits_of_dense_ones(bool adds)
    {
        GradientUse use = adds ? GradientUse.Add : GradientUse.Replace;
        FloatFeatures features = Samples();
        SparseSamples sparse = Batch.Sparse(features, new Preprocessing())!;
        for (int columns = 1; columns <= SparseProduct.MaxColumns; columns++)
        {
            foreach (int[] rows in Choices)
            {
                float[] dense = new float[rows.Length * Inner], right = Numbers.Normal(new NumPyRandom(5), rows.Length * columns);
                float[] expected = Numbers.Normal(new NumPyRandom(6), Inner * columns);
                GuardedBuffer actual = new(expected);
                Batch.CopyFeatures(features, new Preprocessing(), rows, dense, threads: 1, bySample: true);
                MatrixProduct.MultiplyLeftTransposed(dense, right, expected, Inner, rows.Length, columns, threads: 1, use);
                SparseProduct.MultiplyTransposed(Choose(sparse, rows), right, actual.Contents, columns, use);
                AssertEqual(expected, actual, $"{rows.Length} samples, {columns} columns");
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        SparseInput samples = Choose(Batch.Sparse(Samples(), new Preprocessing())!, [1, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.Multiply(samples, new float[Inner * 3 - 1], [], new float[6], 3, Activation.Identity));
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.Multiply(samples, new float[Inner * 3], [], new float[5], 3, Activation.Identity));
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.Multiply(samples, new float[Inner * 17], [], new float[34], 17, Activation.Identity));
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.Multiply(samples, new float[Inner * 3], new float[2], new float[6], 3, Activation.Identity));
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.MultiplyTransposed(samples, new float[6], new float[Inner * 3], 3, GradientUse.Descend(0.1f)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.MultiplyTransposed(samples, new float[6], new float[Inner * 3 - 1], 3, GradientUse.Add));
        Assert.Throws<ArgumentOutOfRangeException>(() => SparseProduct.MultiplyTransposed(samples, new float[5], new float[Inner * 3], 3, GradientUse.Add));
    }

    [Fact]
    public void Only_what_is_not_zero_is_kept()
    {
        SparseSamples samples = Batch.Sparse(new ByteFeatures([0, 0, 255, 0, 0, 0, 0, 0, 0, 51, 0, 0], [6]), new Preprocessing())!;
        Assert.Equal(6, samples.Size);
        Assert.Equal([2], samples.Places(0).ToArray());
        Assert.Equal([1f], samples.Values(0).ToArray());
        Assert.Equal([3], samples.Places(1).ToArray());
        Assert.Equal([0.2f], samples.Values(1).ToArray());
    }

    [Fact]
    public void Samples_that_are_mostly_filled_or_too_large_stay_as_they_are()
    {
        Assert.Null(Batch.Sparse(new ByteFeatures([1, 0, 0, 1, 0, 0], [3]), new Preprocessing()));
        Assert.Null(Batch.Sparse(new ByteFeatures([1], [1]), new Preprocessing()));
        Assert.NotNull(Batch.Sparse(new ByteFeatures([1, 0, 0, 0, 1, 0, 0, 0], [4]), new Preprocessing()));
        Assert.NotNull(Batch.Sparse(new ByteFeatures(new byte[65536], [65536]), new Preprocessing()));
        Assert.Null(Batch.Sparse(new ByteFeatures(new byte[65537], [65537]), new Preprocessing()));
    }

    /// <summary>Nine samples, of which the first is blank and the last full.</summary>
    private static FloatFeatures Samples()
    {
        float[] values = Numbers.Normal(new NumPyRandom(1), 9 * Inner);
        for (int i = 0; i < 8 * Inner; i++)
        {
            bool isBlank = i < Inner || i % 7 != i / Inner % 7;
            values[i] = isBlank ? 0 : values[i];
        }
        return new FloatFeatures(values, [Inner]);
    }

    private static SparseInput Choose(SparseSamples samples, int[] rows)
    {
        SparseInput input = new(samples, rows.Length);
        input.Choose(rows);
        return input;
    }

    private static void AssertEqual(float[] expected, GuardedBuffer actual, string what)
    {
        Numbers.AssertBits(expected, actual.Contents, what);
        Assert.True(actual.IsIntact, $"{what}: wrote beside the result");
    }
}
