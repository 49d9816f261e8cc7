using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>The three products of a convolution against plain loops that add in the same order.</summary>
[Collection(Alone.Name)]
public sealed class ConvolutionProductTests
{
    private const int Images = 5;

    /// <summary>Kernels of all forms, with strides and padding; three columns of one channel are a case of their own.</summary>
    public static TheoryData<int, int, int, int, int, int, int> Geometries() => new()
    {
        { 6, 7, 1, 3, 3, 1, 0 },
        { 28, 28, 1, 3, 3, 1, 0 },
        { 9, 8, 1, 5, 3, 1, 1 },
        { 9, 8, 1, 4, 3, 2, 0 },
        { 7, 9, 1, 2, 2, 2, 1 },
        { 6, 6, 3, 3, 3, 1, 1 },
        { 5, 7, 16, 3, 2, 1, 0 },
        { 8, 5, 17, 1, 1, 1, 0 },
        { 6, 6, 32, 3, 3, 2, 2 },
        { 4, 4, 2, 4, 4, 1, 0 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void All_products_equal_the_plain_loops(int height, int width, int channels, int kernelHeight, int kernelWidth, int stride, int padding)
    {
        ConvolutionGeometry geometry = new(height, width, channels, kernelHeight, kernelWidth, stride, padding);
        foreach (int filters in (int[])[1, 3, 15, 16, 17, 32, 33, 70])
        {
            foreach (int threads in (int[])[1, 2, 3, 7])
            {
                AssertForward(geometry, filters, threads);
                AssertBackward(geometry, filters, threads);
            }
        }
    }

    private static void AssertForward(ConvolutionGeometry g, int filters, int threads)
    {
        NumPyRandom random = new(3);
        float[] input = Numbers.Normal(random, Images * g.ImageSize), weights = Numbers.Normal(random, g.PatchSize * filters);
        float[] bias = Numbers.Normal(random, filters);
        float[] expected = new float[Images * g.Positions * filters];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = bias[i % filters];
        }
        ForEachProduct(g, filters, (pixel, weight, output) => expected[output] = Chain(pixel < 0 ? 0 : input[pixel], weights[weight], expected[output]));

        GuardedBuffer actual = new(new float[expected.Length]);
        ConvolutionProduct.Forward(g, filters, input, weights, bias, actual.Contents, Images, threads, Activation.Identity);
        Numbers.AssertBits(expected, actual.Contents, $"{g}, {filters} filters, {threads} threads");
        Assert.True(actual.IsIntact);

        ConvolutionProduct.Forward(g, filters, input, weights, bias, actual.Contents, Images, threads, Activation.ReLU);
        Numbers.AssertBits([.. expected.Select(value => Math.Max(value, 0))], actual.Contents, $"{g}, {filters} filters, {threads} threads, ReLU");
    }

    private static void AssertBackward(ConvolutionGeometry g, int filters, int threads)
    {
        NumPyRandom random = new(4);
        float[] input = Numbers.Normal(random, Images * g.ImageSize), weights = Numbers.Normal(random, g.PatchSize * filters);
        float[] dOutput = Numbers.Normal(random, Images * g.Positions * filters), before = Numbers.Normal(random, weights.Length);
        string what = $"{g}, {filters} filters, {threads} threads";

        float[] expected = new float[weights.Length];
        ForEachProduct(g, filters, (pixel, weight, output) => expected[weight] = Chain(pixel < 0 ? 0 : input[pixel], dOutput[output], expected[weight]));
        GuardedBuffer actual = new(before);
        ConvolutionProduct.BackwardWeights(g, filters, input, dOutput, actual.Contents, Images, threads);
        Numbers.AssertBits(expected, actual.Contents, $"weights, {what}");
        Assert.True(actual.IsIntact, what);

        // By places of the kernel, and in each by filters.
        float[] dInput = new float[input.Length];
        for (int place = 0; place < g.KernelHeight * g.KernelWidth; place++)
        {
            ForEachProduct(g, filters, (pixel, weight, output) =>
            {
                if (pixel >= 0 && weight / (g.Channels * filters) == place)
                {
                    dInput[pixel] = Chain(dOutput[output], weights[weight], dInput[pixel]);
                }
            });
        }
        GuardedBuffer transposed = new(new float[weights.Length]), result = new(Numbers.Normal(random, input.Length));
        ConvolutionProduct.TransposeWeights(g, filters, weights, transposed.Contents);
        ConvolutionProduct.BackwardInput(g, filters, dOutput, transposed.Contents, result.Contents, Images, threads);
        Numbers.AssertBits(dInput, result.Contents, $"input, {what}");
        Assert.True(result.IsIntact && transposed.IsIntact, what);
    }

    private static float Chain(float a, float b, float sum) => float.FusedMultiplyAdd(a, b, sum);

    /// <summary>All products of a convolution, in the order of images, positions, the numbers of the patch, filters; pixel −1 is padding.</summary>
    private static void ForEachProduct(ConvolutionGeometry g, int filters, Action<int, int, int> product)
    {
        for (int position = 0; position < Images * g.Positions; position++)
        {
            int image = position / g.Positions, y = position % g.Positions / g.OutputWidth, x = position % g.OutputWidth;
            for (int k = 0; k < g.PatchSize; k++)
            {
                int row = y * g.Stride - g.Padding + k / (g.KernelWidth * g.Channels);
                int column = x * g.Stride - g.Padding + k / g.Channels % g.KernelWidth;
                bool inside = row >= 0 && row < g.Height && column >= 0 && column < g.Width;
                int pixel = inside ? ((image * g.Height + row) * g.Width + column) * g.Channels + k % g.Channels : -1;
                for (int filter = 0; filter < filters; filter++)
                {
                    product(pixel, k * filters + filter, position * filters + filter);
                }
            }
        }
    }
}
