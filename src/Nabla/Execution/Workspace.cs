using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// The memory of one pass through a network: activations, and for training their gradients and the gradient of the
/// parameters. It is allocated once and used again and again. One workspace serves one thread at a time; for several
/// threads make several: the network itself is only read.
/// </summary>
public sealed class Workspace
{
    private readonly Network _network;
    private readonly AlignedFloats[] _activations;
    private readonly bool[] _isPassing;
    private readonly AlignedFloats[] _activationGradients;
    private readonly AlignedFloats[] _temporaryGradients;
    private readonly AlignedFloats[] _states;
    private readonly float[][] _batchStates;
    private readonly AlignedFloats _partialGradients;
    private readonly AlignedFloats[] _scratch;
    private readonly AlignedFloats _layerGradient;
    private readonly int[] _wholeBatch = new int[2];

    // Made when first asked for: where passes move the weights, or a large batch has gradients of its own, nobody does.
    private AlignedFloats? _gradient;

    /// <param name="network">The network that will use this memory.</param>
    /// <param name="rows">Most samples per pass, at least 1.</param>
    /// <param name="training">Whether there will be backward passes.</param>
    /// <param name="threads">Threads a pass may use; results do not depend on it.</param>
    /// <exception cref="ArgumentException">So many samples of a layer are more than an array can hold; the message names the layer and the bytes.</exception>
    public Workspace(Network network, int rows, bool training, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _network = network;
        Rows = rows;
        Threads = threads;
        Executor = network.ExecutorFor(training);
        Lengths lengths = new(network, Executor, rows, training, threads);
        IReadOnlyList<Layer> layers = network.Layers;
        _isPassing = lengths.IsPassing;
        AlignedFloats[] buffers = [.. lengths.Buffers.Select(buffer => NewRows(rows, buffer.Length, buffer.Of == 0 ? "the network's input" : network.Graph.NameOf(buffer.Of)))];
        _activations = [.. lengths.BufferOf.Select(buffer => buffers[buffer])];
        // Last to first, against the order of the activations: buffers of whole pages that are read and written side by side then lie so that no store seems to
        // be to the place, modulo 4 KiB, that a load after it reads. The other order takes 8 % longer for a network of convolutions and pools.
        AlignedFloats[] gradients = new AlignedFloats[lengths.Gradients.Length];
        for (int value = gradients.Length - 1; value >= 0; value--)
        {
            gradients[value] = NewRows(rows, lengths.Gradients[value], network.Graph.NameOf(value));
        }
        _activationGradients = training ? [.. gradients.Select((_, value) => gradients[network.Graph.GradientMemoryOf(value)])] : [];
        _temporaryGradients = [.. lengths.TemporaryGradients.Select(length => NewRows(rows, length, "gradients that are added up"))];
        _states = [.. layers.Select((layer, i) => NewRows(rows, lengths.States[i], layer.Name))];
        _batchStates = [.. layers.Select(layer => new float[training ? layer.BatchStateSize : 0])];
        _partialGradients = NewRows(rows, lengths.PartialGradients, "the gradients of a few samples each");
        _scratch = [.. Enumerable.Range(0, threads).Select(_ => new AlignedFloats(lengths.Scratch))];
        _layerGradient = new AlignedFloats(lengths.LayerGradient);
    }

    /// <summary>Bytes that <see cref="Network.MemoryFor"/> counts.</summary>
    internal static long BytesFor(Network network, int rows, bool training, int threads)
    {
        Lengths lengths = new(network, network.ExecutorFor(training), rows, training, threads);
        ThreadFloats thread = new(0, 0, Softmax.TransposedFloats(network.OutputShape.Size));
        foreach (Layer layer in network.Layers)
        {
            thread = ThreadFloats.Max(thread, layer.ThreadFloats(rows, training));
        }
        return sizeof(float) * (lengths.Sum + (training ? network.Parameters.Length : 0) + threads * (lengths.Scratch + thread.Sum));
    }

