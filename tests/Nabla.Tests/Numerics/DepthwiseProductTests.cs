using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>The three products of a depthwise convolution against plain loops that add in the same order.</summary>
[Collection(Alone.Name)]
public sealed class DepthwiseProductTests
{
    /// <summary>Kernels of all forms, up to more than three rows and columns, with strides and padding; none, one and several inner columns.</summary>
    public static TheoryData<int, int, int, int, int, int> Geometries() => new()
    {
        { 6, 7, 3, 3, 1, 0 },
        { 5, 28, 3, 3, 1, 1 },
        { 9, 8, 5, 4, 1, 2 },
        { 9, 13, 4, 7, 2, 3 },
        { 8, 5, 1, 1, 1, 0 },
        { 7, 9, 1, 1, 3, 1 },
        { 9, 9, 2, 2, 4, 0 },
        { 4, 3, 2, 3, 3, 5 },
        { 2, 2, 2, 2, 1, 3 },
        { 3, 4, 3, 4, 1, 0 },
        { 3, 3, 5, 5, 1, 2 },
        { 4, 6, 1, 3, 2, 1 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void All_products_equal_the_plain_loops(int height, int width, int kernelHeight, int kernelWidth, int stride, int padding)
    {
        foreach (int channels in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33])
        {
            AssertProducts(new ConvolutionGeometry(height, width, channels, kernelHeight, kernelWidth, stride, padding), images: 3);
        }
    }

    [Fact]
    public void So_do_those_that_are_large_enough_for_several_threads() => AssertProducts(new ConvolutionGeometry(14, 15, 150, 3, 3, 1, 1), images: 9);

    private static void AssertProducts(ConvolutionGeometry g, int images)
    {
        NumPyRandom random = new(3);
        float[] input = Numbers.Normal(random, images * g.ImageSize), weights = Numbers.Normal(random, g.PatchSize), bias = Numbers.Normal(random, g.Channels);
        float[] dOutput = Numbers.Normal(random, images * g.Positions * g.Channels);
        float[] output = [.. dOutput.Select((_, at) => bias[at % g.Channels])], withoutBias = new float[dOutput.Length], dWeights = new float[weights.Length], dInput = new float[input.Length];
        ForEachProduct(g, images, (pixel, weight, at) =>
        {
            if (pixel >= 0)
            {
                output[at] = float.FusedMultiplyAdd(input[pixel], weights[weight], output[at]);
                withoutBias[at] = float.FusedMultiplyAdd(input[pixel], weights[weight], withoutBias[at]);
                dWeights[weight] = float.FusedMultiplyAdd(input[pixel], dOutput[at], dWeights[weight]);
            }
        });
        for (int place = 0; place < g.KernelHeight * g.KernelWidth; place++)
        {
            ForEachProduct(g, images, (pixel, weight, at) =>
            {
                if (pixel >= 0 && weight / g.Channels == place)
                {
                    dInput[pixel] = float.FusedMultiplyAdd(dOutput[at], weights[weight], dInput[pixel]);
                }
            });
        }

        foreach (int threads in (int[])[1, 2, 3, 7])
        {
            string what = $"{g}, {threads} threads";
            GuardedBuffer result = Filled(dOutput.Length), gradient = Filled(weights.Length), pixels = Filled(input.Length);
            DepthwiseProduct.Forward(g, input, weights, bias, result.Contents, images, threads, Activation.Identity);
            Numbers.AssertBits(output, result.Contents, $"forward, {what}");
            DepthwiseProduct.Forward(g, input, weights, [], result.Contents, images, threads, Activation.ReLU);
            Numbers.AssertBits([.. withoutBias.Select(value => Math.Max(value, 0))], result.Contents, $"no bias and ReLU, {what}");
            DepthwiseProduct.BackwardWeights(g, input, dOutput, gradient.Contents, images, threads);
            Numbers.AssertBits(dWeights, gradient.Contents, $"weights, {what}");
            DepthwiseProduct.BackwardInput(g, dOutput, weights, pixels.Contents, images, threads);
            Numbers.AssertBits(dInput, pixels.Contents, $"input, {what}");
            Assert.True(result.IsIntact && gradient.IsIntact && pixels.IsIntact, what);
        }
    }

    private static GuardedBuffer Filled(int length) => new([.. Enumerable.Repeat(99f, length)]);

    /// <summary>All products, in the order of images, positions, places of the kernel, channels; pixel −1 is padding.</summary>
    private static void ForEachProduct(ConvolutionGeometry g, int images, Action<int, int, int> product)
    {
        for (int position = 0; position < images * g.Positions; position++)
        {
            int image = position / g.Positions, y = position % g.Positions / g.OutputWidth, x = position % g.OutputWidth;
            for (int place = 0; place < g.KernelHeight * g.KernelWidth; place++)
            {
                int row = y * g.Stride - g.Padding + place / g.KernelWidth, column = x * g.Stride - g.Padding + place % g.KernelWidth;
                bool isInside = row >= 0 && row < g.Height && column >= 0 && column < g.Width;
                for (int channel = 0; channel < g.Channels; channel++)
                {
                    product(
                        isInside ? ((image * g.Height + row) * g.Width + column) * g.Channels + channel : -1,
                        place * g.Channels + channel, position * g.Channels + channel);
                }
            }
        }
    }
}
