using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Batch normalisation: each channel less its mean, divided by its standard deviation, times a learnt scale, plus a learnt offset. In training
/// mean and deviation are those of the batch, over all samples and positions; at inference running averages of them, which training
/// keeps. S. Ioffe and C. Szegedy, "Batch normalization", 2015.
/// </summary>
/// <remarks>
/// The layer before needs no bias: it would be subtracted again. A batch always goes through as a whole, so its size is limited by the memory for all
/// activations.
/// </remarks>
public sealed record BatchNormalizationSpec : LayerSpec
{
    /// <summary>
    /// How fast the running averages follow, above 0 and at most 1: running = (1 − momentum) · running + momentum · that of the batch, as in PyTorch (Keras calls
    /// 1 − momentum so). Default: 0.1.
    /// </summary>
    [JsonRequired]
    public double Momentum
    {
        get;
        init => field = OptionCheck.AboveZeroToOne(value, nameof(Momentum));
    } = 0.1;

    /// <summary>What is added to variances, above 0, so that channels that hardly vary are not divided by nearly 0. Default: 10⁻⁵.</summary>
    [JsonRequired]
    public double Epsilon
    {
        get;
        init => field = OptionCheck.Positive(value, nameof(Epsilon));
    } = 1e-5;

    /// <summary>Function applied afterwards. Default: identity.</summary>
    [JsonRequired]
    public Activation Activation
    {
        get;
        init => field = ActivationCheck.Defined(value, nameof(Activation));
    } = Activation.Identity;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new BatchNormalization(builder, this);
}

/// <summary>Batch normalisation of the last extent of its input, see <see cref="BatchNormalizationSpec"/>.</summary>
public sealed class BatchNormalization : Layer
{
    private readonly BatchNormalizationSpec _spec;
    private readonly int _channels;
    private readonly int _positions;
    private readonly Parameter _scale;
    private readonly Parameter _offset;
    private readonly LayerBuffer _mean;
    private readonly LayerBuffer _variance;

    internal BatchNormalization(LayerBuilder builder, BatchNormalizationSpec spec)
        : base(builder, LayerBuilder.WithChannels(builder.InputShape), LayerBuilder.WithChannels(builder.InputShape))
    {
        _spec = spec;
        _channels = InputShape[^1];
        _positions = InputShape.Size / _channels;
        _scale = builder.AddParameter(ParameterRole.Scale, [_channels], Initializer.Uniform(1, 1));
        _offset = builder.AddParameter(ParameterRole.Bias, [_channels], Initializer.Zeros);
        _mean = builder.AddBuffer("mean", [_channels]);
        _variance = builder.AddBuffer("variance", [_channels], initialValue: 1);
    }

    /// <summary>Mean and variance of each channel, and whether they are those of the batch.</summary>
    public override int BatchStateSize => 2 * _channels + 1;

    /// <summary>Sums of parts of the batch.</summary>
    public override int ScratchSize => ChannelNormalization.ScratchSize(_channels);

    /// <inheritdoc/>
    public override bool NeedsWholeBatch => true;

    /// <inheritdoc/>
    public override bool SharesSums => true;

    internal override bool InfersSamplesOneByOne => InputShape.Count > 1;

    internal override Activation Activation => _spec.Activation;

