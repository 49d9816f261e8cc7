using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// −Σ target · log softmax(output) per sample, straight from the logits; gradient softmax(output) · Σ target − target.
/// Targets are one-hot labels or any weights of at least 0.
/// </summary>
public sealed record SoftmaxCrossEntropyLoss : Loss
{
    internal override void ToScores(Span<float> output, int rows) => Softmax.Rows(output, output, rows, output.Length / rows);

    private protected override double EvaluateRows(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor) =>
        Softmax.CrossEntropy(output, target, gradient, rows, width, divisor);

    /// <inheritdoc/>
    public override string ToString() => "softmax cross-entropy";
}
