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
    [JsonIgnore]
    public override string Kind => "dense";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Dense(name, inputShapes[0], offset, this);
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

    internal Dense(string name, Shape inputShape, int offset, DenseSpec spec)
        : base(name, spec, inputShape, [spec.Units])
    {
        _inputs = inputShape.Size;
        _outputs = spec.Units;
        _activation = spec.Activation;
        _weight = new Parameter($"{name}/weight", [_inputs, _outputs], offset)
        {
            Role = ParameterRole.Weight,
            Initializer = spec.WeightInitializer ?? Initializer.DefaultFor(spec.Activation),
            FanIn = _inputs,
            FanOut = _outputs,
        };
        _bias = !spec.Bias ? null : new Parameter($"{name}/bias", [_outputs], offset + _weight.Shape.Size)
        {
            Role = ParameterRole.Bias,
            Initializer = spec.BiasInitializer ?? Initializer.Zeros,
            FanIn = _inputs,
            FanOut = _outputs,
        };
        Parameters = _bias is null ? [_weight] : [_weight, _bias];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    internal override Activation Activation => _activation;

    internal override double Work => (double)_inputs * _outputs;

    internal override ThreadFloats ThreadFloats(int rows, bool training) => MatrixProduct.ThreadFloats(rows, _inputs, _outputs, training);

    internal override void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, in LayerPass pass)
    {
        ReadOnlySpan<float> bias = _bias is null ? [] : _bias.Of(parameters);
        if (pass.SparseInput is { } samples)
        {
            SparseProduct.Multiply(samples, _weight.Of(parameters), bias, output, _outputs, _activation);
            return;
        }
        MatrixProduct.Multiply(input, _weight.Of(parameters), bias, output, pass.Rows, _inputs, _outputs, pass.Threads, _activation, pass.SharesFeatures);
    }

    internal override void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        Span<float> dParameters, Span<float> dInput, Span<float> dOutput, in LayerPass pass)
    {
        ActivationKernels.MultiplyByDerivative(pass.OutputActivation, output, dOutput, pass.Threads);
        Span<float> dSum = dOutput; // from here on the gradient of x·W + b
        if (!dInput.IsEmpty)
        {
            MatrixProduct.MultiplyRightTransposed(dSum, _weight.Of(parameters), dInput, pass.Rows, _outputs, _inputs, pass.Threads);
        }
        if (pass.SparseInput is { } samples)
        {
            SparseProduct.MultiplyTransposed(samples, dSum, _weight.Of(dParameters), _outputs, pass.GradientUse);
        }
        else
        {
            MatrixProduct.MultiplyLeftTransposed(input, dSum, _weight.Of(dParameters), _inputs, pass.Rows, _outputs, pass.Threads, pass.GradientUse, pass.SharesFeatures);
        }
        if (_bias is not null)
        {
            Reductions.SumColumns(dSum, _bias.Of(dParameters), pass.Rows, _outputs, pass.GradientUse, pass.Threads);
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
