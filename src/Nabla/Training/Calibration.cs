namespace Nabla;

/// <summary>
/// How far a network's confidence is from how often it is right. Predictions are put into bins of equal width by their confidence; in each, the mean confidence is held
/// against the share that is right. C. Guo et al., "On calibration of modern neural networks", 2017.
/// </summary>
/// <param name="Bins">The bins, lowest confidence first; those without predictions, too.</param>
public sealed record Calibration(IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>Number of bins: 15, as in the paper.</summary>
    public const int BinCount = 15;

    /// <summary>Expected calibration error, 0 to 1: what confidence and accuracy of a bin differ by, on average over all predictions.</summary>
    public double ExpectedError => Bins.Sum(bin => bin.Count * Math.Abs(bin.Confidence - bin.Accuracy)) / Math.Max(1, Bins.Sum(bin => bin.Count));

    /// <summary>In one line: <c>expected calibration error 0.84%</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"expected calibration error {ExpectedError:0.00%}");

    /// <summary>Of predictions, from their confidence and whether they are right.</summary>
    internal static Calibration Of(IEnumerable<(float Confidence, bool IsRight)> predictions)
    {
        (int Count, double Confidence, int Right)[] sums = new (int, double, int)[BinCount];
        foreach ((float confidence, bool isRight) in predictions)
        {
            ref (int Count, double Confidence, int Right) sum = ref sums[Math.Clamp((int)(confidence * BinCount), 0, BinCount - 1)];
            sum = (sum.Count + 1, sum.Confidence + confidence, sum.Right + (isRight ? 1 : 0));
        }
        return new Calibration([.. sums.Select(sum => sum.Count == 0 ? new CalibrationBin(0, 0, 0) : new CalibrationBin(sum.Count, sum.Confidence / sum.Count, (double)sum.Right / sum.Count))]);
    }

    /// <summary>
    /// The temperature by which logits are divided so that the mean cross-entropy is least; 1 where every sample is recognised, since it then tells nothing.
    /// </summary>
    /// <param name="logits">[samples, classes].</param>
    /// <param name="labels">[samples].</param>
    /// <param name="classes">Number of classes.</param>
    internal static double FitTemperature(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes)
    {
        bool hasMistake = false;
        for (int row = 0; row < labels.Length && !hasMistake; row++)
        {
            hasMistake = Numerics.Reductions.IndexOfMax(logits.Slice(row * classes, classes)) != labels[row];
        }
        if (!hasMistake)
        {
            return 1;
        }
        // The mean is convex in 1 / temperature: its slope rises from below to above zero.
        double low = Math.Log(0.02), high = Math.Log(50);
        for (int i = 0; i < 50; i++)
        {
            double middle = (low + high) / 2;
            _ = Slope(logits, labels, classes, Math.Exp(middle)) > 0 ? high = middle : low = middle;
        }
        // Three digits are more than samples tell, and do not depend on the platform's exponential.
        return Math.Round(Math.Exp(-(low + high) / 2), 3);
    }

    /// <summary>The derivative of the summed cross-entropy by the inverse temperature: Σ over samples of the expected logit less that of the class.</summary>
    private static double Slope(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes, double inverseTemperature)
    {
        double slope = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> own = logits.Slice(row * classes, classes);
            double greatest = double.NegativeInfinity, sum = 0, weighted = 0;
            foreach (float logit in own)
            {
                greatest = Math.Max(greatest, logit);
            }
            foreach (float logit in own)
            {
                double probability = Math.Exp((logit - greatest) * inverseTemperature);
                sum += probability;
                weighted += probability * logit;
            }
            slope += weighted / sum - own[labels[row]];
        }
        return slope;
    }
}

/// <summary>The predictions whose confidence is in one bin.</summary>
/// <param name="Count">How many.</param>
/// <param name="Confidence">Their mean confidence, 0 to 1; 0 where there are none.</param>
/// <param name="Accuracy">The share of them that is right, 0 to 1; 0 where there are none.</param>
public readonly record struct CalibrationBin(int Count, double Confidence, double Accuracy);
