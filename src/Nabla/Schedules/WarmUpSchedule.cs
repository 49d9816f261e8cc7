using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// The learning rate first rises in a straight line to that which another schedule begins with, then that schedule begins: against first steps that throw fresh weights off. Goyal et
/// al., "Accurate, Large Minibatch SGD", 2017.
/// </summary>
public sealed record WarmUpSchedule : Schedule
{
    /// <summary>Steps in which it rises, at least 1; the last of them has the full rate. Default: 100.</summary>
    [JsonRequired]
    public int Steps
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(Steps));
    } = 100;

    /// <summary>The schedule after, for the steps that are left; its epochs are those of the whole training. Default: the rate stays what it is.</summary>
    [JsonRequired]
    public Schedule Then
    {
        get;
        init => field = value is WarmUpSchedule ? throw new ArgumentException("A warm-up cannot follow a warm-up.", nameof(Then)) : value;
    } = Constant;

    /// <inheritdoc/>
    public override double Rate(double learningRate, int epoch, long step, long steps)
    {
        // A training that is shorter than its warm-up has one step of the schedule at its end.
        double full = Then.Rate(learningRate, epoch, Math.Max(0, step - Steps), Math.Max(1, steps - Steps));
        return step < Steps ? full * (step + 1) / Steps : full;
    }
}
