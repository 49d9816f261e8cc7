using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// ln(1 + eˣ), a ReLU without its kink, above zero everywhere. C. Dugas et al., "Incorporating second-order functional knowledge for
/// better option pricing", NIPS 2000.
/// </summary>
public sealed record SoftplusSpec : LayerSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new Softplus(builder);
}

/// <summary>ln(1 + eˣ) of each number, see <see cref="SoftplusSpec"/>.</summary>
public sealed class Softplus : ElementwiseLayer
{
    internal Softplus(LayerBuilder builder)
        : base(builder)
    {
    }

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Forward(default(InputFunctions.Softplus), pass);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass) => Backward(default(InputFunctions.Softplus), pass);
}
