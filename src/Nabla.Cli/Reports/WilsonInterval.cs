namespace Nabla.Cli.Reports;

/// <summary>
/// Where a share probably is of which so many draws were seen: between these two in 95 of 100 cases. E. B. Wilson, "Probable inference, the law of succession, and
/// statistical inference", Journal of the American Statistical Association 22, 1927.
/// </summary>
internal static class WilsonInterval
{
    // Of a normal distribution, 2.5% is beyond.
    private const double Z = 1.959964;

    /// <param name="successes">How many did, 0 to <paramref name="count"/>.</param>
    /// <param name="count">Of how many, at least 1.</param>
    public static (double Low, double High) Of(int successes, int count)
    {
        double n = count, share = successes / n, scale = 1 + Z * Z / n;
        double centre = (share + Z * Z / (2 * n)) / scale, half = Z * Math.Sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / scale;
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
