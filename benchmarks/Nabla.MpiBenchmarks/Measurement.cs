using System.Globalization;

namespace Nabla.MpiBenchmarks;

/// <summary>What some processes have needed.</summary>
/// <param name="Library">The MPI library.</param>
/// <param name="Latency">Seconds of an all-gather of few bytes.</param>
/// <param name="Exchange">Seconds of the exchange of a gradient.</param>
/// <param name="Processors">Processors that were kept busy by it.</param>
internal sealed record Measurement(string Library, double Latency, double Exchange, double Processors)
{
    /// <summary>Parameters of the gradient: those of a network of 784, 300 and 300 units, and 10 for its answers.</summary>
    public const int Parameters = 354_650;

    public const int SmallBytes = 64;

    private const char Separator = ';';

    /// <summary>A line from which <see cref="Parse"/> makes the same.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Library}{Separator}{Latency:R}{Separator}{Exchange:R}{Separator}{Processors:R}");

    public static Measurement Parse(string line)
    {
        string[] parts = line.Trim().Split(Separator);
        return new Measurement(parts[0], Number(parts[1]), Number(parts[2]), Number(parts[3]));

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>The middle of some numbers, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Latency * 1e6:F1} µs, {Exchange * 1e3:F3} ms");
}