    /// <summary>Most samples per pass.</summary>
    public int Rows { get; }

    /// <summary>Threads a pass may use.</summary>
    public int Threads { get; }

    /// <summary>Where the samples go before a forward pass: [rows, input size].</summary>
    public Span<float> Input => _activations[0].Span;

    /// <summary>Copies samples into <see cref="Input"/>, through the network's preprocessing.</summary>
    /// <param name="features">Where they are; of the network's input size.</param>
    /// <param name="samples">Their indices, at most as many as <see cref="Rows"/>.</param>
    /// <exception cref="ArgumentException">Samples have another size than the network's input, or there are too many.</exception>
    public void Load(Features features, ReadOnlySpan<int> samples)
    {
        if (features.SampleShape.Size != _network.InputShape.Size)
        {
            throw new ArgumentException($"The network takes samples of {_network.InputShape} = {_network.InputShape.Size} values, but these have {features.SampleShape}.", nameof(features));
        }
        if (samples.Length > Rows)
        {
            throw new ArgumentException($"This workspace holds 1 to {Rows} samples, not {samples.Length}.", nameof(samples));
        }
        Batch.CopyFeatures(features, _network.Preprocessing, samples, Input, Threads, bySample: true);
    }

    /// <summary>What the last forward pass put out: [rows, output size].</summary>
    public Span<float> Output => _activations[^1].Span[..(Rows * _network.OutputShape.Size)];

    /// <summary>Where the loss's gradient goes before a backward pass: [rows, output size]. A backward pass uses it up.</summary>
    public Span<float> OutputGradient => _activationGradients[^1].Span;

    /// <summary>The gradient of all parameters, in the order of <see cref="Network.Parameters"/>. Backward passes add to it.</summary>
    public Span<float> Gradient => (_gradient ??= new AlignedFloats(IsForTraining ? _network.Parameters.Length : 0)).Span;

    /// <summary>In which groups the network's layers are gone through with this memory.</summary>
    internal GraphExecutor Executor { get; }

    /// <summary>Who reads what.</summary>
    internal LayerGraph Graph => _network.Graph;

    private bool IsForTraining => _activationGradients.Length > 0;

    /// <summary>The gradients of a few samples each, before they are added up; see <see cref="LayerGroup"/>.</summary>
    internal Span<float> PartialGradients => _partialGradients.Span;

    /// <summary>The gradient of one layer's parameters, where it is written down before it is used.</summary>
    internal Span<float> LayerGradient => _layerGradient.Span;

    /// <summary>The numbers that layers keep beside their parameters.</summary>
    internal Span<float> Buffers => _network.Buffers;

    /// <summary>See <see cref="ExecutionPlan.SharesFeatures"/>.</summary>
    internal bool SharesFeatures { get; init; }

    /// <summary>Samples that are read instead of <see cref="Input"/>, by a dense layer that comes first; null for none.</summary>
    internal SparseInput? SparseInput { get; init; }

    /// <summary>How the batch is cut whose samples are in this memory; null where it is not.</summary>
    internal BatchShards? Shards { get; init; }

    /// <summary>The shards of a batch that is not cut: it begins, and it ends.</summary>
    internal ReadOnlySpan<int> WholeBatch(int rows)
    {
        _wholeBatch[1] = rows;
        return _wholeBatch;
    }

    /// <summary>A value for some samples; see <see cref="LayerGraph"/>.</summary>
    /// <param name="value">Its number.</param>
    /// <param name="firstRow">The first sample.</param>
    /// <param name="rows">Number of samples.</param>
    /// <param name="part">
    /// Which of the threads asks: a value that a group computes and reads alone has rows for the few samples under way only,
    /// <see cref="ExecutionPlan.SamplesAtOnce"/> for each thread, which stay in its cache.
    /// </param>
    internal Span<float> Activation(int value, int firstRow, int rows, int part) =>
        Part(_activations[value], Graph.ShapeOf(value).Size, _isPassing[value] ? part * ExecutionPlan.SamplesAtOnce : firstRow, rows);

