namespace Nabla.Numerics;

/// <summary>
/// Turns a convolution into a matrix product: each position of the kernel becomes a row of the numbers under it
/// (im2col). K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks for Document
/// Processing", 2006.
/// </summary>
internal static class ImagePatches
{
    /// <summary>patches [positions, kernel height, kernel width, channels] = the numbers of image under the kernel, 0 beyond its border.</summary>
    public static void Gather(ReadOnlySpan<float> image, Span<float> patches, in ConvolutionGeometry geometry)
    {
        int at = 0;
        for (int y = 0; y < geometry.OutputHeight; y++)
        {
            for (int x = 0; x < geometry.OutputWidth; x++)
            {
                for (int row = 0; row < geometry.KernelHeight; row++)
                {
                    Span<float> line = patches.Slice(at, geometry.KernelWidth * geometry.Channels);
                    at += line.Length;
                    (int from, int skipped, int length) = Overlap(y, x, row, geometry);
                    line[..skipped].Clear();
                    image.Slice(from, length).CopyTo(line[skipped..]);
                    line[(skipped + length)..].Clear();
                }
            }
        }
    }

    /// <summary>
    /// The twin of <see cref="Gather"/>: dImage = for each pixel the sum of dPatches over the places that it was copied
    /// to, positions ascending.
    /// </summary>
    public static void Scatter(ReadOnlySpan<float> dPatches, Span<float> dImage, in ConvolutionGeometry geometry)
    {
        dImage[..geometry.ImageSize].Clear();
        int at = 0;
        for (int y = 0; y < geometry.OutputHeight; y++)
        {
            for (int x = 0; x < geometry.OutputWidth; x++)
            {
                for (int row = 0; row < geometry.KernelHeight; row++)
                {
                    (int to, int skipped, int length) = Overlap(y, x, row, geometry);
                    for (int i = 0; i < length; i++)
                    {
                        dImage[to + i] += dPatches[at + skipped + i];
                    }
                    at += geometry.KernelWidth * geometry.Channels;
                }
            }
        }
    }

    /// <summary>The part of one kernel row that lies over the image.</summary>
    /// <returns>Where it begins in the image, how many numbers of the kernel row come before it, and its length.</returns>
    private static (int Start, int Skipped, int Length) Overlap(int y, int x, int row, in ConvolutionGeometry geometry)
    {
        int imageY = y * geometry.Stride - geometry.Padding + row;
        int left = x * geometry.Stride - geometry.Padding;
        int first = Math.Max(left, 0);
        int end = Math.Min(left + geometry.KernelWidth, geometry.Width);
        if (imageY < 0 || imageY >= geometry.Height || end <= first)
        {
            return (0, 0, 0);
        }
        return ((imageY * geometry.Width + first) * geometry.Channels, (first - left) * geometry.Channels, (end - first) * geometry.Channels);
    }
}
