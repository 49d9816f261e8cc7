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
    private readonly AlignedFloats[] _states;
    private readonly AlignedFloats _partialGradients;
    private readonly AlignedFloats[] _scratch;

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
        Lengths lengths = new(network, rows, training, threads);
        IReadOnlyList<Layer> layers = network.Layers;
        _isPassing = lengths.IsPassing;
        _activations = new AlignedFloats[layers.Count + 1];
        _activations[0] = NewRows(rows, lengths.Activations[0], "the network's input");
        for (int i = 0; i < layers.Count; i++)
        {
            _activations[i + 1] = layers[i].IsView ? _activations[i] : NewRows(rows, lengths.Activations[i + 1], layers[i].Name);
        }
        _activationGradients = training ? new AlignedFloats[layers.Count + 1] : [];
        for (int i = layers.Count; i >= 0 && training; i--)
        {
            _activationGradients[i] = i > network.FirstLearningLayer && i < layers.Count && layers[i].IsView
                ? _activationGradients[i + 1]
                : new AlignedFloats((int)lengths.ActivationGradients[i]);
        }
        _states = [.. layers.Select((layer, i) => NewRows(rows, lengths.States[i], layer.Name))];
        _partialGradients = NewRows(rows, lengths.PartialGradients, "the gradients of a few samples each");
        _scratch = [.. Enumerable.Range(0, threads).Select(_ => new AlignedFloats(lengths.Scratch))];
    }

    /// <summary>Bytes that <see cref="Network.MemoryFor"/> counts.</summary>
    internal static long BytesFor(Network network, int rows, bool training, int threads)
    {
        Lengths lengths = new(network, rows, training, threads);
        ThreadFloats thread = new(0, 0, Softmax.TurnedFloats(network.OutputShape.Size));
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

    /// <summary>What the last forward pass put out: [rows, output size].</summary>
    public Span<float> Output => _activations[^1].Span;

    /// <summary>Where the loss's gradient goes before a backward pass: [rows, output size]. A backward pass uses it up.</summary>
    public Span<float> OutputGradient => _activationGradients[^1].Span;

    /// <summary>The gradient of all parameters, in the order of <see cref="Network.Parameters"/>. Backward passes add to it.</summary>
    public Span<float> Gradient => (_gradient ??= new AlignedFloats(IsForTraining ? _network.Parameters.Length : 0)).Span;

    private bool IsForTraining => _activationGradients.Length > 0;

    /// <summary>The gradients of a few samples each, before they are added up; see <see cref="LayerGroup"/>.</summary>
    internal Span<float> PartialGradients => _partialGradients.Span;

    /// <summary>
    /// Whether threads share features rather than samples. That pays where samples come from the data set and
    /// every pass changes the weights; else these stay in the caches of all cores.
    /// </summary>
    internal bool SharesFeatures { get; init; }

    /// <summary>Samples that are read instead of <see cref="Input"/>, by a dense layer that comes first; null for none.</summary>
    internal SparseInput? SparseInput { get; init; }

    /// <summary>Output of layer <paramref name="layer"/>, counted from 1, for some samples; 0 is the network's input.</summary>
    internal Span<float> Activation(int layer, int firstRow, int rows) =>
        Part(_activations[layer], layer == 0 ? _network.InputShape.Size : _network.Layers[layer - 1].OutputShape.Size, firstRow, rows);

    /// <summary>
    /// Whether the next layer reads the output of layer <paramref name="layer"/>, counted from 1, at once, and nobody does
    /// later: then there are rows for the few samples under way only, <see cref="LayerGroup.SamplesAtOnce"/> for each
    /// thread. They stay in the cache.
    /// </summary>
    internal bool IsPassing(int layer) => _isPassing[layer];

    /// <summary>What layer <paramref name="layer"/>, counted from 0, keeps from its forward to its backward pass.</summary>
    internal Span<float> State(int layer, int firstRow, int rows) => Part(_states[layer], _states[layer].Length / Rows, firstRow, rows);

    /// <summary>The gradient of <see cref="Activation"/>.</summary>
    internal Span<float> ActivationGradient(int layer, int firstRow, int rows) =>
        Part(_activationGradients[layer], _activationGradients[layer].Length / Rows, firstRow, rows);

    /// <summary>Memory for the intermediate results of one of the threads.</summary>
    internal Span<float> Scratch(int thread) => _scratch[thread].Span;

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
        public Lengths(Network network, int rows, bool training, int threads)
        {
            IReadOnlyList<Layer> layers = network.Layers;
            IsPassing = new bool[layers.Count + 1];
            foreach (int layer in training ? [] : network.Groups.SelectMany(group => group.PassingOn()))
            {
                IsPassing[layer] = true;
            }
            Activations = new long[layers.Count + 1];
            Activations[0] = (long)rows * network.InputShape.Size;
            for (int i = 0; i < layers.Count; i++)
            {
                long rowsThere = IsPassing[i + 1] ? Math.Min(rows, (long)threads * LayerGroup.SamplesAtOnce) : rows;
                Activations[i + 1] = layers[i].IsView ? 0 : rowsThere * layers[i].OutputShape.Size;
            }
            // Nobody asks for the gradient of what comes in before the first layer that learns.
            ActivationGradients = [.. Activations.Select((_, i) =>
                !training || i <= network.FirstLearningLayer || (i < layers.Count && layers[i].IsView) ? 0 : (long)rows * layers[i - 1].OutputShape.Size)];
            States = [.. layers.Select(layer => training ? (long)rows * layer.StateSize : 0)];
            PartialGradients = training ? network.Groups.Max(group => group.PartialGradientSize(rows)) : 0;
            Scratch = training ? layers.Max(layer => layer.BackwardScratchSize) : 0;
        }

        /// <summary>See <see cref="Workspace.IsPassing(int)"/>.</summary>
        public bool[] IsPassing { get; }

        /// <summary>Of the input, and of each layer; 0 where a layer only shows what came in under another shape.</summary>
        public long[] Activations { get; }

        public long[] ActivationGradients { get; }

        public long[] States { get; }

        public long PartialGradients { get; }

        /// <summary>Of each thread.</summary>
        public int Scratch { get; }

        /// <summary>Of all but <see cref="Scratch"/>.</summary>
        public long Sum => Activations.Sum() + ActivationGradients.Sum() + States.Sum() + PartialGradients;
    }
}
