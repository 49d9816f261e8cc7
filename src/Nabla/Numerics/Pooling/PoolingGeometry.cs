namespace Nabla.Numerics;

/// <summary>Where the windows of a pooling lie over images [height, width, channels].</summary>
internal readonly record struct PoolingGeometry(
    int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int StrideDown, int StrideAcross, int Padding)
{
    /// <summary>Rows of the output; below 1 where no window fits.</summary>
    public int OutputHeight => Fit(Height, KernelHeight, StrideDown);

    /// <summary>Columns of the output; below 1 where no window fits.</summary>
    public int OutputWidth => Fit(Width, KernelWidth, StrideAcross);

    public int InputSize => Height * Width * Channels;

    public int OutputSize => OutputHeight * OutputWidth * Channels;

    /// <summary>The part of the window of output pixel (<paramref name="y"/>, <paramref name="x"/>) that lies in the image.</summary>
    public PoolingWindow WindowAt(int image, int y, int x)
    {
        int top = y * StrideDown - Padding, firstRow = Math.Max(top, 0);
        int left = x * StrideAcross - Padding, firstColumn = Math.Max(left, 0);
        return new PoolingWindow(
            Input: ((nint)image * Height * Width + firstRow * Width + firstColumn) * Channels,
            Output: ((nint)image * OutputHeight * OutputWidth + y * OutputWidth + x) * Channels,
            Rows: (int)Math.Min((long)top + KernelHeight, Height) - firstRow,
            Columns: (int)Math.Min((long)left + KernelWidth, Width) - firstColumn);
    }

    private int Fit(int size, int kernel, int stride)
    {
        long room = (long)size + 2L * Padding - kernel;
        return room < 0 ? 0 : (int)Math.Min(room / stride + 1, int.MaxValue);
    }
}

/// <summary>A window of the input and the output pixel that it becomes; both are given by where their first channel stands.</summary>
internal readonly record struct PoolingWindow(nint Input, nint Output, int Rows, int Columns);
