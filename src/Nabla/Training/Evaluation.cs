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

    /// <summary>How far answers are from targets that are numbers, in their unit; null for classes.</summary>
    public RegressionFigures? Regression { get; init; }

    /// <summary>In one line: <c>accuracy 97.92% (9,792 of 10,000), loss 0.0671</c>, or <c>mean absolute error 0.42, RMSE 0.61, R² 0.93 over 20 samples, loss 0.0312</c>.</summary>
    public override string ToString() => Accuracy is double accuracy
        ? FormattableString.Invariant($"accuracy {accuracy:0.00%} ({Correct:N0} of {Samples:N0}), loss {Loss:F4}")
        : Regression is not null ? FormattableString.Invariant($"{Regression} over {Samples:N0} samples, loss {Loss:F4}")
        : FormattableString.Invariant($"loss {Loss:F4} over {Samples:N0} samples");
}

/// <summary>How far the answers of a regression are from the targets, over all numbers of all samples.</summary>
/// <param name="MeanAbsoluteError">Mean of |answer − target|, in the targets' unit.</param>
/// <param name="RootMeanSquaredError">Root of the mean of (answer − target)², in the targets' unit: far misses count more.</param>
/// <param name="R2">
/// The share of the targets' variance that the answers explain: 1 where all are right, 0 for the targets' mean as the only answer, below 0 where they are worse than that; for targets
/// of several numbers the mean of theirs. Null where the targets are all the same.
/// </param>
public sealed record RegressionFigures(double MeanAbsoluteError, double RootMeanSquaredError, double? R2)
{
    /// <summary>Compares answers with targets.</summary>
    /// <param name="answers">[samples, width], row by row.</param>
    /// <param name="targets">As many targets; at least one.</param>
    /// <exception cref="ArgumentException">There are not as many answers as targets, or none.</exception>
    public static RegressionFigures Of(ReadOnlySpan<float> answers, TargetVectors targets)
    {
        if (answers.Length != targets.Values.Length || answers.IsEmpty)
        {
            throw new ArgumentException($"There are {answers.Length} answers and {targets.Values.Length} targets, expected as many of both, at least one.", nameof(answers));
        }
        double absolute = 0, squared = 0, explained = 0;
        int width = targets.Width, varying = 0;
        for (int column = 0; column < width; column++)
        {
            double mean = 0, off = 0, variance = 0;
            for (int i = column; i < answers.Length; i += width)
            {
                mean += (double)targets.Values[i] / targets.Count;
            }
            for (int i = column; i < answers.Length; i += width)
            {
                double difference = (double)answers[i] - targets.Values[i];
                absolute += Math.Abs(difference);
                off += difference * difference;
                variance += (targets.Values[i] - mean) * (targets.Values[i] - mean);
            }
            squared += off;
            // A mean of equal floats may miss them by its last bit.
            if (!IsConstant(targets, column))
            {
                explained += 1 - off / variance;
                varying++;
            }
        }
        return new RegressionFigures(absolute / answers.Length, Math.Sqrt(squared / answers.Length), varying > 0 ? explained / varying : null);
    }

    private static bool IsConstant(TargetVectors targets, int column)
    {
        for (int i = column; i < targets.Values.Length; i += targets.Width)
        {
            if (targets.Values[i] != targets.Values[column])
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>In one line: <c>mean absolute error 0.42, RMSE 0.61, R² 0.93</c>.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"mean absolute error {MeanAbsoluteError:G4}, RMSE {RootMeanSquaredError:G4}, R² {(R2 is double r2 ? FormattableString.Invariant($"{r2:0.0000}") : "unknown (all targets are the same)")}");
}
