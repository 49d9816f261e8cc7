namespace Nabla;

/// <summary>How good a network is on a data set.</summary>
/// <param name="Samples">Number of samples.</param>
/// <param name="Loss">Mean loss per sample.</param>
/// <param name="Confusion">What was predicted as what; null for targets that are no classes.</param>
public sealed record Evaluation(int Samples, double Loss, ConfusionMatrix? Confusion)
{
    /// <summary>Number of samples whose class was recognised; null for targets that are no classes.</summary>
    public int? Correct => Confusion?.Correct;

    /// <summary>Share of the samples whose class was recognised, 0 to 1; null for targets that are no classes.</summary>
    public double? Accuracy => (double?)Correct / Samples;

    /// <summary>In one line: <c>accuracy 97.92% (9,792 of 10,000), loss 0.0671</c>.</summary>
    public override string ToString() => Accuracy is double accuracy
        ? FormattableString.Invariant($"accuracy {accuracy:0.00%} ({Correct:N0} of {Samples:N0}), loss {Loss:F4}")
        : FormattableString.Invariant($"loss {Loss:F4} over {Samples:N0} samples");
}
