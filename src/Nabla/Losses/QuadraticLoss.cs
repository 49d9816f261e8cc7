namespace Nabla;

/// <summary>½ Σ (output − target)² per sample; gradient output − target.</summary>
public sealed record QuadraticLoss : Loss
{
    /// <inheritdoc/>
    protected override double EvaluateRows(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor)
    {
        double sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            float difference = output[i] - target[i];
            sum += (double)difference * difference;
            if (!gradient.IsEmpty)
            {
                gradient[i] = difference / divisor;
            }
        }
        return sum / 2;
    }

    /// <inheritdoc/>
    /// <remarks>The mean, so half of the variance.</remarks>
    protected override double? OfConstantAnswer(ReadOnlySpan<double> mean, double meanSquare)
    {
        double square = 0;
        foreach (double value in mean)
        {
            square += value * value;
        }
        return (meanSquare - square) / 2;
    }

    /// <inheritdoc/>
    public override string ToString() => "quadratic";
}
