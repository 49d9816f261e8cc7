using Nabla.Numerics;

namespace Nabla;

/// <summary>The pass of some samples through a layer, forward or backward: what it reads and writes, and the circumstances.</summary>
/// <remarks>Values are rows, one a sample: [<see cref="Rows"/>, size of a sample]. All memory belongs to the pass; no span of it may be kept.</remarks>
public readonly ref struct LayerPass
{
    private readonly Workspace _workspace;
    private readonly int _layer;
    private readonly int _firstRow;
    private readonly int _part;
    private readonly ReadOnlySpan<float> _parameters;
    private readonly Span<float> _gradient;

    // Where the gradient's memory begins in the vector of all parameters: it may be that of this layer alone.
    private readonly int _gradientStart;

    /// <summary>A forward pass.</summary>
    /// <param name="workspace">Where the samples are.</param>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="firstRow">The first sample.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="threads">Threads that may be used, at least 1.</param>
    /// <param name="part">Which of the workspace's threads it is, where several pass a few samples each; else 0.</param>
    /// <param name="parameters">All parameters of the network.</param>
    internal LayerPass(Workspace workspace, int layer, int firstRow, int rows, int threads, int part, ReadOnlySpan<float> parameters)
    {
        _workspace = workspace;
        _layer = layer;
        _firstRow = firstRow;
        Rows = rows;
        Threads = threads;
        _part = part;
        _parameters = parameters;
    }

    /// <summary>The backward pass of a forward pass.</summary>
    /// <param name="forward">The forward pass.</param>
    /// <param name="gradient">The gradient of all parameters from <paramref name="gradientStart"/> on, or the parameters themselves if these are to move.</param>
    /// <param name="gradientStart">Index of its first number.</param>
    /// <param name="use">What is done with the gradient of the layer's parameters.</param>
    internal LayerPass(in LayerPass forward, Span<float> gradient, int gradientStart, GradientUse use)
    {
        this = forward;
        _gradient = gradient;
        _gradientStart = gradientStart;
        GradientUse = use;
    }

    /// <summary>Number of samples, at least 1.</summary>
    public int Rows { get; }

    /// <summary>Threads that may be used, at least 1.</summary>
    public int Threads { get; }

    /// <summary>Most shards of a batch: 256.</summary>
    public const int MaxShards = ExecutionPlan.MaxShards;

    /// <summary>
    /// Where the shards of the whole batch begin, counted in its samples, and where the last one ends: a shard more than there are. A shard's sums are made from its first sample to its last, by
    /// whoever has it. One shard of all <see cref="Rows"/> where the batch is not cut.
    /// </summary>
    public ReadOnlySpan<int> ShardStarts => _workspace.Shards is { } shards ? shards.Starts : _workspace.WholeBatch(Rows);

    /// <summary>The first of the shards whose samples are the rows of this pass; another process may have those before it.</summary>
    public int FirstShard => _workspace.Shards?.First ?? 0;

    /// <summary>The shard after the last of them.</summary>
    public int EndShard => _workspace.Shards?.End ?? 1;

    /// <summary>
    /// Gives the other processes what this one has computed of its shards, and has what they have of theirs: for layers that need the whole batch (<see cref="Layer.SharesSums"/>), as often in a pass
    /// in each process.
    /// </summary>
    /// <param name="values">[shards, numbers of a shard]; those from <see cref="FirstShard"/> to <see cref="EndShard"/> are there, the others are received.</param>
    public void ShareShards(Span<float> values) => _workspace.Shards?.Share(values);

    /// <summary>Whether it is a forward pass in training; else the layer behaves as at inference.</summary>
    public bool IsTraining { get; internal init; }

    /// <summary>
    /// Where a layer draws random numbers from for one of the samples: the begin of a stream of its own, which follows from seed, epoch, the sample's place in it and the layer. The same each time it is asked for, and
    /// whoever asks; so a layer may draw for samples in any order, on any thread.
    /// </summary>
    /// <param name="row">The sample, from 0 to <see cref="Rows"/> − 1.</param>
    /// <exception cref="InvalidOperationException">It is no forward pass in training (<see cref="IsTraining"/>).</exception>
    public Philox RandomFor(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return IsTraining
            ? Random.ForLayer(_firstRow + row, _layer)
            : throw new InvalidOperationException($"There are random numbers in the forward pass of a training only; ask {nameof(IsTraining)} first.");
    }

    /// <summary>Where the samples of the workspace draw from, its first sample first.</summary>
    internal SampleRandom Random { get; init; }

    /// <summary>Where those of this pass draw from.</summary>
    internal SampleRandom RandomOfRows => Random.From(_firstRow);

    /// <summary>Index of the layer.</summary>
    internal int Layer => _layer;

    /// <summary>What the layer puts out, [rows, size].</summary>
    public Span<float> Output => _workspace.Activation(_layer + 1, _firstRow, Rows, _part);

    /// <summary>The gradient of what the layer puts out, [rows, size]; the layer may use it as it likes.</summary>
    public Span<float> OutputGradient => _workspace.ActivationGradient(_layer + 1, _firstRow, Rows);

    /// <summary>What the layer's forward pass leaves for its backward pass, [rows, <see cref="Layer.StateSize"/>]; empty where nobody goes back.</summary>
    public Span<float> State => _workspace.State(_layer, _firstRow, Rows);

    /// <summary>What the layer's forward pass leaves for its backward pass beside that, [<see cref="Layer.BatchStateSize"/>]; empty where nobody goes back.</summary>
    public Span<float> BatchState => _workspace.BatchState(_layer);

    /// <summary>Memory of at least <see cref="Layer.ScratchSize"/> floats for a pass in training, with anything in it.</summary>
    public Span<float> Scratch => _workspace.Scratch(_part);

    /// <summary>What the layer reads, [rows, size].</summary>
    /// <param name="index">Which of its inputs, from 0.</param>
    public ReadOnlySpan<float> Input(int index = 0) => _workspace.Activation(_workspace.Graph.InputsOf(_layer)[index], _firstRow, Rows, _part);

    /// <summary>Where a backward pass writes the gradient of an input, [rows, size], with anything in it; empty where nobody asks for it.</summary>
    /// <param name="index">Which of its inputs, from 0.</param>
    public Span<float> InputGradient(int index = 0)
    {
        int value = _workspace.Graph.InputsOf(_layer)[index];
        int slot = _workspace.Graph.GradientSlotOf(_layer, index);
        return slot < 0 ? _workspace.ActivationGradient(value, _firstRow, Rows) : _workspace.TemporaryGradient(slot, value, _firstRow, Rows);
    }

    /// <summary>The values of one of the layer's parameters.</summary>
    public ReadOnlySpan<float> Values(Parameter parameter) => parameter.Of(_parameters);

    /// <summary>The numbers of one of the layer's buffers; only the forward pass in training may change them.</summary>
    public Span<float> Values(LayerBuffer buffer) => buffer.Of(_workspace.Buffers);

    /// <summary>Where a backward pass writes the gradient of one of the layer's parameters, with anything in it.</summary>
    public Span<float> Gradient(Parameter parameter) => _gradient.Slice(parameter.Offset - _gradientStart, parameter.Shape.Size);

    /// <summary>What a layer that knows how (<see cref="Layer.FusesGradientUse"/>) does with the gradient of its parameters.</summary>
    internal GradientUse GradientUse { get; }

    /// <summary>
    /// The activation of the layer before, by whose derivative a backward pass multiplies the gradient of its input, where
    /// the layer says that it does (<see cref="Layer.TakesInputDerivative"/>); else identity.
    /// </summary>
    internal Activation InputActivation => _workspace.Graph.InputActivationOf(_layer);

    /// <summary>The layer's own activation, or identity where the layer after has multiplied by its derivative already.</summary>
    internal Activation OutputActivation => _workspace.Graph.OutputActivationOf(_layer);

    /// <summary>Whether threads share features rather than samples (<see cref="FeatureShares"/>).</summary>
    internal bool SharesFeatures => _workspace.SharesFeatures;

    /// <summary>What to read instead of the input, or null; see <see cref="Workspace.SparseInput"/>.</summary>
    internal SparseInput? SparseInput => _layer == 0 ? _workspace.SparseInput : null;

    /// <summary>The forward pass.</summary>
    internal void Forward() => _workspace.Graph.Layers[_layer].Forward(this);

    /// <summary>The backward pass, with the gradients of the inputs added to what layers after have left of them.</summary>
    /// <param name="gradient">The gradient of all parameters, or the parameters themselves if these are to move.</param>
    /// <param name="use">What is done with the gradient of the layer's parameters.</param>
    internal void Backward(Span<float> gradient, GradientUse use)
    {
        LayerGraph graph = _workspace.Graph;
        Layer layer = graph.Layers[_layer];
        if (layer.FusesGradientUse || layer.ParameterCount == 0 || use == GradientUse.Replace)
        {
            layer.Backward(new LayerPass(this, gradient, gradientStart: 0, use));
        }
        else
        {
            int first = layer.Parameters[0].Offset, count = layer.ParameterCount;
            Span<float> own = _workspace.LayerGradient[..count];
            layer.Backward(new LayerPass(this, own, first, GradientUse.Replace));
            Reductions.SumColumns(own, gradient.Slice(first, count), rows: 1, count, use, Threads);
        }
        ReadOnlySpan<int> inputs = graph.InputsOf(_layer);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (graph.GradientSlotOf(_layer, i) >= 0)
            {
                Span<float> sum = _workspace.ActivationGradient(inputs[i], _firstRow, Rows);
                ElementWiseKernels.Add(sum, InputGradient(i), sum, Threads);
            }
        }
    }
}
