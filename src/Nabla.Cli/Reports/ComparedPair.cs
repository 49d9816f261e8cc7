using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>Two of several runs: which samples both got right, and which only one.</summary>
/// <param name="First">The place of the first among the runs, from 0.</param>
/// <param name="Second">That of the second.</param>
/// <param name="BothRight">Samples that both got right; of a regression, those that both missed by as much.</param>
/// <param name="BothWrong">Samples that both got wrong; of a regression, none.</param>
/// <param name="Test">How many only one got right, or answered more nearly, and whether that is more than chance.</param>
internal sealed record ComparedPair(int First, int Second, int BothRight, int BothWrong, McNemarTest Test)
{
    public static ComparedPair Of(int first, int second, IReadOnlyList<Measurement> measurements)
    {
        (Measurement a, Measurement b) = (measurements[first], measurements[second]);
        int[] counts = new int[4];
        for (int sample = 0; sample < a.Evaluation.Samples; sample++)
        {
            (bool isRight, bool otherIsRight) = Outcome(a, b, sample);
            counts[(isRight ? 1 : 0) + (otherIsRight ? 2 : 0)]++;
        }
        return new ComparedPair(first, second, counts[3], counts[0], new McNemarTest(counts[1], counts[2]));
    }

    /// <summary>Which of two got a sample right; of a regression, which was as near as the other or nearer. The same test is then the sign test.</summary>
    private static (bool First, bool Second) Outcome(Measurement a, Measurement b, int sample)
    {
        if (a.Truth is not { } truth)
        {
            return (!a.Samples[sample].IsMistake, !b.Samples[sample].IsMistake);
        }
        double missed = Missed(a, truth, sample), otherMissed = Missed(b, truth, sample);
        return (missed <= otherMissed, otherMissed <= missed);
    }

    private static double Missed(Measurement measured, TargetVectors truth, int sample)
    {
        double sum = 0;
        for (int i = sample * truth.Width; i < (sample + 1) * truth.Width; i++)
        {
            sum += Math.Abs((double)measured.Answers[i] - truth.Values[i]);
        }
        return sum;
    }

    /// <summary>What both got right, only one of them, and both wrong; of a regression that is none.</summary>
    public IEnumerable<string> Counts(bool isRegression) =>
        new[] { BothRight, Test.OnlyFirst, Test.OnlySecond, BothWrong }.Take(isRegression ? 3 : 4).Select(count => count.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>What it comes to, in a sentence without its full stop.</summary>
    /// <param name="isRegression">Whether they answer numbers.</param>
    public string InWords(bool isRegression)
    {
        (string a, string b) = (Comparison.Letter(First), Comparison.Letter(Second));
        int difference = Test.OnlyFirst - Test.OnlySecond;
        (string better, string worse) = difference > 0 ? (a, b) : (b, a);
        string what = isRegression ? FormattableString.Invariant($"{better} is nearer than {worse} in {Math.Max(Test.OnlyFirst, Test.OnlySecond):N0} of {Test.OnlyFirst + Test.OnlySecond:N0}")
            : FormattableString.Invariant($"{better} gets {Math.Abs(difference):N0} more right than {worse}");
        return Test.OnlyFirst + Test.OnlySecond == 0 ? $"{a} and {b} {(isRegression ? "miss all by as much" : "are right and wrong on the same samples")}: there is no difference ({Test.PValueText})"
            : difference == 0 ? $"{a} and {b} {(isRegression ? "are nearer equally often" : "get equally many right, but not the same")}: there is no difference in number ({Test.PValueText})"
            : $"{what}: {(Test.IsSignificant ? "more than chance explains" : "the difference is within chance")} ({Test.PValueText})";
    }
}
