using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Layer normalisation against plain loops over 16 chains, and against double precision.</summary>
[Collection(Alone.Name)]
public sealed class RowNormalizationTests
{
    private const int Chains = 16;
    private const float Epsilon = 1e-5f;

    [Fact]
    public void Both_passes_are_those_of_scalar_code_on_1_2_3_and_7_threads()
    {
        foreach (int width in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 100, 1000])
        {
            int rows = width < 1000 ? 5 : 70; // some of them for 7 threads
            NumPyRandom random = new(6);
            float[] input = Numbers.Normal(random, rows * width, deviation: 3), dOutput = Numbers.Normal(random, rows * width);
            float[] scale = Numbers.Normal(random, width), offset = Numbers.Normal(random, width);
            (float[] output, float[] dInput, float[] products) = Plain(input, dOutput, scale, offset, rows, width);
            foreach (int threads in (int[])[1, 2, 3, 7])
            {
                string what = $"{rows} rows of {width}, {threads} threads";
                GuardedBuffer y = Filled(rows * width), state = Filled(2 * rows), dx = Filled(rows * width), dy = new(dOutput);
                RowNormalization.Forward(input, scale, offset, y.Contents, state.Contents, rows, width, Epsilon, threads);
                Numbers.AssertBits(output, y.Contents, $"output, {what}");
                RowNormalization.Backward(input, scale, state.Contents, dy.Contents, dx.Contents, rows, width, threads);
                Numbers.AssertBits(dInput, dx.Contents, $"gradient of the input, {what}");
                Numbers.AssertBits(products, dy.Contents, $"gradient of the scale, {what}");
                Assert.True(y.IsIntact && state.IsIntact && dx.IsIntact && dy.IsIntact, what);

                // Without anyone who goes back, and without anyone who asks for the gradient of the input.
                RowNormalization.Forward(input, scale, offset, y.Contents, [], rows, width, Epsilon, threads);
                Numbers.AssertBits(output, y.Contents, $"output without state, {what}");
                dOutput.CopyTo(dy.Contents);
                RowNormalization.Backward(input, scale, state.Contents, dy.Contents, [], rows, width, threads);
                Numbers.AssertBits(products, dy.Contents, $"gradient of the scale alone, {what}");
            }
        }
    }

    /// <summary>A mean that is large beside the deviation is where a formula with E(x²) − E(x)² would fail.</summary>
    [Fact]
    public void Rows_far_from_zero_are_normalised_as_exactly_as_their_numbers_allow()
    {
        const int Width = 37;
        float[] input = [.. Numbers.Normal(new NumPyRandom(2), Width).Select(value => 1000 + value)];
        double mean = input.Average(value => (double)value), variance = input.Average(value => Math.Pow(value - mean, 2));
        float[] output = new float[Width];
        RowNormalization.Forward(input, [.. Enumerable.Repeat(1f, Width)], new float[Width], output, [], 1, Width, Epsilon, threads: 1);
        for (int i = 0; i < Width; i++)
        {
            Assert.Equal((input[i] - mean) / Math.Sqrt(variance + Epsilon), output[i], 1.2e-4); // half a rounding of 1000
        }
    }

    [Fact]
    public void Operands_that_are_too_short_are_refused()
    {
        float[] six = new float[6], five = new float[5], three = new float[3], two = new float[2];
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Forward(five, three, three, six, [], 2, 3, Epsilon, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Forward(six, two, three, six, [], 2, 3, Epsilon, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Forward(six, three, two, six, [], 2, 3, Epsilon, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Forward(six, three, three, five, [], 2, 3, Epsilon, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Forward(six, three, three, six, three, 2, 3, Epsilon, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Backward(six, three, [], six, six, 2, 3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RowNormalization.Backward(six, three, new float[4], six, five, 2, 3, 1));
    }

    private static GuardedBuffer Filled(int length) => new([.. Enumerable.Repeat(99f, length)]);

    private static (float[] Output, float[] DInput, float[] Products) Plain(float[] input, float[] dOutput, float[] scale, float[] offset, int rows, int width)
    {
        float[] output = new float[input.Length], dInput = new float[input.Length], products = new float[input.Length];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> x = input.AsSpan(row * width, width), dy = dOutput.AsSpan(row * width, width);
            float[] sums = new float[Chains], squares = new float[Chains], gradients = new float[Chains], mixed = new float[Chains];
            for (int i = 0; i < width; i++)
            {
                sums[i % Chains] += x[i];
            }
            float mean = Tree(sums) / width;
            for (int i = 0; i < width; i++)
            {
                squares[i % Chains] = float.FusedMultiplyAdd(x[i] - mean, x[i] - mean, squares[i % Chains]);
            }
            float perDeviation = 1 / float.Sqrt(Tree(squares) / width + Epsilon);
            for (int i = 0; i < width; i++)
            {
                float normalised = (x[i] - mean) * perDeviation, gradient = dy[i] * scale[i];
                output[row * width + i] = float.FusedMultiplyAdd(normalised, scale[i], offset[i]);
                products[row * width + i] = dy[i] * normalised;
                gradients[i % Chains] += gradient;
                mixed[i % Chains] = float.FusedMultiplyAdd(gradient, normalised, mixed[i % Chains]);
            }
            float meanOfGradients = Tree(gradients) / width, meanOfMixed = -Tree(mixed) / width;
            for (int i = 0; i < width; i++)
            {
                float centred = dy[i] * scale[i] - meanOfGradients;
                dInput[row * width + i] = float.FusedMultiplyAdd((x[i] - mean) * perDeviation, meanOfMixed, centred) * perDeviation;
            }
        }
        return (output, dInput, products);
    }

    private static float Tree(float[] chains)
    {
        float[] four = [.. Enumerable.Range(0, 4).Select(i => (chains[i] + chains[i + 8]) + (chains[i + 4] + chains[i + 12]))];
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}
