using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// x / (1 + e⁻ˣ), x times its sigmoid, also known as swish. S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural
/// network function approximation in reinforcement learning", Neural Networks 107, 2018.
/// </summary>
public sealed record SiLUSpec : LayerSpec
{
    /// <inheritdoc/>
    public override Layer Build(LayerBuilder builder) => new SiLU(builder);
}

/// <summary>x / (1 + e⁻ˣ) of each number, see <see cref="SiLUSpec"/>.</summary>
public sealed class SiLU : ElementwiseLayer
{
    internal SiLU(LayerBuilder builder)
        : base(builder)
    {
    }

    /// <inheritdoc/>
    public override void Forward(in LayerPass pass) => Forward(default(InputFunctions.SiLU), pass);

    /// <inheritdoc/>
    public override void Backward(in LayerPass pass) => Backward(default(InputFunctions.SiLU), pass);
}
