using System.Globalization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// −Σ target · log softmax(output) per sample, straight from the logits; gradient softmax(output) · Σ target − target.
/// Targets are one-hot labels, or in a training probabilities that add up to 1. With <see cref="LabelSmoothing"/> and <see cref="ClassWeights"/> the target of a class is first mixed with
/// 1 / classes and multiplied by the weight of the class.
/// </summary>
/// <remarks>
/// The loss of a sample is that of PyTorch's <c>CrossEntropyLoss</c>. The mean is over samples, as in Keras: PyTorch divides by the sum of the samples' weights instead. Validation and
/// evaluation use the same loss, so with smoothing or weights their losses are not to be compared with those of a training without.
/// </remarks>
public sealed record SoftmaxCrossEntropyLoss : Loss
{
    // Of soft labels that went through files as decimal numbers.
    private const double MaxDeviation = 0.01;

    private readonly float[]? _weights;

    [ThreadStatic]
    private static float[]? _changed;

    // Not required in documents: files from before it was there mean 0.
    /// <summary>
    /// Share of each target that is spread evenly over all classes, at least 0 and below 1: against answers that are too sure. Szegedy et al., "Rethinking the Inception
    /// Architecture", CVPR 2016. Default: 0.
    /// </summary>
    public double LabelSmoothing
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(LabelSmoothing));
    }

    /// <summary>
    /// What the loss of a sample is multiplied by, for each class one number of at least 0, not all 0; null for 1 each. <see cref="TrainingOptions.BalanceClasses"/> computes
    /// them from the labels. Default: null.
    /// </summary>
    public IReadOnlyList<double>? ClassWeights
    {
        get;
        init
        {
            if (value is not null && !(value.All(weight => weight >= 0 && float.IsFinite((float)weight)) && value.Any(weight => (float)weight > 0)))
            {
                throw new ArgumentException($"{nameof(ClassWeights)} must be numbers of at least 0, one of them above 0.", nameof(ClassWeights));
            }
            field = value;
            _weights = value?.Select(weight => (float)weight).ToArray();
        }
    }

    /// <summary>
    /// Weights that give every class the same say however many samples it has: n / (classes · samples of the class), as scikit-learn's <c>balanced</c>. A class without samples gets 1 and is
    /// not counted.
    /// </summary>
    /// <param name="labels">Labels of the samples to learn from.</param>
    public static IReadOnlyList<double> BalancedWeights(ClassLabels labels)
    {
        int[] counts = new int[labels.Width];
        foreach (int label in labels.Values)
        {
            counts[label]++;
        }
        int classes = counts.Count(count => count > 0);
        return [.. counts.Select(count => count == 0 ? 1 : (double)labels.Count / ((double)classes * count))];
    }

    /// <inheritdoc/>
    public override void ThrowUnlessFits(Targets targets)
    {
        if (targets.Width == 1)
        {
            throw new ArgumentException("Softmax cross-entropy of a single output is 0 whatever it is; give the last layer an output for each class, or take Loss.Quadratic for a number to be predicted.");
        }
        if (_weights is not null && _weights.Length != targets.Width)
        {
            throw new ArgumentException($"The loss has weights for {_weights.Length} classes, but the data has {targets.Width}; give one for each class.");
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
        Softmax.CrossEntropy(output, LabelSmoothing > 0 || _weights is not null ? Changed(target, width) : target, gradient, rows, width, divisor);

    /// <summary>weight · ((1 − smoothing) · target + smoothing / classes), in memory of this thread.</summary>
    private ReadOnlySpan<float> Changed(ReadOnlySpan<float> target, int width)
    {
        if (_weights is not null && _weights.Length != width)
        {
            throw new ArgumentException($"The loss has weights for {_weights.Length} classes, but got targets of {width}.", nameof(target));
        }
        if (_changed is null || _changed.Length < target.Length)
        {
            _changed = new float[target.Length];
        }
        Span<float> changed = _changed.AsSpan(0, target.Length);
        float keep = (float)(1 - LabelSmoothing), spread = (float)(LabelSmoothing / width);
        for (int start = 0; start < target.Length; start += width)
        {
            for (int i = 0; i < width; i++)
            {
                float smooth = keep * target[start + i] + spread;
                changed[start + i] = _weights is null ? smooth : smooth * _weights[i];
            }
        }
        return changed;
    }

    /// <inheritdoc/>
    /// <remarks>The share of each class, so the entropy; of smoothed and weighted targets, theirs.</remarks>
    protected override double? OfConstantAnswer(ReadOnlySpan<double> mean, double meanSquare)
    {
        double sum = 0, entropy = 0;
        for (int i = 0; i < mean.Length; i++)
        {
            double share = ((1 - LabelSmoothing) * mean[i] + LabelSmoothing / mean.Length) * (ClassWeights?[i] ?? 1);
            sum += share;
            entropy -= share > 0 ? share * Math.Log(share) : 0;
        }
        // −Σ share · log (share / sum): without weights the sum is 1.
        return ClassWeights is null ? entropy : entropy + (sum > 0 ? sum * Math.Log(sum) : 0);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"softmax cross-entropy{(LabelSmoothing > 0 ? $", label smoothing {LabelSmoothing}" : "")}{(ClassWeights is null ? "" : ", weighted classes")}");

    /// <summary>Whether options are the same, the weights number by number.</summary>
    public bool Equals(SoftmaxCrossEntropyLoss? other) =>
        other is not null && LabelSmoothing == other.LabelSmoothing && (ClassWeights ?? []).SequenceEqual(other.ClassWeights ?? []) && ClassWeights is null == other.ClassWeights is null;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(LabelSmoothing, ClassWeights?.Count);
}
