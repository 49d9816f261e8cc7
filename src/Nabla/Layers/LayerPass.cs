using Nabla.Numerics;

namespace Nabla;

/// <summary>The circumstances of one pass through a layer.</summary>
internal readonly ref struct LayerPass
{
    /// <summary>Samples in the buffers.</summary>
    public required int Rows { get; init; }

    /// <summary>Threads that may be used, at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>Memory of at least the size that the layer asked for, with anything in it.</summary>
    public required Span<float> Scratch { get; init; }

    /// <summary>What the layer's forward pass left for its backward pass, [rows, state size]; empty unless training.</summary>
    public required Span<float> State { get; init; }

    /// <summary>What a backward pass does with the gradient of the parameters.</summary>
    public required GradientUse GradientUse { get; init; }

    /// <summary>
    /// The activation of the layer before, by whose derivative a backward pass multiplies the gradient of its input, where
    /// the layer says that it does (<see cref="Layer.TakesInputDerivative"/>); else identity.
    /// </summary>
    public required Activation InputActivation { get; init; }

    /// <summary>The layer's own activation, or identity where the layer after has multiplied by its derivative already.</summary>
    public required Activation OutputActivation { get; init; }

    /// <summary>Where a layer that behaves at random in training draws from; null when it is to behave as in use.</summary>
    public required NumPyRandom? Random { get; init; }

    /// <summary>Whether threads share features rather than samples (<see cref="FeatureShares"/>).</summary>
    public required bool SharesFeatures { get; init; }

    /// <summary>What to read instead of the input, or null; see <see cref="Workspace.SparseInput"/>.</summary>
    public required SparseInput? SparseInput { get; init; }
}
