using System.Text.Json.Serialization;
using Nabla.Numerics;

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
        init => field = OptionCheck.AtLeast(1, value, nameof(KernelHeight));
    }

    /// <summary>Columns of a window, at least 1.</summary>
    public required int KernelWidth
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(KernelWidth));
    }

    /// <summary>
    /// Pixels from one window to the next, down and across, at least 1. Default (null): as many as a window has in that
    /// direction, so that windows lie side by side. Rows and columns that do not fill a last window are left out.
    /// </summary>
    public int? Stride
    {
        get;
        init => field = value is int stride ? OptionCheck.AtLeast(1, stride, nameof(Stride)) : null;
    }

    /// <summary>
    /// Rows and columns by which windows may reach beyond each side of the image, from 0 to half a window; only pixels of
    /// the image count. Default: 0.
    /// </summary>
    [JsonRequired]
    public int Padding
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(Padding));
    }
}

/// <summary>What <see cref="MaxPooling2D"/> and <see cref="AveragePooling2D"/> share: the windows over images [height, width, channels].</summary>
public abstract class Pooling2D : Layer
{
    private protected Pooling2D(LayerBuilder builder, Pooling2DSpec spec)
        : this(builder, WindowsOf(builder.Name, builder.ImageShape, spec))
    {
    }

    private Pooling2D(LayerBuilder builder, PoolingGeometry windows)
        : base(builder, [windows.OutputHeight, windows.OutputWidth, windows.Channels], builder.ImageShape) => Windows = windows;

    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => true;

    internal override double Work
    {
        get
        {
            // A number, or the last few channels together, takes as long as a vector of them.
            const double Vector = 16;
            (int vectors, int rest) = Math.DivRem(Windows.Channels, (int)Vector);
            double area = (double)Math.Min(Windows.KernelHeight, Windows.Height) * Math.Min(Windows.KernelWidth, Windows.Width);
            return (double)Windows.OutputHeight * Windows.OutputWidth * area * Vector * (vectors + Math.Min(rest, 5));
        }
    }

    private protected PoolingGeometry Windows { get; }

    /// <summary>What it is, in one line: <c>MaxPooling2D 26×26×32 → 13×13×32, 2×2</c>.</summary>
    public override string ToString()
    {
        string stride = ((Pooling2DSpec)Spec).Stride is int pixels ? $", stride {pixels}" : "";
        string padding = Windows.Padding == 0 ? "" : $", padding {Windows.Padding}";
        return $"{GetType().Name} {InputShape} → {OutputShape}, {Windows.KernelHeight}×{Windows.KernelWidth}{stride}{padding}";
    }

    private static PoolingGeometry WindowsOf(string name, Shape input, Pooling2DSpec spec)
    {
        PoolingGeometry windows = new(
            input[0], input[1], input[2], spec.KernelHeight, spec.KernelWidth, spec.Stride ?? spec.KernelHeight, spec.Stride ?? spec.KernelWidth, spec.Padding);
        if (spec.Padding > Math.Min(spec.KernelHeight, spec.KernelWidth) / 2)
        {
            throw new ArgumentException($"{name}: a padding of {spec.Padding} is more than half a window of {spec.KernelHeight}×{spec.KernelWidth}; some windows would see none of the image.");
        }
        return windows.OutputHeight >= 1 && windows.OutputWidth >= 1
            ? windows
            : throw new ArgumentException($"{name}: a window of {spec.KernelHeight}×{spec.KernelWidth} does not fit into an image of {input} with a padding of {spec.Padding}.");
    }
}
