using Nabla.Numerics;

namespace Nabla;

/// <summary>The circumstances of a pass of some samples through a layer, and the memory for it.</summary>
/// <param name="workspace">Where the samples are.</param>
/// <param name="layer">Index of the layer.</param>
/// <param name="firstRow">The first sample.</param>
/// <param name="rows">Number of samples.</param>
/// <param name="threads">Threads that may be used, at least 1.</param>
/// <param name="part">Which of the workspace's threads it is, where several pass a few samples each; else 0.</param>
/// <param name="use">What a backward pass does with the gradient of the parameters.</param>
/// <param name="random">Where a layer that behaves at random in training draws from; null when it is to behave as at inference.</param>
internal readonly ref struct LayerPass(
    Workspace workspace, int layer, int firstRow, int rows, int threads, int part, GradientUse use, NumPyRandom? random)
{
    /// <summary>Samples in the buffers.</summary>
    public int Rows => rows;

    /// <summary>Threads that may be used, at least 1.</summary>
    public int Threads => threads;

    /// <summary>Memory of at least the size that the layer asked for, with anything in it.</summary>
    public Span<float> Scratch => workspace.Scratch(part);

    /// <summary>What the layer's forward pass left for its backward pass, [rows, state size]; empty unless training.</summary>
    public Span<float> State => workspace.State(layer, firstRow, rows);

    /// <summary>What a backward pass does with the gradient of the parameters.</summary>
    public GradientUse GradientUse => use;

    /// <summary>
    /// The activation of the layer before, by whose derivative a backward pass multiplies the gradient of its input, where
    /// the layer says that it does (<see cref="Layer.TakesInputDerivative"/>); else identity.
    /// </summary>
    public Activation InputActivation => workspace.Graph.InputActivationOf(layer);

    /// <summary>The layer's own activation, or identity where the layer after has multiplied by its derivative already.</summary>
    public Activation OutputActivation => workspace.Graph.OutputActivationOf(layer);

    /// <summary>Where a layer that behaves at random in training draws from; null when it is to behave as at inference.</summary>
    public NumPyRandom? Random => random;

    /// <summary>Whether threads share features rather than samples (<see cref="FeatureShares"/>).</summary>
    public bool SharesFeatures => workspace.SharesFeatures;

    /// <summary>What to read instead of the input, or null; see <see cref="Workspace.SparseInput"/>.</summary>
    public SparseInput? SparseInput => layer == 0 ? workspace.SparseInput : null;

    /// <summary>What the layer reads, [rows, size]; <paramref name="index"/> counts its inputs.</summary>
    public ReadOnlySpan<float> Input(int index) => workspace.Activation(workspace.Graph.InputsOf(layer)[index], firstRow, rows, part);

    /// <summary>Where a backward pass writes the gradient of an input, [rows, size]; empty where nobody asks for it.</summary>
    public Span<float> InputGradient(int index)
    {
        int value = workspace.Graph.InputsOf(layer)[index];
        int slot = workspace.Graph.GradientSlotOf(layer, index);
        return slot < 0 ? workspace.ActivationGradient(value, firstRow, rows) : workspace.TemporaryGradient(slot, value, firstRow, rows);
    }

    /// <summary>The forward pass.</summary>
    public void Forward(ReadOnlySpan<float> parameters) =>
        workspace.Graph.Layers[layer].Forward(parameters, Input(0), workspace.Activation(layer + 1, firstRow, rows, part), this);

    /// <summary>The backward pass, with the gradients of the inputs added to what layers after have left of them.</summary>
    public void Backward(ReadOnlySpan<float> parameters, Span<float> dParameters)
    {
        LayerGraph graph = workspace.Graph;
        graph.Layers[layer].Backward(
            parameters, Input(0), workspace.Activation(layer + 1, firstRow, rows, part), dParameters,
            InputGradient(0), workspace.ActivationGradient(layer + 1, firstRow, rows), this);
        ReadOnlySpan<int> inputs = graph.InputsOf(layer);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (graph.GradientSlotOf(layer, i) >= 0)
            {
                Span<float> sum = workspace.ActivationGradient(inputs[i], firstRow, rows);
                ElementWiseKernels.Add(sum, InputGradient(i), sum, threads);
            }
        }
    }
}
