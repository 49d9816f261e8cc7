using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Each number, but at least a minimum and at most a maximum. From 0 to 6 it is ReLU6, which networks for phones have. A. Howard et al., "MobileNets",
/// 2017.
/// </summary>
public sealed record ClipSpec : LayerSpec
{
    /// <summary>The least number that comes out, a finite number. Default: 0.</summary>
    [JsonRequired]
    public double Minimum
    {
        get;
        init => field = OptionCheck.Finite(value, nameof(Minimum));
    }

    /// <summary>The greatest number that comes out, a finite number above the minimum. Default: 6.</summary>
    [JsonRequired]
    public double Maximum
    {
        get;
        init => field = OptionCheck.Finite(value, nameof(Maximum));
    } = 6;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The minimum is not below the maximum.</exception>
    public override Layer Build(LayerBuilder builder) => (float)Minimum < (float)Maximum
        ? new Clip(builder, this)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{builder.Name} clips to {Minimum} to {Maximum}, expected a minimum below the maximum."));
}

/// <summary>Clips each number to a range, see <see cref="ClipSpec"/>.</summary>
public sealed class Clip : ElementwiseLayer
{
    private readonly ClipSpec _spec;
    private readonly InputFunctions.Clip _function;

    internal Clip(LayerBuilder builder, ClipSpec spec)
        : base(builder)
    {
        _spec = spec;
        _function = new InputFunctions.Clip((float)spec.Minimum, (float)spec.Maximum);
    }

    internal override double Work => OutputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Forward(_function, pass);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass) => Backward(_function, pass);

    /// <summary>What it is, in one line: <c>Clip 28×28×16, 0 to 6</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{base.ToString()}, {_spec.Minimum} to {_spec.Maximum}");
}
