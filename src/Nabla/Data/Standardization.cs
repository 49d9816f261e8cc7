using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// Shifts and scales features to mean 0 and deviation 1, by figures taken from training samples: (x − mean) / deviation.
/// Value i of a sample goes by figure i modulo their number.
/// </summary>
public sealed record Standardization
{
    /// <param name="mean">What is subtracted, at least one number.</param>
    /// <param name="deviation">What is divided by, as many numbers above 0.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or a number is out of its range.</exception>
    [JsonConstructor]
    public Standardization(IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        if (mean.Count == 0 || mean.Count != deviation.Count)
        {
            throw new ArgumentException($"There are {mean.Count} means and {deviation.Count} deviations, expected as many of both, at least one.");
        }
        if (!mean.All(float.IsFinite) || !deviation.All(value => value > 0 && float.IsFinite(value)))
        {
            throw new ArgumentException("Means must be numbers, and deviations numbers above 0.");
        }
        Mean = mean;
        Deviation = deviation;
    }

    /// <summary>What is subtracted.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>What is divided by.</summary>
    public IReadOnlyList<float> Deviation { get; }

    /// <summary>Takes the figures from training samples.</summary>
    /// <param name="features">At least one sample.</param>
    /// <param name="byteDivisor">What bytes are divided by before.</param>
    /// <param name="scope">What each mean is taken over.</param>
    public static Standardization Fit(Features features, float byteDivisor, StandardizationScope scope)
    {
        // Added to the deviation, so that a pixel that is always blank stays 0 instead of becoming 0 / 0.
        const double Epsilon = 1e-7;
        Shape shape = features.SampleShape;
        int figures = scope switch
        {
            StandardizationScope.All => 1,
            StandardizationScope.Column => shape.Count >= 2 ? shape.Size / shape[0] : shape.Size,
            _ => shape.Size,
        };
        double[] sum = new double[figures], squares = new double[figures];
        float[] sample = new float[shape.Size];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int row = 0; row < features.Count; row++)
            {
                features.CopyRow(row, byteDivisor, sample);
                for (int i = 0; i < sample.Length; i++)
                {
                    int figure = i % figures;
                    if (pass == 0)
                    {
                        sum[figure] += sample[i];
                    }
                    else
                    {
                        // From the mean, found in the first pass: the mean of squares less the square of the mean would cancel.
                        double difference = sample[i] - sum[figure];
                        squares[figure] += difference * difference;
                    }
                }
            }
            double count = (double)features.Count * shape.Size / figures;
            for (int i = 0; i < figures; i++)
            {
                (sum[i], squares[i]) = pass == 0 ? (sum[i] / count, 0) : (sum[i], squares[i] / count);
            }
        }
        return new Standardization([.. sum.Select(mean => (float)mean)], [.. squares.Select(variance => (float)(Math.Sqrt(variance) + Epsilon))]);
    }

    /// <summary>Standardises one sample, in place.</summary>
    internal void Apply(Span<float> sample)
    {
        for (int i = 0, figure = 0; i < sample.Length; i++)
        {
            sample[i] = (sample[i] - Mean[figure]) / Deviation[figure];
            figure = figure + 1 == Mean.Count ? 0 : figure + 1;
        }
    }
}
