using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>The learning rate is multiplied by a factor after every so many epochs: PyTorch's <c>StepLR</c>.</summary>
public sealed record StepSchedule : Schedule
{
    /// <summary>Epochs from one fall to the next, at least 1.</summary>
    [JsonRequired]
    public required int Epochs
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(Epochs));
    }

    /// <summary>What the rate is multiplied by, above 0 and at most 1. Default: 0.1.</summary>
    [JsonRequired]
    public double Factor
    {
        get;
        init => field = OptionCheck.AboveZeroToOne(value, nameof(Factor));
    } = 0.1;

    /// <inheritdoc/>
    public override double Rate(double learningRate, int epoch, long step, long steps)
    {
        // By squaring, in products alone: Math.Pow has other last bits on other systems.
        double rate = learningRate;
        double power = Factor;
        for (int falls = (epoch - 1) / Epochs; falls > 0; falls >>= 1)
        {
            rate *= (falls & 1) == 1 ? power : 1;
            power *= power;
        }
        return rate;
    }
}
