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

    /// <summary>Whether each position reads its own pixel alone: the convolution is then a product [positions, channels] · [channels, filters].</summary>
    public bool IsPointwise => this is { KernelHeight: 1, KernelWidth: 1, Stride: 1, Padding: 0 };

    /// <summary>
    /// The same with all positions in one row, where that can be: tiles then need not end with each row of an image. It changes no sum, since the order of
    /// positions stays.
    /// </summary>
    public ConvolutionGeometry Flatten() => IsPointwise ? this with { Height = 1, Width = Height * Width } : this;

    public int ImageSize => Height * Width * Channels;

    /// <summary>Numbers in an image with its padding; 0 where it has none, and at most 2⁶⁰.</summary>
    public long PaddedSize => Padding == 0 ? 0 : (long)Math.Min((Height + 2.0 * Padding) * (Width + 2.0 * Padding) * Channels, 1L << 60);

    /// <summary>That of a layer over images of a shape [height, width, channels].</summary>
    /// <exception cref="ArgumentException">The kernel does not fit; the message begins with the layer's name.</exception>
    public static ConvolutionGeometry Of(string name, Shape input, int kernelHeight, int kernelWidth, int stride, int padding)
    {
        ConvolutionGeometry geometry = new(input[0], input[1], input[2], kernelHeight, kernelWidth, stride, padding);
        return geometry.OutputHeight >= 1 && geometry.OutputWidth >= 1
            ? geometry
            : throw new ArgumentException($"{name}: a kernel of {kernelHeight}×{kernelWidth} does not fit into an image of {input} with a padding of {padding}.");
    }

    private int Fit(int size, int kernel)
    {
        long room = (long)size + 2L * Padding - kernel;
        return room < 0 ? 0 : (int)Math.Min(room / Stride + 1, int.MaxValue);
    }
}
