namespace Nabla.Numerics;

/// <summary>
/// The three products of a convolution, each made of the tiles of a matrix product that read the images where they are: a
/// row of the left matrix is the patch under the kernel at one position, and its numbers stand in as many runs as the
/// kernel has rows.
/// </summary>
internal static unsafe class ConvolutionProduct
{
    // Below this many multiply-adds a thread, handing work over costs more than it saves.
    private const long MinPerThread = 64 * 1024;

    /// <summary>
    /// output [images, positions, filters] = f(bias [filters] + the patches of input [images, height, width, channels] ·
    /// weights [kernel height, kernel width, channels, filters]); no bias where it is empty.
    /// </summary>
    public static void Forward(
        in ConvolutionGeometry geometry, int filters, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias,
        Span<float> output, int images, int threads, Activation activation)
    {
        ThrowIfTooSmall(geometry, filters, input, output, weights, images);
        fixed (float* x = input, w = weights, b = bias, y = output)
        {
            ConvolutionForwardJob job = new()
            {
                Geometry = geometry.Flatten(),
                Filters = filters,
                Images = images,
                Input = x,
                Weights = w,
                Bias = bias.IsEmpty ? null : b,
                Output = y,
                Activation = activation,
            };
            WorkerTeam.Run(ref job, Parts(geometry, filters, images, Math.Min(threads, images)));
        }
    }

    /// <summary>
    /// dInput [images, height, width, channels] = for each pixel, the sum over the places of the kernel that it was under
    /// of dOutput [images, positions, filters] · weightsᵀ, with <paramref name="transposedWeights"/> [kernel height, kernel
    /// width, filters, channels]; see <see cref="TransposeWeights"/>.
    /// </summary>
    public static void BackwardInput(
        in ConvolutionGeometry geometry, int filters, ReadOnlySpan<float> dOutput, ReadOnlySpan<float> transposedWeights, Span<float> dInput,
        int images, int threads)
    {
        ThrowIfTooSmall(geometry, filters, dInput, dOutput, transposedWeights, images);
        fixed (float* dy = dOutput, w = transposedWeights, dx = dInput)
        {
            ConvolutionBackwardInputJob job = new()
            {
                Geometry = geometry.Flatten(),
                Filters = filters,
                Images = images,
                DOutput = dy,
                TransposedWeights = w,
                DInput = dx,
            };
            WorkerTeam.Run(ref job, Parts(geometry, filters, images, Math.Min(threads, images)));
        }
    }

    /// <summary>
    /// The gradient of the weights [kernel height, kernel width, channels, filters]: patchesᵀ · dOutput, images and positions
    /// ascending.
    /// </summary>
    public static void BackwardWeights(
        in ConvolutionGeometry geometry, int filters, ReadOnlySpan<float> input, ReadOnlySpan<float> dOutput, Span<float> dWeights,
        int images, int threads)
    {
        ThrowIfTooSmall(geometry, filters, input, dOutput, dWeights, images);
        dWeights[..(geometry.PatchSize * filters)].Clear();
        fixed (float* x = input, dy = dOutput, dw = dWeights)
        {
            ConvolutionBackwardWeightsJob job = new()
            {
                Geometry = geometry.Flatten(),
                Filters = filters,
                Images = images,
                Input = x,
                DOutput = dy,
                DWeights = dw,
            };
            WorkerTeam.Run(ref job, Parts(geometry, filters, images, threads));
        }
    }

    /// <summary>transposed [kernel height, kernel width, filters, channels] = weights [kernel height, kernel width, channels, filters].</summary>
    public static void TransposeWeights(in ConvolutionGeometry geometry, int filters, ReadOnlySpan<float> weights, Span<float> transposed)
    {
        int place = geometry.Channels * filters;
        for (int at = 0; at < geometry.PatchSize * filters; at += place)
        {
            Transposition.Transpose(weights.Slice(at, place), transposed.Slice(at, place), geometry.Channels, filters);
        }
    }

    /// <summary>Memory that a thread needs for one image after the other, at most.</summary>
    public static ThreadFloats ThreadFloats(in ConvolutionGeometry geometry, int filters, bool training)
    {
        const int Panel = 32;
        long kernels = MatrixPacking.PackedLength(geometry.PatchSize, filters, Panel);
        long gradients = (long)Panel * Math.Max(filters, Math.Min(geometry.Positions, ConvolutionBackwardWeightsJob.PositionsAtOnce));
        return new ThreadFloats(training ? Math.Max(kernels, gradients) : kernels, geometry.PaddedSize, 0);
    }

    private static int Parts(in ConvolutionGeometry geometry, int filters, int images, int most) =>
        (int)Math.Clamp((long)images * geometry.Positions * geometry.PatchSize * filters / MinPerThread, 1, most);

    /// <summary>The kernels read and write through pointers: this is where their bounds are checked.</summary>
    private static void ThrowIfTooSmall(
        in ConvolutionGeometry geometry, int filters, ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> weights, int images)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Length, (long)images * geometry.ImageSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, (long)images * geometry.Positions * filters);
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, (long)geometry.PatchSize * filters);
    }
}
