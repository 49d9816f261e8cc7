using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Shifts and scales features to mean 0 and deviation 1, by figures taken from training samples: (x − mean) / deviation.
/// Value i of a sample goes by figure i modulo their number.
/// </summary>
public sealed record Standardization
{
    // Few figures are repeated, so that the kernel has long stretches to go over.
    private readonly float[] _mean;
    private readonly float[] _scale;

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
        if (!mean.All(float.IsFinite) || !deviation.All(value => value > 0 && float.IsFinite(value) && float.IsFinite(1 / value)))
        {
            throw new ArgumentException("Means must be numbers, and deviations numbers above 0.");
        }
        Mean = mean;
        Deviation = deviation;
        int times = Math.Max(1, 256 / mean.Count);
        _mean = [.. Enumerable.Repeat(mean, times).SelectMany(figures => figures)];
        _scale = [.. Enumerable.Repeat(deviation, times).SelectMany(figures => figures).Select(value => 1 / value)];
    }

    /// <summary>What is subtracted.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>What is divided by.</summary>
    public IReadOnlyList<float> Deviation { get; }

    /// <summary>Whether both have the same figures.</summary>
    public bool Equals(Standardization? other) => other is not null && Mean.SequenceEqual(other.Mean) && Deviation.SequenceEqual(other.Deviation);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mean.Count, Mean[0], Deviation[0]);

    /// <summary>
    /// Takes the figures from training samples. The deviation of values that are all the same is 1, so that one which is not,
    /// met later, is shifted but not blown up.
    /// </summary>
    /// <param name="features">At least one sample.</param>
    /// <param name="byteDivisor">What bytes are divided by before.</param>
    /// <param name="scope">What each mean is taken over.</param>
    public static Standardization Fit(Features features, float byteDivisor, StandardizationScope scope) =>
        Fit(features, new Preprocessing { ByteDivisor = byteDivisor }, scope);

    /// <summary>The same for samples that are divided as a network divides them.</summary>
    internal static Standardization Fit(Features features, Preprocessing preprocessing, StandardizationScope scope)
    {
        // Added to the deviation, as the notebooks do.
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
                preprocessing.CopyDivided(features, row, 0, sample);
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
        return new Standardization([.. sum.Select(mean => (float)mean)], [.. squares.Select(variance => variance == 0 ? 1 : (float)(Math.Sqrt(variance) + Epsilon))]);
    }

    /// <summary>Standardises one sample, or its values from <paramref name="first"/> on, in place.</summary>
    internal void Apply(Span<float> values, int first = 0)
    {
        int done = 0;
        while (done < values.Length)
        {
            int figure = (first + done) % _mean.Length;
            int count = Math.Min(_mean.Length - figure, values.Length - done);
            Kernel kernel = new(values[done..], _mean.AsSpan(figure), _scale.AsSpan(figure));
            ElementWise.Run(ref kernel, count, threads: 1);
            done += count;
        }
    }

    private readonly ref struct Kernel(Span<float> values, ReadOnlySpan<float> mean, ReadOnlySpan<float> scale) : IElementKernel
    {
        private readonly ref float _values = ref MemoryMarshal.GetReference(values);
        private readonly ref readonly float _mean = ref MemoryMarshal.GetReference(mean);
        private readonly ref readonly float _scale = ref MemoryMarshal.GetReference(scale);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<T>(nint index)
            where T : struct, ILanes<T> =>
            ((T.Load(ref _values, index) - T.Load(in _mean, index)) * T.Load(in _scale, index)).Store(ref _values, index);
    }
}

/// <summary>What mean and deviation are taken over when features are standardised; always over all training samples.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StandardizationScope>))]
public enum StandardizationScope
{
    /// <summary>Each value of a sample by itself: as many means as a sample has values.</summary>
    Value,

    /// <summary>The columns of an image, over all its rows: as many means as a row has values.</summary>
    Column,

    /// <summary>Everything: one mean.</summary>
    All,
}
