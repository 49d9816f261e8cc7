namespace Nabla.Numerics;

/// <summary>
/// The three products of a depthwise convolution, in which each channel has a kernel of its own. Vectors run along the channels; every number of a result is one
/// chain of fused multiply-adds.
/// </summary>
internal static unsafe class DepthwiseProduct
{
    // Below this many multiply-adds a thread, handing work over costs more than it saves.
    private const long MinPerThread = 64 * 1024;

    /// <summary>
    /// output [images, positions, channels] = f(bias [channels] + for each channel the sum over the kernel of input [images, height, width, channels] · weights
    /// [kernel height, kernel width, channels]), places of the kernel ascending, those beyond the image left out; no bias where it is empty.
    /// </summary>
    public static void Forward(
        in ConvolutionGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        Span<float> output, int images, int threads, Activation activation)
    {
        ThrowIfTooSmall(geometry, input, output, weights, images);
        fixed (float* x = input, w = weights, b = bias, y = output)
        {
            DepthwiseJob job = new()
            {
                Geometry = geometry,
                Images = images,
                Source = x,
                Weights = w,
                Bias = bias.IsEmpty ? null : b,
                Result = y,
                Activation = activation,
            };
            WorkerTeam.Run(ref job, Parts(geometry, images, Math.Min(threads, images)));
        }
    }

    /// <summary>dInput [images, height, width, channels] = for each number the sum over the places of the kernel that it was under, ascending, of dOutput · weight.</summary>
    public static void BackwardInput(
        in ConvolutionGeometry geometry, ReadOnlySpan<float> dOutput, ReadOnlySpan<float> weights, Span<float> dInput, int images, int threads)
    {
        ThrowIfTooSmall(geometry, dInput, dOutput, weights, images);
        fixed (float* dy = dOutput, w = weights, dx = dInput)
        {
            DepthwiseJob job = new()
            {
                Geometry = geometry,
                Images = images,
                IsBackward = true,
                Source = dy,
                Weights = w,
                Result = dx,
            };
            WorkerTeam.Run(ref job, Parts(geometry, images, Math.Min(threads, images)));
        }
    }

    /// <summary>The gradient of the weights [kernel height, kernel width, channels]: the sum of input · dOutput, images and positions ascending.</summary>
    public static void BackwardWeights(
        in ConvolutionGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> dOutput, Span<float> dWeights, int images, int threads)
    {
        ThrowIfTooSmall(geometry, input, dOutput, dWeights, images);
        dWeights[..geometry.PatchSize].Clear();
        fixed (float* x = input, dy = dOutput, dw = dWeights)
        {
            DepthwiseWeightsJob job = new() { Geometry = geometry, Images = images, Input = x, DOutput = dy, DWeights = dw };
            WorkerTeam.Run(ref job, Parts(geometry, images, threads));
        }
    }

    /// <summary>Memory that a thread needs for one image after the other, at most.</summary>
    public static ThreadFloats ThreadFloats(in ConvolutionGeometry geometry) => new(0, geometry.PaddedSize, 0);

    private static int Parts(in ConvolutionGeometry geometry, int images, int most) =>
        (int)Math.Clamp((long)images * geometry.Positions * geometry.PatchSize / MinPerThread, 1, most);

    /// <summary>The kernels read and write through pointers: this is where their bounds are checked.</summary>
    private static void ThrowIfTooSmall(
        in ConvolutionGeometry geometry, ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> weights, int images)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, (long)images * geometry.ImageSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, (long)images * geometry.Positions * geometry.Channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, geometry.PatchSize);
    }
}
