using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// The learning rate falls from its full value along half a wave of a cosine: slowly at first and at the end. Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent
/// with Warm Restarts", ICLR 2017, without the restarts.
/// </summary>
public sealed record CosineSchedule : Schedule
{
    /// <summary>Share of the optimiser's rate that would be reached one step after the last, from 0 to 1. Default: 0.</summary>
    [JsonRequired]
    public double FinalFraction
    {
        get;
        init => field = OptionCheck.Between(0, 1, value, nameof(FinalFraction));
    }

    /// <inheritdoc/>
    public override double Rate(double learningRate, int epoch, long step, long steps) =>
        learningRate * RateCurve.Cosine.Between(1, FinalFraction, (double)step / steps);
}

/// <summary>How a learning rate goes from one value to another.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RateCurve>))]
public enum RateCurve
{
    /// <summary>Along half a wave of a cosine: slowly at first and at the end.</summary>
    Cosine,

    /// <summary>In a straight line.</summary>
    Linear,
}

/// <summary>The curves in numbers.</summary>
internal static class RateCurves
{
    extension(RateCurve curve)
    {
        /// <summary>The value at <paramref name="at"/>, 0 to 1, on the way between two values.</summary>
        public double Between(double first, double last, double at) =>
            last + (first - last) * (curve == RateCurve.Linear ? 1 - at : (1 + Elementary.CosineOfPi(at)) / 2);
    }
}
