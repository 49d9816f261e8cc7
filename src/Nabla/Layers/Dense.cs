using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>A fully connected layer: each output is a weighted sum of all inputs, plus a bias, through an activation.</summary>
public sealed record DenseSpec : LayerSpec
{
    /// <summary>Number of outputs, at least 1.</summary>
    public required int Units
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Units), value, "A dense layer needs at least 1 unit.");
    }

    /// <summary>Function applied to each weighted sum. Default: identity.</summary>
    [JsonRequired]
    public Activation Activation
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Activation));
    } = Activation.Identity;

    /// <summary>Whether a bias is added to each weighted sum. Default: yes.</summary>
    [JsonRequired]
    public bool Bias { get; init; } = true;

    /// <summary>How the weights begin. Default: He normal for ReLU, Glorot uniform for all others.</summary>
    public Initializer? WeightInitializer { get; init; }

    /// <summary>How the biases begin. Default: zeros.</summary>
    public Initializer? BiasInitializer { get; init; }

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Dense(builder, this);
}

/// <summary>
/// A fully connected layer, y = f(x·W + b), with W [inputs, outputs] and b [outputs]. An input of several dimensions is
/// read as one row of numbers.
/// </summary>
public sealed class Dense : Layer
{
    private readonly int _inputs;
    private readonly int _outputs;
    private readonly Activation _activation;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    internal Dense(LayerBuilder builder, DenseSpec spec)
        : base(builder, [spec.Units])
    {
        _inputs = InputShape.Size;
        _outputs = spec.Units;
        _activation = spec.Activation;
        _weight = builder.AddParameter(
            ParameterRole.Weight, [_inputs, _outputs], spec.WeightInitializer ?? Initializer.DefaultFor(spec.Activation), _inputs, _outputs);
        _bias = spec.Bias ? builder.AddParameter(ParameterRole.Bias, [_outputs], spec.BiasInitializer ?? Initializer.Zeros, _inputs, _outputs) : null;
    }

    internal override Activation Activation => _activation;

    internal override double Work => (double)_inputs * _outputs;

    internal override ThreadFloats ThreadFloats(int rows, bool training) => MatrixProduct.ThreadFloats(rows, _inputs, _outputs, training);

    internal override bool FusesGradientUse => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        ReadOnlySpan<float> bias = _bias is null ? [] : pass.Values(_bias);
        if (pass.SparseInput is { } samples)
        {
            SparseProduct.Multiply(samples, pass.Values(_weight), bias, pass.Output, _outputs, _activation);
            return;
        }
        MatrixProduct.Multiply(pass.Input(), pass.Values(_weight), bias, pass.Output, pass.Rows, _inputs, _outputs, pass.Threads, _activation, pass.SharesFeatures);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        ActivationKernels.MultiplyByDerivative(pass.OutputActivation, pass.Output, pass.OutputGradient, pass.Threads);
        Span<float> dSum = pass.OutputGradient; // from here on the gradient of x·W + b
        // First, since descending moves the weights.
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            MatrixProduct.MultiplyRightTransposed(dSum, pass.Values(_weight), dInput, pass.Rows, _outputs, _inputs, pass.Threads);
        }
        if (pass.SparseInput is { } samples)
        {
            SparseProduct.MultiplyTransposed(samples, dSum, pass.Gradient(_weight), _outputs, pass.GradientUse);
        }
        else
        {
            MatrixProduct.MultiplyLeftTransposed(pass.Input(), dSum, pass.Gradient(_weight), _inputs, pass.Rows, _outputs, pass.Threads, pass.GradientUse, pass.SharesFeatures);
        }
        if (_bias is not null)
        {
            Reductions.SumColumns(dSum, pass.Gradient(_bias), pass.Rows, _outputs, pass.GradientUse, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>Dense 784 → 128, ReLU  (100,480 parameters)</c>.</summary>
    public override string ToString()
    {
        string activation = _activation == Activation.Identity ? "" : $", {_activation}";
        string bias = _bias is null ? ", no bias" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Dense {_inputs} → {_outputs}{activation}{bias}  ({ParameterCount:N0} parameters)");
    }
}
