namespace Nabla.Benchmarks.Measuring;

/// <summary>What was measured round by round: how many per second.</summary>
internal sealed class Rates
{
    private readonly List<double> _rounds = [];

    public double Median
    {
        get
        {
            double[] sorted = [.. _rounds.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public double Least => _rounds.Min();

    public double Greatest => _rounds.Max();

    public void Add(double perSecond) => _rounds.Add(perSecond);
}
