namespace Nabla.Numerics;

/// <summary>Sizes of a convolution over one image [height, width, channels].</summary>
internal readonly record struct ConvolutionGeometry(
    int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int Stride, int Padding)
{
    /// <summary>Rows of the output; below 1 where the kernel does not fit.</summary>
    public int OutputHeight => Fit(Height, KernelHeight);

    /// <summary>Columns of the output; below 1 where the kernel does not fit.</summary>
    public int OutputWidth => Fit(Width, KernelWidth);

    /// <summary>Positions of the kernel, row by row.</summary>
    public int Positions => OutputHeight * OutputWidth;

    /// <summary>Numbers under the kernel: kernel height · kernel width · channels.</summary>
    public int PatchSize => KernelHeight * KernelWidth * Channels;

    public int ImageSize => Height * Width * Channels;

    /// <summary>Numbers in an image with its padding; 0 where it has none, and at most 2⁶⁰.</summary>
    public long PaddedSize => Padding == 0 ? 0 : (long)Math.Min((Height + 2.0 * Padding) * (Width + 2.0 * Padding) * Channels, 1L << 60);

    private int Fit(int size, int kernel)
    {
        long room = (long)size + 2L * Padding - kernel;
        return room < 0 ? 0 : (int)Math.Min(room / Stride + 1, int.MaxValue);
    }
}
