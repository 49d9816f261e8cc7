using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// In training, a normal number of mean 0 is added to each value; at inference nothing is. Between batch normalisation and the function after it, in every layer, it
/// keeps dense networks from learning samples by heart: A. Rasmus et al., "Semi-supervised learning with ladder networks", NIPS 2015.
/// </summary>
public sealed record GaussianNoiseSpec : LayerSpec
{
    /// <summary>Standard deviation of what is added, from 0 to 1,000. Default: 0.1.</summary>
    [JsonRequired]
    public double Deviation
    {
        get;
        init => field = OptionCheck.Between(0, 1000, value, nameof(Deviation));
    } = 0.1;

    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new GaussianNoise(builder, this);
}

/// <summary>Noise in training, see <see cref="GaussianNoiseSpec"/>. It is drawn by counter (<see cref="Philox"/>), where NumPy's stream is followed, too.</summary>
public sealed class GaussianNoise : Layer
{
    private readonly double _deviation;

    internal GaussianNoise(LayerBuilder builder, GaussianNoiseSpec spec)
        : base(builder, builder.InputShape) => _deviation = spec.Deviation;

    // A logarithm, a sine and a cosine for two numbers, and the random bits.
    internal override double Work => 32.0 * OutputShape.Size;

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass)
    {
        if (pass.IsTraining)
        {
            ElementWiseKernels.AddNoise(pass.RandomOfRows, pass.Layer, (float)_deviation, pass.Input(), pass.Output, pass.Rows, pass.Threads);
        }
        else
        {
            pass.Input().CopyTo(pass.Output);
        }
    }

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass)
    {
        if (pass.InputGradient() is { IsEmpty: false } dInput)
        {
            pass.OutputGradient.CopyTo(dInput);
        }
    }

    /// <summary>What it is, in one line: <c>GaussianNoise 0.3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"GaussianNoise {_deviation}");
}
