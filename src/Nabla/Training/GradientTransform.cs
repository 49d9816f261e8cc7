using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Changes the gradient of a batch before the optimiser sees it. Derive from it, and add what you made to <see cref="Trainer.GradientTransforms"/>: they are
/// applied in that order, once a step.
/// </summary>
/// <remarks>What one makes of a gradient may depend on nothing but gradient, network and the steps before, so that a training gives the same bits every time; it may not allocate.</remarks>
public abstract class GradientTransform
{
    /// <summary>Changes a gradient in place.</summary>
    /// <param name="gradient">The gradient of the batch's mean loss, in the order of <see cref="Network.Parameters"/>.</param>
    /// <param name="network">The network that is trained.</param>
    public abstract void Apply(Span<float> gradient, Network network);
}

/// <summary>
/// Adds λ · weight to the gradient of each weight, as if the loss had ½ λ Σ weight² added: the penalty that Keras calls L2 and PyTorch's SGD weight decay. Biases and scales
/// are left as they are. The losses that a training reports do not have it in them. With <see cref="Adam"/> weights with large gradients shrink less by it than by
/// <see cref="AdamW"/>'s decay, which does not go through the moments.
/// </summary>
public sealed class L2Regularization : GradientTransform
{
    /// <param name="lambda">What weights are multiplied by, at least 0; usual are 10⁻⁵ to 10⁻³.</param>
    public L2Regularization(double lambda) => Lambda = lambda >= 0 && float.IsFinite((float)lambda)
        ? lambda
        : throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "The factor of L2 regularisation must be a number of at least 0.");

    /// <summary>What weights are multiplied by.</summary>
    public double Lambda { get; }

    /// <inheritdoc/>
    public override void Apply(Span<float> gradient, Network network)
    {
        for (int i = 0; i < network.Layers.Count; i++)
        {
            IReadOnlyList<Parameter> parameters = network.Layers[i].Parameters;
            for (int j = 0; j < parameters.Count; j++)
            {
                if (parameters[j].Role == ParameterRole.Weight)
                {
                    // gradient + λ · weight is a step of descent with −λ as its rate.
                    ElementWiseKernels.Descend(parameters[j].Of(network.Parameters), parameters[j].Of(gradient), -(float)Lambda, keep: 1, threads: 1);
                }
            }
        }
    }
}

/// <summary>
/// Makes a gradient shorter that is longer than a bound, in its own direction: against steps that throw a network off. Pascanu et al., "On the difficulty of
/// training recurrent neural networks", ICML 2013.
/// </summary>
public sealed class GradientClipping : GradientTransform
{
    /// <param name="maxNorm">Greatest length of the gradient of all parameters together, the root of the sum of its squares; above 0.</param>
    public GradientClipping(double maxNorm) => MaxNorm = maxNorm > 0 && double.IsFinite(maxNorm)
        ? maxNorm
        : throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "The greatest length of a gradient must be a number above 0.");

    /// <summary>Greatest length of a gradient.</summary>
    public double MaxNorm { get; }

    /// <inheritdoc/>
    public override void Apply(Span<float> gradient, Network network)
    {
        double squares = 0;
        foreach (float value in gradient)
        {
            squares += (double)value * value;
        }
        double norm = Math.Sqrt(squares);
        if (norm > MaxNorm)
        {
            float factor = (float)(MaxNorm / norm);
            foreach (ref float value in gradient)
            {
                value *= factor;
            }
        }
    }
}
