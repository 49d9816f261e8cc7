using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// x · Φ(x), with Φ(x) the share of a normal distribution below x: the exact form, not the one by tanh. D. Hendrycks and K. Gimpel,
/// "Gaussian error linear units", 2016.
/// </summary>
public sealed record GELUSpec : LayerSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new GELU(builder);
}

/// <summary>x · Φ(x) of each number, see <see cref="GELUSpec"/>.</summary>
public sealed class GELU : ElementwiseLayer
{
    internal GELU(LayerBuilder builder)
        : base(builder)
    {
    }

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Forward(default(InputFunctions.GELU), pass);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass) => Backward(default(InputFunctions.GELU), pass);
}