    /// <summary>Whether a value is there for all samples after a pass.</summary>
    internal bool Keeps(int value) => !_isPassing[value];

    /// <summary>What layer <paramref name="layer"/>, counted from 0, keeps from its forward to its backward pass.</summary>
    internal Span<float> State(int layer, int firstRow, int rows) => Part(_states[layer], _states[layer].Length / Rows, firstRow, rows);

    /// <summary>What layer <paramref name="layer"/> keeps once for all samples.</summary>
    internal Span<float> BatchState(int layer) => _batchStates[layer];

    /// <summary>The gradient of a value for some samples; empty where nobody asks for it.</summary>
    internal Span<float> ActivationGradient(int value, int firstRow, int rows) =>
        Part(_activationGradients[value], _activationGradients[value].Length / Rows, firstRow, rows);

    /// <summary>Where a layer leaves the gradient of a value before it is added to those that other layers have left.</summary>
    internal Span<float> TemporaryGradient(int slot, int value, int firstRow, int rows) => Part(_temporaryGradients[slot], Graph.ShapeOf(value).Size, firstRow, rows);

    /// <summary>Memory for the intermediate results of one of the threads.</summary>
    internal Span<float> Scratch(int thread) => _scratch[thread].Span;

    /// <summary>Makes whatever is read before it is written show.</summary>
    internal void FillWithNaN()
    {
        foreach (AlignedFloats memory in (AlignedFloats[])[.. _activations, .. _activationGradients, .. _temporaryGradients, .. _states, _partialGradients, .. _scratch, _layerGradient])
        {
            memory.Span.Fill(float.NaN);
        }
        Array.ForEach(_batchStates, state => Array.Fill(state, float.NaN));
    }

    /// <exception cref="ArgumentException">The workspace belongs to another network or is too small.</exception>
    internal void ThrowIfUnfit(Network network, int rows, bool training)
    {
        if (!ReferenceEquals(network, _network))
        {
            throw new ArgumentException("This workspace was made for another network.");
        }
        if (rows < 1 || rows > Rows)
        {
            throw new ArgumentException($"This workspace holds 1 to {Rows} samples, not {rows}.");
        }
        if (training && !IsForTraining)
        {
            throw new ArgumentException("This workspace was made without memory for training (training: false).");
        }
    }

    private static AlignedFloats NewRows(int rows, long length, string whose) => length <= Array.MaxLength
        ? new AlignedFloats((int)length)
        : throw new ArgumentException(FormattableString.Invariant(
            $"{rows:N0} samples of {whose} at a time need {length * sizeof(float):N0} bytes, expected at most {(long)Array.MaxLength * sizeof(float):N0}; take fewer at a time, or smaller layers."));

    private static Span<float> Part(AlignedFloats buffer, int size, int firstRow, int rows) => buffer.Span.Slice(firstRow * size, rows * size);

