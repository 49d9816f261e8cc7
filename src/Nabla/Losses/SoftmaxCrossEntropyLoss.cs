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
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor)
    {
        Softmax.Rows(output, gradient, rows, width);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> logits = output.Slice(row * width, width);
            ReadOnlySpan<float> wanted = target.Slice(row * width, width);
            Span<float> d = gradient.Slice(row * width, width);

            // log p = logit − log Σ eˡᵒᵍⁱᵗ, and the sum follows from the likeliest class, whose p is at least 1 / width:
            // the log of a small p itself would be −∞ where p has underflowed to 0.
            int likeliest = Reductions.IndexOfMax(logits);
            float logOfSum = logits[likeliest] - Elementary.Log(d[likeliest]);
            float weight = 0;
            for (int i = 0; i < width; i++)
            {
                weight += wanted[i];
                sum += wanted[i] * (logOfSum - logits[i]);
            }
            for (int i = 0; i < width; i++)
            {
                d[i] = (d[i] * weight - wanted[i]) / divisor;
            }
        }
        return sum;
    }

    /// <inheritdoc/>
    public override string ToString() => "softmax cross-entropy";
}
