using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// Makes an image smaller: each output pixel is one number per channel for a window of the input, its greatest
/// (<see cref="MaxPooling2DSpec"/>) or its average (<see cref="AveragePooling2DSpec"/>).
/// </summary>
public abstract record Pooling2DSpec : LayerSpec
{
    private protected Pooling2DSpec()
    {
    }

    /// <summary>Rows of a window, at least 1.</summary>
    public required int KernelHeight
    {
        get;
        init => field = AtLeast(1, value, nameof(KernelHeight));
    }

    /// <summary>Columns of a window, at least 1.</summary>
    public required int KernelWidth
    {
        get;
        init => field = AtLeast(1, value, nameof(KernelWidth));
    }

    /// <summary>
    /// Pixels from one window to the next, down and across, at least 1. Default (null): as many as a window has in that
    /// direction, so that windows lie side by side. Rows and columns that do not fill a last window are left out.
    /// </summary>
    public int? Stride
    {
        get;
        init => field = value is int stride ? AtLeast(1, stride, nameof(Stride)) : null;
    }

    /// <summary>
    /// Rows and columns by which windows may reach beyond each side of the image, from 0 to half a window; only pixels of
    /// the image count. Default: 0.
    /// </summary>
    [JsonRequired]
    public int Padding
    {
        get;
        init => field = AtLeast(0, value, nameof(Padding));
    }

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");
}