    /// <summary>How long the buffers are, in floats, before any is allocated.</summary>
    private sealed class Lengths
    {
        public Lengths(Network network, GraphExecutor executor, int rows, bool training, int threads)
        {
            LayerGraph graph = network.Graph;
            IsPassing = new bool[graph.ValueCount];
            foreach (int value in training ? [] : executor.Groups.SelectMany(group => group.PassingOn()))
            {
                IsPassing[value] = true;
            }
            BufferOf = new int[graph.ValueCount];
            Buffers = [(0, (long)rows * network.InputShape.Size)];
            // Where nobody goes back, a value's memory is free once its last reader's group is through; what comes in stays.
            List<(int Buffer, int End)> inUse = [];
            foreach (LayerGroup group in executor.Groups)
            {
                int[] free = [.. inUse.Where(use => use.End <= group.First).Select(use => use.Buffer)];
                inUse.RemoveAll(use => use.End <= group.First);
                foreach (int value in Enumerable.Range(group.First + 1, group.End - group.First))
                {
                    if (graph.MemoryOf(value) != value)
                    {
                        BufferOf[value] = BufferOf[graph.MemoryOf(value)];
                        continue;
                    }
                    long length = (IsPassing[value] ? Math.Min(rows, (long)threads * ExecutionPlan.SamplesAtOnce) : rows) * graph.ShapeOf(value).Size;
                    if (!training && !IsPassing[value] && free.Length > 0)
                    {
                        BufferOf[value] = free[^1];
                        free = free[..^1];
                        Buffers[BufferOf[value]] = Buffers[BufferOf[value]].Length >= length ? Buffers[BufferOf[value]] : (value, length);
                    }
                    else
                    {
                        BufferOf[value] = Buffers.Count;
                        Buffers.Add((value, length));
                    }
                    if (!IsPassing[value])
                    {
                        inUse.Add((BufferOf[value], executor.Groups.First(other => graph.LastUseOf(value) < other.End || other.End == graph.Layers.Count).End));
                    }
                }
            }
            Gradients = [.. Enumerable.Range(0, graph.ValueCount).Select(value =>
                training && graph.NeedsGradient(value) && graph.GradientMemoryOf(value) == value ? (long)rows * graph.ShapeOf(value).Size : 0)];
            TemporaryGradients = training ? [.. TemporarySizes(graph).Select(size => (long)rows * size)] : [];
            BatchStates = training ? graph.Layers.Sum(layer => (long)layer.BatchStateSize) : 0;
            States = [.. graph.Layers.Select(layer => training ? (long)rows * layer.StateSize : 0)];
            PartialGradients = training ? executor.Groups.Max(group => group.PartialGradientSize(rows)) : 0;
            LayerGradient = training ? graph.Layers.Max(layer => layer.FusesGradientUse ? 0 : layer.ParameterCount) : 0;
            Scratch = training ? graph.Layers.Max(layer => layer.ScratchSize) : 0;
        }

        /// <summary>Whether a group computes and reads a value alone.</summary>
        public bool[] IsPassing { get; }

        /// <summary>The buffers of values, the input's first: how long each is, and the value that needs it so.</summary>
        public List<(int Of, long Length)> Buffers { get; }

        /// <summary>The buffer of each value.</summary>
        public int[] BufferOf { get; }

        /// <summary>Of each value; 0 where it has none or its gradient lies in another's memory.</summary>
        public long[] Gradients { get; }

        public long[] TemporaryGradients { get; }

        public long[] States { get; }

        public long BatchStates { get; }

        public long PartialGradients { get; }

        public int LayerGradient { get; }

        /// <summary>Of each thread.</summary>
        public int Scratch { get; }

        /// <summary>Of all but <see cref="Scratch"/>.</summary>
        public long Sum => Buffers.Sum(buffer => buffer.Length) + Gradients.Sum() + TemporaryGradients.Sum() + States.Sum() + BatchStates + PartialGradients + LayerGradient;

        /// <summary>The greatest sample that each of the temporary gradients has to take.</summary>
        private static List<int> TemporarySizes(LayerGraph graph)
        {
            List<int> sizes = [];
            for (int layer = 0; layer < graph.Layers.Count; layer++)
            {
                ReadOnlySpan<int> inputs = graph.InputsOf(layer);
                for (int i = 0; i < inputs.Length; i++)
                {
                    int slot = graph.GradientSlotOf(layer, i), size = graph.ShapeOf(inputs[i]).Size;
                    if (slot == sizes.Count)
                    {
                        sizes.Add(size);
                    }
                    else if (slot >= 0)
                    {
                        sizes[slot] = Math.Max(sizes[slot], size);
                    }
                }
            }
            return sizes;
        }
    }
}
