namespace Nabla.Tests.Numerics;

/// <summary>The normal distribution in double precision.</summary>
internal static class NormalDistribution
{
    /// <summary>
    /// Φ(x), to some 10⁻¹⁵ of itself: near zero by the series ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …), in the tails by the continued
    /// fraction φ(u) / (u + 1/(u + 2/(u + 3/(u + …)))). M. Abramowitz and I. Stegun, 26.2.11 and 26.2.14.
    /// </summary>
    public static double Below(double x)
    {
        double u = Math.Abs(x);
        if (u < 3)
        {
            // Of all the terms' own sign, so that nothing cancels but the ½.
            double term = u, sum = u;
            for (int i = 1; i < 100; i++)
            {
                term *= u * u / (2 * i + 1);
                sum += term;
            }
            double above = Density(u) * sum;
            return x < 0 ? 0.5 - above : 0.5 + above;
        }
        double fraction = 0;
        for (int i = 200; i > 0; i--)
        {
            fraction = i / (u + fraction);
        }
        double tail = Density(u) / (u + fraction);
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>φ(x).</summary>
    public static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
}
