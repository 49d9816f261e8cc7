using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>
/// Whether one of two networks is better than chance would make it seem, on samples that both answered. Those that both got right, or both wrong, tell nothing; of
/// those that only one got right, either has as many where they are equally good, but for chance. Q. McNemar, "Note on the sampling error of the difference between correlated
/// proportions or percentages", Psychometrika 12, 1947; the exact form, with the binomial distribution instead of its approximation, as in M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar
/// test for binary matched-pairs data", BMC Medical Research Methodology 13:91, 2013.
/// </summary>
/// <param name="OnlyFirst">Samples that only the first got right, at least 0.</param>
/// <param name="OnlySecond">Samples that only the second got right, at least 0.</param>
internal sealed record McNemarTest(int OnlyFirst, int OnlySecond)
{
    /// <summary>What probability is usually called too small for chance.</summary>
    private const double Significance = 0.05;

    /// <summary>How probable it is that two equally good networks differ so much or more, to either side: min(1, 2·P(X ≤ the lesser)), X binomial with n = the sum and ½.</summary>
    public double PValue { get; } = ExactPValue(OnlyFirst, OnlySecond);

    /// <summary>Whether the difference is taken for more than chance.</summary>
    public bool IsSignificant => PValue < Significance;

    /// <summary>The probability as it is usually written: <c>0.31</c>, or <c>&lt; 0.001</c>.</summary>
    public string PValueNumber => PValue < 0.001 ? "< 0.001" : PValue.ToString(PValue < 0.1 ? "0.000" : PValue < 1 ? "0.00" : "0", CultureInfo.InvariantCulture);

    /// <summary>The same in a sentence: <c>p = 0.31</c>, or <c>p &lt; 0.001</c>.</summary>
    public string PValueText => PValue < 0.001 ? $"p {PValueNumber}" : $"p = {PValueNumber}";

    private static double ExactPValue(int onlyFirst, int onlySecond)
    {
        int n = onlyFirst + onlySecond, lesser = Math.Min(onlyFirst, onlySecond);
        // log of n over k, from 0 up to the lesser, by its factors: the numbers themselves are beyond any double.
        double logChoose = 0, log2 = n * Math.Log(2), tail = Math.Exp(-log2);
        for (int k = 1; k <= lesser; k++)
        {
            logChoose += Math.Log((double)(n - k + 1) / k);
            tail += Math.Exp(logChoose - log2);
        }
        return Math.Min(1, 2 * tail);
    }
}
