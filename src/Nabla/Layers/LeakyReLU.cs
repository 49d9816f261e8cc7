using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// x where it is above 0, else x times a small slope, so that no unit stops learning. A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities
/// improve neural network acoustic models", ICML 2013.
/// </summary>
public sealed record LeakyReLUSpec : LayerSpec
{
    /// <summary>What numbers below 0 are multiplied by, at least 0. Default: 0.01.</summary>
    [JsonRequired]
    public double NegativeSlope
    {
        get;
        init => field = OptionCheck.NotNegative(value, nameof(NegativeSlope));
    } = 0.01;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new LeakyReLU(builder, this);
}

/// <summary>A ReLU that lets a share of what is below 0 through, see <see cref="LeakyReLUSpec"/>.</summary>
public sealed class LeakyReLU : ElementwiseLayer
{
    private readonly double _slope;
    private readonly InputFunctions.LeakyReLU _function;

    internal LeakyReLU(LayerBuilder builder, LeakyReLUSpec spec)
        : base(builder)
    {
        _slope = spec.NegativeSlope;
        _function = new InputFunctions.LeakyReLU((float)_slope);
    }

    internal override double Work => OutputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Forward(_function, pass);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass) => Backward(_function, pass);

    /// <summary>What it is, in one line: <c>LeakyReLU 28×28×16, slope 0.01</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{base.ToString()}, slope {_slope}");
}
