using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// A convolution over images: each output pixel is a weighted sum over a window of the input and all its channels, plus a
/// bias, through an activation. Kernels are not mirrored, so in the strict sense it is a cross-correlation.
/// </summary>
public sealed record Convolution2DSpec : ConvolutionSpec
{
    /// <summary>Number of kernels, so of output channels, at least 1.</summary>
    public required int Filters
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(Filters));
    }

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Convolution2D(builder, this);
}

/// <summary>
/// A convolution over images [height, width, channels in] with kernels [kernel height, kernel width, channels in,
/// channels out], see <see cref="Convolution2DSpec"/>. The output is [positions down, positions across, channels out].
/// </summary>
public sealed class Convolution2D : Layer
{
    private readonly ConvolutionGeometry _geometry;
    private readonly int _filters;
    private readonly Activation _activation;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    internal Convolution2D(LayerBuilder builder, Convolution2DSpec spec)
        : this(builder, spec, spec.GeometryFor(builder))
    {
    }

    private Convolution2D(LayerBuilder builder, Convolution2DSpec spec, ConvolutionGeometry geometry)
        : base(builder, [geometry.OutputHeight, geometry.OutputWidth, spec.Filters], builder.ImageShape)
    {
        _geometry = geometry;
        _filters = spec.Filters;
        _activation = spec.Activation;
        int window = spec.KernelHeight * spec.KernelWidth;
        int fanIn = window * geometry.Channels, fanOut = window * _filters;
        _weight = builder.AddParameter(
            ParameterRole.Weight, [spec.KernelHeight, spec.KernelWidth, geometry.Channels, _filters], spec.WeightInitializer ?? Initializer.DefaultFor(spec.Activation), fanIn, fanOut);
        _bias = spec.Bias ? builder.AddParameter(ParameterRole.Bias, [_filters], spec.BiasInitializer ?? Initializer.Zeros, fanIn, fanOut) : null;
    }

    /// <summary>The transposed kernels.</summary>
    public override int ScratchSize => _weight.Shape.Size;

    internal override Activation Activation => _activation;

    internal ConvolutionGeometry Geometry => _geometry;

    internal override double Work
    {
        get
        {
            // Few filters fill vectors of 16 floats in part, and each row of positions has something to prepare.
            const double Vector = 16, Row = 256;
            double vectors = Math.Ceiling(_filters / Vector);
            return _geometry.OutputHeight * (Row + vectors * Vector * _geometry.OutputWidth * _geometry.PatchSize);
        }
    }

    internal override ThreadFloats ThreadFloats(int rows, bool training) => ConvolutionProduct.ThreadFloats(_geometry, _filters, training);

    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        ReadOnlySpan<float> bias = _bias is null ? [] : pass.Values(_bias);
        ConvolutionProduct.Forward(_geometry, _filters, pass.Input(), pass.Values(_weight), bias, pass.Output, pass.Rows, pass.Threads, _activation);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        ActivationKernels.MultiplyByDerivative(pass.OutputActivation, pass.Output, pass.OutputGradient, pass.Threads);
        Span<float> dSum = pass.OutputGradient; // from here on the gradient of the weighted sums
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            Span<float> transposed = pass.Scratch[.._weight.Shape.Size];
            ConvolutionProduct.TransposeWeights(_geometry, _filters, pass.Values(_weight), transposed);
            ConvolutionProduct.BackwardInput(_geometry, _filters, dSum, transposed, dInput, pass.Rows, pass.Threads);
        }
        ConvolutionProduct.BackwardWeights(_geometry, _filters, pass.Input(), dSum, pass.Gradient(_weight), pass.Rows, pass.Threads);
        if (_bias is not null)
        {
            Reductions.SumColumns(dSum, pass.Gradient(_bias), pass.Rows * _geometry.Positions, _filters, GradientUse.Replace, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>Convolution2D 28×28×1 → 26×26×16, 3×3, ReLU  (160 parameters)</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Convolution2D {InputShape} → {OutputShape}, {((ConvolutionSpec)Spec).Options}  ({ParameterCount:N0} parameters)");
}

/// <summary>What the convolutions over images have in common: <see cref="Convolution2DSpec"/> and <see cref="DepthwiseConvolution2DSpec"/>.</summary>
public abstract record ConvolutionSpec : LayerSpec
{
    private protected ConvolutionSpec()
    {
    }

    /// <summary>Rows of a kernel, at least 1.</summary>
    public required int KernelHeight
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(KernelHeight));
    }

    /// <summary>Columns of a kernel, at least 1.</summary>
    public required int KernelWidth
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(KernelWidth));
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
        init => field = OptionCheck.AtLeast(1, value, nameof(Stride));
    } = 1;

    /// <summary>Rows and columns of zeros on each side of the image, at least 0. Default: 0.</summary>
    [JsonRequired]
    public int Padding
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(Padding));
    }

    /// <summary>Whether each output channel has a bias. Default: yes.</summary>
    [JsonRequired]
    public bool Bias { get; init; } = true;

    /// <summary>How the kernels begin. Default: He normal for ReLU, Glorot uniform for all others.</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>How the biases begin. Default: zeros.</summary>
    public Initializer? BiasInitializer { get; init; }

    /// <summary>In a line, what is not the default beside the kernel: <c>3×3, stride 2, padding 1, ReLU, no bias</c>.</summary>
    internal string Options => string.Create(CultureInfo.InvariantCulture,
        $"{KernelHeight}×{KernelWidth}{(Stride == 1 ? "" : $", stride {Stride}")}{(Padding == 0 ? "" : $", padding {Padding}")}{(Activation == Activation.Identity ? "" : $", {Activation}")}{(Bias ? "" : ", no bias")}");

    /// <summary>Where the kernel is laid over images.</summary>
    /// <exception cref="ArgumentException">It does not fit into them.</exception>
    internal ConvolutionGeometry GeometryFor(LayerBuilder builder) => ConvolutionGeometry.Of(builder.Name, builder.ImageShape, KernelHeight, KernelWidth, Stride, Padding);
}
