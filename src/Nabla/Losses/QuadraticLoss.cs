using System.Globalization;

namespace Nabla;

/// <summary>½ Σ ((output − target) / deviation)² per sample; gradient (output − target) / deviation².</summary>
public sealed record QuadraticLoss : Loss
{
    /// <summary>
    /// What differences are divided by, above 0: the deviation of the targets makes a loss that does not depend on their unit, and is 0.5 for an answer that is always their mean.
    /// Default (null): 1.
    /// </summary>
    // Not required in documents: files from before it was there mean 1.
    public double? Deviation
    {
        get;
        init => field = value is double deviation ? OptionCheck.Positive(deviation, nameof(Deviation)) : null;
    }

    /// <inheritdoc/>
    protected override double EvaluateRows(
        ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient, int rows, int width, float divisor)
    {
        double sum = 0;
        float deviation = (float)(Deviation ?? 1);
        for (int i = 0; i < output.Length; i++)
        {
            float difference = (output[i] - target[i]) / deviation;
            sum += (double)difference * difference;
            if (!gradient.IsEmpty)
            {
                // One after the other: the square of a deviation may be beyond what a float holds.
                gradient[i] = difference / divisor / deviation;
            }
        }
        return sum / 2;
    }

    /// <inheritdoc/>
    /// <remarks>The mean, so half of the variance.</remarks>
    protected override double? OfConstantAnswer(ReadOnlySpan<double> mean, double meanSquare)
    {
        double square = 0, deviation = Deviation ?? 1;
        foreach (double value in mean)
        {
            square += value * value;
        }
        return (meanSquare - square) / 2 / (deviation * deviation);
    }

    /// <inheritdoc/>
    public override string ToString() => Deviation is double deviation ? string.Create(CultureInfo.InvariantCulture, $"quadratic, in units of {deviation:G5}") : "quadratic";
}
