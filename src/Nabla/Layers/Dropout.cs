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
    /// <summary>Share of values dropped, at least 0 and below 1. Default: 0.5.</summary>
    [JsonRequired]
    public double Rate
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Rate), value, "The dropout rate must be at least 0 and below 1.");
    } = 0.5;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "dropout";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Dropout(name, inputShapes[0], this);
}

/// <summary>Inverted dropout, see <see cref="DropoutSpec"/>.</summary>
public sealed class Dropout : Layer
{
    private readonly double _rate;
    private readonly float _scale;

    internal Dropout(string name, Shape inputShape, DropoutSpec spec)
        : base(name, spec, inputShape, inputShape)
    {
        _rate = spec.Rate;
        _scale = (float)(1 / (1 - _rate));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <summary>The mask: what each value was multiplied by.</summary>
    internal override int StateSize => InputShape.Size;

    internal override bool TakesInputDerivative => true;

    internal override bool DrawsRandomNumbers => true;

    internal override void Forward(ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, Span<float> output, in LayerPass pass)
    {
        if (pass.Random is null)
        {
            // A backward pass, if there is one, is that of the layer at inference.
            pass.State.Fill(1);
            input.CopyTo(output);
            return;
        }
        if (_rate == 0.5)
        {
            // As randint(2), one draw of one bit, as notebooks write it.
            Span<uint> draws = MemoryMarshal.Cast<float, uint>(pass.State);
            pass.Random.DrawCoins(draws);
            ElementWiseKernels.MultiplyByCoins(draws, _scale, input, output, pass.Threads);
            return;
        }
        foreach (ref float factor in pass.State)
        {
            factor = pass.Random.NextDouble() >= _rate ? _scale : 0;
        }
        ElementWiseKernels.Multiply(pass.State, input, output, pass.Threads);
    }

    internal override void Backward(
        ReadOnlySpan<float> parameters, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        Span<float> dParameters, Span<float> dInput, Span<float> dOutput, in LayerPass pass)
    {
        if (!dInput.IsEmpty)
        {
            ActivationKernels.MultiplyByMaskAndDerivative(pass.InputActivation, input, pass.State, dOutput, dInput, pass.Threads);
        }
    }

    /// <summary>What it is, in one line: <c>Dropout 0.5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"Dropout {_rate}");
}
