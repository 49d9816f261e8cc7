using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// x · scale + offset, with two fixed numbers. As the last layer of a regression it turns what the network learns, numbers of mean 0 and deviation 1, into the
/// target's own units (<see cref="ForTargets"/>).
/// </summary>
public sealed record RescalingSpec : LayerSpec
{
    /// <summary>What numbers are multiplied by, not 0. Default: 1.</summary>
    [JsonRequired]
    public double Scale
    {
        get;
        init => field = (float)value != 0 && float.IsFinite((float)value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Scale), value, $"{nameof(Scale)} must be a number other than 0 that a float can hold.");
    } = 1;

    /// <summary>What is added to them then. Default: 0.</summary>
    [JsonRequired]
    public double Offset
    {
        get;
        init => field = OptionCheck.Finite(value, nameof(Offset));
    }

    /// <summary>Describes the step from numbers of mean 0 and deviation 1 to those of targets: their deviation as scale, 1 where they are all the same, and their mean as offset.</summary>
    /// <param name="targets">At least one.</param>
    public static RescalingSpec ForTargets(TargetVectors targets)
    {
        double mean = 0, squares = 0;
        foreach (float value in targets.Values)
        {
            mean += (double)value / targets.Values.Length;
        }
        foreach (float value in targets.Values)
        {
            squares += (value - mean) * (value - mean) / targets.Values.Length;
        }
        float deviation = (float)Math.Sqrt(squares);
        return new RescalingSpec { Scale = deviation > 0 ? deviation : 1, Offset = (float)mean };
    }

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Rescaling(builder, this);
}

/// <summary>Multiplies by a number and adds another, see <see cref="RescalingSpec"/>.</summary>
public sealed class Rescaling : ElementwiseLayer
{
    private readonly RescalingSpec _spec;
    private readonly InputFunctions.Rescaling _function;

    internal Rescaling(LayerBuilder builder, RescalingSpec spec)
        : base(builder)
    {
        _spec = spec;
        _function = new InputFunctions.Rescaling((float)spec.Scale, (float)spec.Offset);
    }

    internal override double Work => OutputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Forward(_function, pass);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass) => Backward(_function, pass);

    /// <summary>What it is, in one line: <c>Rescaling 1, × 2.5 + 10</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{base.ToString()}, × {_spec.Scale:G5} + {_spec.Offset:G5}");
}
