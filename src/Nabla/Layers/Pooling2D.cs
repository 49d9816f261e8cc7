using Nabla.Numerics;

namespace Nabla;

/// <summary>What <see cref="MaxPooling2D"/> and <see cref="AveragePooling2D"/> share: the windows over images [height, width, channels].</summary>
public abstract class Pooling2D : Layer
{
    private protected Pooling2D(string name, Shape inputShape, Pooling2DSpec spec)
        : this(name, inputShape, spec, WindowsOf(name, inputShape, spec))
    {
    }

    private Pooling2D(string name, Shape inputShape, Pooling2DSpec spec, PoolingGeometry windows)
        : base(name, spec, inputShape, [windows.OutputHeight, windows.OutputWidth, windows.Channels]) => Windows = windows;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    internal override bool TakesSamplesOneByOne => true;

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
