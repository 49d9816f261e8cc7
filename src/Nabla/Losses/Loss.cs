using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>How far outputs are from what was wanted: what training makes small.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(QuadraticLoss), "quadratic")]
[JsonDerivedType(typeof(SoftmaxCrossEntropyLoss), "softmax-cross-entropy")]
public abstract record Loss
{
    /// <summary>Half the squared error: for regression, and for networks whose last layer is a sigmoid.</summary>
    public static Loss Quadratic { get; } = new QuadraticLoss();

    /// <summary>Cross-entropy of the softmax of the outputs, which are logits: for classification.</summary>
    public static Loss SoftmaxCrossEntropy { get; } = new SoftmaxCrossEntropyLoss();

    /// <summary>Computes the value and its gradient together.</summary>
    /// <param name="output">What the network put out, [rows, width].</param>
    /// <param name="target">What was wanted, [rows, width].</param>
    /// <param name="gradient">Receives the gradient with respect to the output over <paramref name="divisor"/>, [rows, width].</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="divisor">The batch size, which makes it the gradient of the batch's mean loss; a factor 1 / size would be rounded once more.</param>
    /// <returns>The sum (not the mean) of the losses of all rows.</returns>
    public double Evaluate(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, float divisor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (output.Length != target.Length || output.Length != gradient.Length || output.Length % rows != 0)
        {
            throw new ArgumentException(
                $"Output ({output.Length}), target ({target.Length}) and gradient ({gradient.Length}) must be of the same length, a multiple of the {rows} rows.");
        }
        return EvaluateRows(output, target, gradient, rows, output.Length / rows, divisor);
    }

    /// <summary>Turns outputs into the scores of a <see cref="Prediction"/>, in place.</summary>
    internal virtual void ToScores(Span<float> output, int rows)
    {
    }

    private protected abstract double EvaluateRows(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor);
}
