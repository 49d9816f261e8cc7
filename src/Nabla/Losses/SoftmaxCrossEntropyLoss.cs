using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// −Σ target · log softmax(output) per sample, straight from the logits; gradient softmax(output) · Σ target − target.
/// Targets are one-hot labels, or in a training probabilities that add up to 1.
/// </summary>
public sealed record SoftmaxCrossEntropyLoss : Loss
{
    // Of soft labels that went through files as decimal numbers.
    private const double MaxDeviation = 0.01;

    /// <inheritdoc/>
    public override void ThrowUnlessFits(Targets targets)
    {
        if (targets.Width == 1)
        {
            throw new ArgumentException("Softmax cross-entropy of a single output is 0 whatever it is; give the last layer an output for each class, or take Loss.Quadratic for a number to be predicted.");
        }
        if (targets is not TargetVectors { Width: int width } vectors)
        {
            return;
        }
        for (int row = 0; row < vectors.Count; row++)
        {
            double sum = 0;
            bool isNegative = false;
            foreach (float value in vectors.Values.Slice(row * width, width))
            {
                sum += value;
                isNegative |= value < 0;
            }
            if (isNegative || !(Math.Abs(sum - 1) <= MaxDeviation))
            {
                throw new ArgumentException(FormattableString.Invariant(
                    $"Softmax cross-entropy compares probabilities, but the targets of sample {row} {(isNegative ? "have a negative number" : $"add up to {sum}")}, expected class labels, or numbers of at least 0 that add up to 1; for numbers to be predicted take Loss.Quadratic."));
            }
        }
    }

    /// <inheritdoc/>
    public override void ToScores(Span<float> output, int rows) => Softmax.Rows(output, output, rows, output.Length / rows);

    /// <inheritdoc/>
    protected override double EvaluateRows(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor) =>
        Softmax.CrossEntropy(output, target, gradient, rows, width, divisor);

    /// <inheritdoc/>
    /// <remarks>The share of each class, so the entropy.</remarks>
    protected override double? OfConstantAnswer(ReadOnlySpan<double> mean, double meanSquare)
    {
        double entropy = 0;
        foreach (double share in mean)
        {
            entropy -= share > 0 ? share * Math.Log(share) : 0;
        }
        return entropy;
    }

    /// <inheritdoc/>
    public override string ToString() => "softmax cross-entropy";
}
