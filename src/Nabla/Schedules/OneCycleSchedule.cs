using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// The learning rate rises to the optimiser's, which may be larger than a training would bear from the start, and falls to nearly nothing. Smith and Topin,
/// "Super-Convergence", 2018; shares and forms as in PyTorch's <c>OneCycleLR</c>. The momentum stays as it is.
/// </summary>
public sealed record OneCycleSchedule : Schedule
{
    /// <summary>Share of the steps in which the rate rises, at least 0 and below 1. Default: 0.3.</summary>
    [JsonRequired]
    public double WarmUpFraction
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(WarmUpFraction));
    } = 0.3;

    /// <summary>Share of the optimiser's rate that it begins with, above 0 and at most 1. Default: 0.04.</summary>
    [JsonRequired]
    public double InitialFraction
    {
        get;
        init => field = OptionCheck.AboveZeroToOne(value, nameof(InitialFraction));
    } = 0.04;

    /// <summary>Share of the optimiser's rate that would be reached one step after the last, from 0 to 1. Default: 0.000004.</summary>
    [JsonRequired]
    public double FinalFraction
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(FinalFraction));
    } = 0.000004;

    /// <summary>How it goes from one rate to another. Default: along a cosine.</summary>
    [JsonRequired]
    public RateCurve Form
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Form), value, "There is no such form.");
    } = RateCurve.Cosine;

    /// <inheritdoc/>
    public override double Rate(double learningRate, int epoch, long step, long steps)
    {
        double peak = WarmUpFraction * steps;
        return learningRate * (step < peak ? Form.Between(InitialFraction, 1, step / peak) : Form.Between(1, FinalFraction, (step - peak) / (steps - peak)));
    }
}
