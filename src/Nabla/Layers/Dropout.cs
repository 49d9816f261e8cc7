using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Inverted dropout: in training each value is set to 0 with probability <see cref="Rate"/>, and the others are divided by
/// 1 − rate, so that nothing has to be done at inference. Srivastava et al., "Dropout", JMLR 15, 2014.
/// </summary>
public sealed record DropoutSpec : LayerSpec
{
    /// <summary>Share of values dropped, at least 0 and below 1; rounded to a 65,536th unless random numbers are NumPy's. Default: 0.5.</summary>
    [JsonRequired]
    public double Rate
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Rate), value, "The dropout rate must be at least 0 and below 1.");
    } = 0.5;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Dropout(builder, this);
}

/// <summary>Inverted dropout, see <see cref="DropoutSpec"/>.</summary>
public sealed class Dropout : Layer
{
    private readonly double _rate;
    private readonly float _scale;

    internal Dropout(LayerBuilder builder, DropoutSpec spec)
        : base(builder, builder.InputShape)
    {
        _rate = spec.Rate;
        _scale = (float)(1 / (1 - _rate));
    }

    /// <summary>The mask: what each value was multiplied by.</summary>
    public override int StateSize => InputShape.Size;

    internal override bool TakesInputDerivative => true;

    internal override bool FollowsStream => true;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        ReadOnlySpan<float> input = pass.Input();
        Span<float> output = pass.Output;
        if (!pass.IsTraining)
        {
            // A backward pass, if there is one, is that of the layer at inference.
            pass.State.Fill(1);
            input.CopyTo(output);
            return;
        }
        if (pass.Random.Stream is not { } stream)
        {
            ElementWiseKernels.DropOut(pass.RandomOfRows, pass.Layer, _rate, _scale, pass.State, input, output, pass.Rows, pass.Threads);
            return;
        }
        if (_rate == 0.5)
        {
            // As randint(2), one draw of one bit, as notebooks write it.
            Span<uint> draws = MemoryMarshal.Cast<float, uint>(pass.State);
            stream.DrawCoins(draws);
            ElementWiseKernels.MultiplyByCoins(draws, _scale, input, output, pass.Threads);
            return;
        }
        foreach (ref float factor in pass.State)
        {
            factor = stream.NextDouble() >= _rate ? _scale : 0;
        }
        ElementWiseKernels.Multiply(pass.State, input, output, pass.Threads);
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            ActivationKernels.MultiplyByMaskAndDerivative(pass.InputActivation, pass.Input(), pass.State, pass.OutputGradient, dInput, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>Dropout 0.5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Dropout {_rate}");
}
