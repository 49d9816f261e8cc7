using System.Globalization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// A convolution in which each channel has a kernel of its own and keeps to itself: each output number is a weighted sum over a window of its channel, plus a
/// bias, through an activation. With a 1×1 convolution after it, which mixes the channels, it does much of what a convolution does with a fraction of the weights. L.
/// Sifre and S. Mallat, "Rigid-motion scattering for texture classification", 2014; F. Chollet, "Xception", CVPR 2017.
/// </summary>
public sealed record DepthwiseConvolution2DSpec : ConvolutionSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new DepthwiseConvolution2D(builder, this);
}

/// <summary>
/// A depthwise convolution over images [height, width, channels] with kernels [kernel height, kernel width, channels], see
/// <see cref="DepthwiseConvolution2DSpec"/>. The output is [positions down, positions across, channels].
/// </summary>
public sealed class DepthwiseConvolution2D : Layer
{
    private readonly ConvolutionGeometry _geometry;
    private readonly Activation _activation;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    internal DepthwiseConvolution2D(LayerBuilder builder, DepthwiseConvolution2DSpec spec)
        : this(builder, spec, spec.GeometryFor(builder))
    {
    }

    private DepthwiseConvolution2D(LayerBuilder builder, DepthwiseConvolution2DSpec spec, ConvolutionGeometry geometry)
        : base(builder, [geometry.OutputHeight, geometry.OutputWidth, geometry.Channels], builder.ImageShape)
    {
        _geometry = geometry;
        _activation = spec.Activation;
        int window = spec.KernelHeight * spec.KernelWidth;
        _weight = builder.AddParameter(
            ParameterRole.Weight, [spec.KernelHeight, spec.KernelWidth, geometry.Channels], spec.WeightInitializer ?? Initializer.DefaultFor(spec.Activation), window, window);
        _bias = spec.Bias ? builder.AddParameter(ParameterRole.Bias, [geometry.Channels], spec.BiasInitializer ?? Initializer.Zeros, window, window) : null;
    }

    internal override Activation Activation => _activation;

    internal ConvolutionGeometry Geometry => _geometry;

    internal override double Work
    {
        get
        {
            // Few channels fill vectors in part; the last few take as long as a vector of them.
            const double Vector = 16;
            return _geometry.Positions * (double)(_geometry.KernelHeight * _geometry.KernelWidth) * Vector * Math.Ceiling(_geometry.Channels / Vector);
        }
    }

    internal override ThreadFloats ThreadFloats(int rows, bool training) => DepthwiseProduct.ThreadFloats(_geometry);

    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        ReadOnlySpan<float> bias = _bias is null ? [] : pass.Values(_bias);
        DepthwiseProduct.Forward(_geometry, pass.Input(), pass.Values(_weight), bias, pass.Output, pass.Rows, pass.Threads, _activation);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        ActivationKernels.MultiplyByDerivative(pass.OutputActivation, pass.Output, pass.OutputGradient, pass.Threads);
        Span<float> dSum = pass.OutputGradient; // from here on the gradient of the weighted sums
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            DepthwiseProduct.BackwardInput(_geometry, dSum, pass.Values(_weight), dInput, pass.Rows, pass.Threads);
        }
        DepthwiseProduct.BackwardWeights(_geometry, pass.Input(), dSum, pass.Gradient(_weight), pass.Rows, pass.Threads);
        if (_bias is not null)
        {
            Reductions.SumColumns(dSum, pass.Gradient(_bias), pass.Rows * _geometry.Positions, _geometry.Channels, GradientUse.Replace, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>DepthwiseConvolution2D 28×28×16 → 26×26×16, 3×3, ReLU  (160 parameters)</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"DepthwiseConvolution2D {InputShape} → {OutputShape}, {((ConvolutionSpec)Spec).Options}  ({ParameterCount:N0} parameters)");
}
