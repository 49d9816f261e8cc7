using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// A convolution over images: each output pixel is a weighted sum over a window of the input and all its channels, plus a
/// bias, through an activation. Kernels are not mirrored, so in the strict sense it is a cross-correlation.
/// </summary>
public sealed record Convolution2DSpec : LayerSpec
{
    /// <summary>Number of kernels, so of output channels, at least 1.</summary>
    public required int Filters
    {
        get;
        init => field = AtLeast(1, value, nameof(Filters));
    }

    /// <summary>Rows of a kernel, at least 1.</summary>
    public required int KernelHeight
    {
        get;
        init => field = AtLeast(1, value, nameof(KernelHeight));
    }

    /// <summary>Columns of a kernel, at least 1.</summary>
    public required int KernelWidth
    {
        get;
        init => field = AtLeast(1, value, nameof(KernelWidth));
    }

    /// <summary>Function applied to each weighted sum. Default: identity.</summary>
    [JsonRequired]
    public Activation Activation
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Activation));
    } = Activation.Identity;

    /// <summary>Pixels from one position of the kernel to the next, down and across, at least 1. Default: 1.</summary>
    [JsonRequired]
    public int Stride
    {
        get;
        init => field = AtLeast(1, value, nameof(Stride));
    } = 1;

    /// <summary>Rows and columns of zeros on each side of the image, at least 0. Default: 0.</summary>
    [JsonRequired]
    public int Padding
    {
        get;
        init => field = AtLeast(0, value, nameof(Padding));
    }

    /// <summary>Whether each filter has a bias. Default: yes.</summary>
    [JsonRequired]
    public bool Bias { get; init; } = true;

    /// <summary>How the kernels begin. Default: He normal for ReLU, Glorot uniform for all others.</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>How the biases begin. Default: zeros.</summary>
    public Initializer? BiasInitializer { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "convolution2d";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Convolution2D(name, ImageShape.Of(name, inputShapes[0]), offset, this);

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");
}
