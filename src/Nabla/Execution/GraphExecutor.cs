using Nabla.Numerics;

namespace Nabla;

/// <summary>Takes samples through the layers of a network, group by group: forward, and backward in reverse.</summary>
internal sealed class GraphExecutor
{
    private readonly LayerGroup[] _groups;

    /// <param name="graph">The layers.</param>
    /// <param name="training">Whether for training; else for inference alone, where more layers take samples one by one.</param>
    public GraphExecutor(LayerGraph graph, bool training)
    {
        MicroBatch = ExecutionPlan.MicroBatchOf(graph);
        _groups = [.. LayerGroup.Of(graph, training)];
    }

    /// <summary>Samples that go through at a time; see <see cref="ExecutionPlan"/>.</summary>
    public int MicroBatch { get; }

    /// <summary>The layers in groups that a pass goes through together, first to last.</summary>
    public IReadOnlyList<LayerGroup> Groups => _groups;

    /// <summary>Computes the outputs of the first <paramref name="rows"/> samples in a workspace.</summary>
    /// <param name="workspace">Their memory.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="parameters">All parameters.</param>
    /// <param name="training">Whether layers behave as in training.</param>
    /// <param name="random">Where the samples draw from then, the first row first.</param>
    public void Forward(Workspace workspace, int rows, ReadOnlySpan<float> parameters, bool training = false, SampleRandom random = default)
    {
        foreach (LayerGroup group in _groups)
        {
            group.Forward(workspace, rows, parameters, training, random);
        }
    }

    /// <summary>Computes the gradient of the parameters from that of the outputs, for the samples of the forward pass before.</summary>
    /// <param name="workspace">Memory of the forward pass.</param>
    /// <param name="rows">Its samples.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="gradient">Where the gradient of all parameters goes.</param>
    /// <param name="use">Whether it is added to what is there.</param>
    public void Backward(Workspace workspace, int rows, ReadOnlySpan<float> parameters, Span<float> gradient, GradientUse use)
    {
        for (int i = _groups.Length - 1; i >= 0; i--)
        {
            _groups[i].Backward(workspace, rows, parameters, gradient, use, learningRate: 0);
        }
    }

    /// <summary>Computes the gradient of the parameters for each shard of a batch that is in a workspace as a whole, or as much of it as this process has.</summary>
    /// <param name="workspace">Memory of the forward pass, with the shards.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="gradients">Where the gradients of all parameters go, [shards that are here, parameters]; the first row becomes their sum.</param>
    /// <param name="exchange">Who adds them up.</param>
    public void BackwardShards(Workspace workspace, ReadOnlySpan<float> parameters, AlignedFloats gradients, GradientExchange exchange)
    {
        exchange.Begin(gradients, parameters.Length);
        for (int i = _groups.Length - 1; i >= 0; i--)
        {
            _groups[i].BackwardShards(workspace, parameters, gradients.Span);
            exchange.Continue(_groups[i].FirstParameter);
        }
    }

    /// <summary>
    /// A backward pass that moves the parameters of each layer against their gradient as soon as it is known, by
    /// <paramref name="learningRate"/> times the layer's own factor. The same bits as <see cref="Backward"/>
    /// and a step of plain gradient descent after it, in half the time: no gradient is written down and read again.
    /// </summary>
    /// <param name="workspace">Memory of the forward pass.</param>
    /// <param name="rows">Its samples: a whole batch.</param>
    /// <param name="parameters">All parameters.</param>
    /// <param name="learningRate">Step size; with each layer's factor above 0, also as a float.</param>
    public void BackwardAndDescend(Workspace workspace, int rows, Span<float> parameters, double learningRate)
    {
        for (int i = _groups.Length - 1; i >= 0; i--)
        {
            _groups[i].Backward(workspace, rows, parameters, parameters, GradientUse.Replace, learningRate);
        }
    }
}
