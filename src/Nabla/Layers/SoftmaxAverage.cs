using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// The average of several networks' probabilities: y = log of the mean of softmax(inputs), of which softmax makes the mean again. It is what joins
/// the members of an ensemble (<see cref="Network.Ensemble"/>).
/// </summary>
public sealed record SoftmaxAverageSpec : LayerSpec
{
    /// <inheritdoc/>
    protected internal override bool TakesSeveralInputs => true;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new SoftmaxAverage(builder);
}

/// <summary>The average of probabilities, see <see cref="SoftmaxAverageSpec"/>. All inputs have the size of the output.</summary>
public sealed class SoftmaxAverage : Layer
{
    // A class that no member thinks possible still has a logarithm.
    internal const float Least = 1e-37f;

    private readonly int _inputs;
    private readonly int _width;

    internal SoftmaxAverage(LayerBuilder builder)
        : base(builder, [builder.InputShape.Size])
    {
        if (builder.InputShapes.FirstOrDefault(shape => shape.Size != InputShape.Size) is Shape other)
        {
            throw new ArgumentException($"{Name} averages probabilities of the shapes {builder.InputShape} and {other}, expected the same number of classes.");
        }
        _inputs = builder.InputShapes.Count;
        _width = OutputShape.Size;
    }

    internal override double Work => 20.0 * _inputs * _width;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        Span<float> output = pass.Output;
        output.Clear();
        for (int input = 0; input < _inputs; input++)
        {
            ReadOnlySpan<float> logits = pass.Input(input);
            for (int row = 0; row < pass.Rows; row++)
            {
                ReadOnlySpan<float> from = logits.Slice(row * _width, _width);
                Span<float> to = output.Slice(row * _width, _width);
                (float greatest, float sum) = Exponentials(from);
                for (int i = 0; i < _width; i++)
                {
                    to[i] += Elementary.Exp(from[i] - greatest) / sum;
                }
            }
        }
        foreach (ref float value in output)
        {
            value = Elementary.Log(Math.Max(value / _inputs, Least));
        }
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        // From here on the gradient of the probabilities of each input: that of the logarithm of their mean.
        Span<float> gradient = pass.OutputGradient;
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] /= _inputs * Elementary.Exp(pass.Output[i]);
        }
        for (int input = 0; input < _inputs; input++)
        {
            if (pass.InputGradient(input) is not { IsEmpty: false } dInput)
            {
                continue;
            }
            for (int row = 0; row < pass.Rows; row++)
            {
                ReadOnlySpan<float> from = pass.Input(input).Slice(row * _width, _width), dProbability = gradient.Slice(row * _width, _width);
                Span<float> to = dInput.Slice(row * _width, _width);
                (float greatest, float sum) = Exponentials(from);
                float mean = 0;
                for (int i = 0; i < _width; i++)
                {
                    to[i] = Elementary.Exp(from[i] - greatest) / sum;
                    mean = float.FusedMultiplyAdd(to[i], dProbability[i], mean);
                }
                for (int i = 0; i < _width; i++)
                {
                    to[i] *= dProbability[i] - mean;
                }
            }
        }
    }

    /// <summary>What it is, in one line: <c>SoftmaxAverage 3 × 10</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"SoftmaxAverage {_inputs} × {_width}");

    /// <summary>The greatest logit of a row, and the sum of eˣ of all less that.</summary>
    private static (float Greatest, float Sum) Exponentials(ReadOnlySpan<float> logits)
    {
        float greatest = float.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit);
        }
        foreach (float logit in logits)
        {
            sum += Elementary.Exp(logit - greatest);
        }
        return (greatest, sum);
    }
}
