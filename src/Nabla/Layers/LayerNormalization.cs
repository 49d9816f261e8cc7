using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Layer normalisation: the features of each sample, or the channels of each position of an image, less their mean, divided by their standard deviation,
/// times a learnt scale, plus a learnt offset. No other sample counts, so training and inference are the same. J. Ba, J. Kiros and G. Hinton, "Layer
/// normalization", 2016.
/// </summary>
public sealed record LayerNormalizationSpec : LayerSpec
{
    /// <summary>What is added to variances, above 0, so that features that hardly differ are not divided by nearly 0. Default: 10⁻⁵.</summary>
    [JsonRequired]
    public double Epsilon
    {
        get;
        init => field = OptionCheck.Positive(value, nameof(Epsilon));
    } = 1e-5;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new LayerNormalization(builder, this);
}

/// <summary>Layer normalisation over the last extent of its input, see <see cref="LayerNormalizationSpec"/>.</summary>
public sealed class LayerNormalization : Layer
{
    private readonly int _width;
    private readonly int _positions;
    private readonly float _epsilon;
    private readonly Parameter _scale;
    private readonly Parameter _offset;

    internal LayerNormalization(LayerBuilder builder, LayerNormalizationSpec spec)
        : base(builder, LayerBuilder.WithChannels(builder.InputShape), LayerBuilder.WithChannels(builder.InputShape))
    {
        _width = InputShape[^1];
        _positions = InputShape.Size / _width;
        _epsilon = (float)spec.Epsilon;
        if (_width < 2)
        {
            throw new ArgumentException($"{Name} normalises the last extent of samples of shape {InputShape}, expected at least 2 numbers there: a single one less its mean is always 0.");
        }
        _scale = builder.AddParameter(ParameterRole.Scale, [_width], Initializer.Uniform(1, 1));
        _offset = builder.AddParameter(ParameterRole.Bias, [_width], Initializer.Zeros);
    }

    /// <summary>Of each position its mean, and 1 over its standard deviation.</summary>
    public override int StateSize => RowNormalization.StateOfRow * _positions;

    // As for Add.
    /// <inheritdoc/>
    public override bool TakesSamplesOneByOne => InputShape.Count > 1;

    internal override double Work => 8.0 * OutputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => RowNormalization.Forward(
        pass.Input(), pass.Values(_scale), pass.Values(_offset), pass.Output, pass.State, pass.Rows * _positions, _width, _epsilon, pass.Threads);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        int rows = pass.Rows * _positions;
        Span<float> gradient = pass.OutputGradient;
        Reductions.SumColumns(gradient, pass.Gradient(_offset), rows, _width, GradientUse.Replace, pass.Threads);
        RowNormalization.Backward(pass.Input(), pass.Values(_scale), pass.State, gradient, pass.InputGradient(), rows, _width, pass.Threads);
        Reductions.SumColumns(gradient, pass.Gradient(_scale), rows, _width, GradientUse.Replace, pass.Threads);
    }

    /// <summary>What it is, in one line: <c>LayerNormalization 28×28×16  (32 parameters)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"LayerNormalization {InputShape}  ({ParameterCount:N0} parameters)");
}