    internal override double Work => 4.0 * OutputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        int rows = pass.Rows * _positions;
        Span<float> state = pass.BatchState;
        ChannelStatistics statistics = new(pass.Values(_mean), pass.Values(_variance), _spec.Epsilon);
        if (pass.IsTraining)
        {
            state[^1] = 1;
            Span<float> mean = state[.._channels], variance = state.Slice(_channels, _channels);
            ShardedRows sharded = ShardedRowsOf(pass);
            Span<float> sums = pass.Scratch[..sharded.MomentSums(_channels)];
            ChannelNormalization.MomentsOfParts(pass.Input(), sums, sharded, _channels, pass.Threads);
            pass.ShareShards(sums);
            ChannelNormalization.Moments(sums, mean, variance, sharded, _channels);
            Follow(pass.Values(_mean), mean, 1);
            // An estimate for what the batch is a sample of; a single number tells nothing.
            Follow(pass.Values(_variance), variance, sharded.AllRows > 1 ? sharded.AllRows / (sharded.AllRows - 1.0) : 1);
            statistics = new ChannelStatistics(mean, variance, _spec.Epsilon);
        }
        else if (!state.IsEmpty)
        {
            // A backward pass, if there is one, is that of the layer at inference.
            state[^1] = 0;
            statistics.Mean.CopyTo(state);
            statistics.Variance.CopyTo(state[_channels..]);
        }
        ChannelNormalization.Normalize(pass.Input(), statistics, pass.Values(_scale), pass.Values(_offset), pass.Output, rows, _channels, _spec.Activation, pass.Threads);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        int rows = pass.Rows * _positions;
        Span<float> state = pass.BatchState;
        ChannelStatistics statistics = new(state[.._channels], state.Slice(_channels, _channels), _spec.Epsilon);
        Span<float> dScale = pass.Gradient(_scale), dOffset = pass.Gradient(_offset), gradient = pass.OutputGradient;
        ShardedRows sharded = ShardedRowsOf(pass);
        Span<float> sums = pass.Scratch[..sharded.GradientSums(_channels)];
        ChannelNormalization.BackwardSumsOfParts(pass.Input(), pass.Output, gradient, statistics.Mean, sums, sharded, _channels, pass.OutputActivation, pass.Threads);
        pass.ShareShards(sums);
        ChannelNormalization.BackwardSums(sums, statistics, dScale, dOffset, sharded, _channels);
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            bool isOfBatch = state[^1] != 0;
            ChannelNormalization.BackwardInput(
                pass.Input(), gradient, statistics, pass.Values(_scale), isOfBatch ? dScale : [], isOfBatch ? dOffset : [], dInput, rows, sharded.AllRows, _channels, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>BatchNormalization 28×28×16, ReLU  (32 parameters)</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"BatchNormalization {InputShape}{(_spec.Activation == Activation.Identity ? "" : $", {_spec.Activation}")}  ({ParameterCount:N0} parameters)");

    /// <summary>
    /// Puts into the layer before what this one does at inference: with s = scale / √(variance + epsilon), weights · s and (bias − mean) · s + offset.
    /// </summary>
    /// <param name="weights">Of that layer; the last extent is the channels.</param>
    /// <param name="biases">Of that layer, [channels].</param>
    /// <param name="parameters">All parameters of this layer's network.</param>
    /// <param name="buffers">All numbers in its buffers.</param>
    internal void FoldInto(Span<float> weights, Span<float> biases, ReadOnlySpan<float> parameters, Span<float> buffers)
    {
        ReadOnlySpan<float> scales = _scale.Of(parameters), offsets = _offset.Of(parameters), means = _mean.Of(buffers), variances = _variance.Of(buffers);
        for (int channel = 0; channel < _channels; channel++)
        {
            double factor = scales[channel] / Math.Sqrt((double)variances[channel] + (float)_spec.Epsilon);
            for (int i = channel; i < weights.Length; i += _channels)
            {
                weights[i] = (float)(weights[i] * factor);
            }
            biases[channel] = (float)((biases[channel] - (double)means[channel]) * factor + offsets[channel]);
        }
    }

    private ShardedRows ShardedRowsOf(in LayerPass pass) => new(pass.ShardStarts, _positions, pass.FirstShard, pass.EndShard, _channels);

    /// <summary>Moves running averages towards what a batch has.</summary>
    private void Follow(Span<float> running, ReadOnlySpan<float> ofBatch, double factor)
    {
        for (int i = 0; i < running.Length; i++)
        {
            running[i] = (float)((1 - _spec.Momentum) * running[i] + _spec.Momentum * factor * ofBatch[i]);
        }
    }
}
