using System.Globalization;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

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
            // A backward pass, if there is one, is that of the layer in use.
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
