using System.Globalization;
using System.Numerics;
using System.Text;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// How a network trains in batches of one size, decided once from network, batch and threads: how many samples go through at a
/// time, into how many shards a large batch is cut, who takes them, and what threads share. It prints itself.
/// </summary>
/// <remarks>
/// The numbers on which the bits of a training depend stand here, and nowhere else: with another, a recipe trains other weights.
/// None of them is the number of threads. They have a version, which is kept with a trained network (<see cref="TrainingRecord.PlanVersion"/>).
/// </remarks>
internal sealed class ExecutionPlan
{
    /// <summary>Of the constants here on which bits depend, and of the rules: to be raised with each change of one.</summary>
    public const int Version = 2;

    /// <summary>
    /// Samples that a thread passes together through layers that take them one by one (<see cref="LayerGroup"/>). More than one,
    /// since a layer has something to prepare, such as packing its weights. The gradient of the parameters is summed over so many
    /// samples, and these sums then over the batch.
    /// </summary>
    public const int SamplesAtOnce = 4;

    /// <summary>Most parameters of which each few samples have a gradient of their own: more would need too much memory and time for the sums.</summary>
    public const int MaxParametersOneByOne = 64 * 1024;

    // What two cores' second-level caches of 2 MiB hold: a core has its weights there, too. Samples below which products become
    // thin.
    private const int FloatsAtOnce = 1024 * 1024;
    private const int MinMicroBatch = 32;

    // Not more than one block of the inner index of a product: its gradient moves weights while it stands in registers.
    private const int MaxMicroBatch = 256;

    // What may be used where the caches do not matter.
    private const int MaxFloatsAtOnce = 16 * FloatsAtOnce;

    // Each shard's gradient must be added to the others', which takes as long as a few samples do.
    private const int MinMicroBatchesPerShard = 2;
    private const int MaxGradientFloats = 16 * 1024 * 1024;

    /// <summary>Most shards of a batch, and so most processes that can share one.</summary>
    public const int MaxShards = 256;

    // Where all samples of a batch go through together, layer by layer: of a shard, so that its products do not become thin, and for each parameter, whose gradient is written down and
    // added up for each shard.
    private const int MinSamplesPerShard = 12;
    private const int MinMultiplyAddsPerParameter = 400;

    /// <summary>Of standardised samples: a value may be left unshifted that is this many deviations from its mean at most, which costs three bits of the sums.</summary>
    public const float MaxFoldedShift = 8;

    /// <summary>Share of the samples that must be blank in a place for it to be left unshifted; with fewer, few products are left out.</summary>
    public const double MinBlankToFold = 0.25;

    /// <summary>
    /// Of statistics over samples and positions (<see cref="ChannelNormalization"/>): numbers of a part whose sums are made by themselves, and
    /// most parts; but at least one for each shard.
    /// </summary>
    public const int FloatsPerPartOfStatistics = 32 * 1024;

    /// <summary>See <see cref="FloatsPerPartOfStatistics"/>.</summary>
    public const int MaxPartsOfStatistics = 32;

    /// <summary>So many samples tell where the others are blank.</summary>
    public const int SamplesToTellBlanks = 1000;

    // From here on numbers that change no bits. With fewer shards, some threads would have nothing to do at the end for too long.
    private const int MinShardsPerThread = 4;

    // Of all threads' activations: 512 MiB.
    private const long MaxActivationFloats = 128 * 1024 * 1024;

    private readonly Network _network;
    private readonly int _maxShards;
    private readonly int _minSamplesPerShard;
    private readonly RandomSource _random;
    private readonly bool _augments;

    /// <param name="network">The network.</param>
    /// <param name="batchSize">Most samples in a batch, at least 1.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="random">Where what differs from sample to sample is drawn from.</param>
    /// <param name="augments">Whether samples are changed at random, so that they are no longer those of the data set.</param>
    public ExecutionPlan(Network network, int batchSize, int threads, RandomSource random = RandomSource.Philox, bool augments = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _network = network;
        _random = random;
        _augments = augments;
        BatchSize = batchSize;
        Threads = threads;
        TakesWholeBatch = network.Layers.Any(layer => layer.NeedsWholeBatch);
        MicroBatch = TakesWholeBatch ? batchSize : Math.Min(batchSize, network.Executor.MicroBatch);
        _maxShards = network.Layers.Any(layer => layer.NeedsOneShard(random)) ? 1 : Math.Clamp(MaxGradientFloats / Math.Max(1, network.Parameters.Length), 1, MaxShards);
        _minSamplesPerShard = (int)Math.Clamp(MinMultiplyAddsPerParameter * (double)network.Parameters.Length / network.Layers.Sum(layer => layer.Work), MinSamplesPerShard, int.MaxValue);
        Shards = ShardsOf(batchSize);
        TakesWholeShards = IsLarge && (Shards >= MinShardsPerThread * threads || Shards % threads == 0)
            && (long)threads * MicroBatch * FloatsPerSample(network.Graph) <= MaxActivationFloats;
    }

    /// <summary>The plan of a training.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">The training's options.</param>
    /// <param name="samples">How many samples there are to learn from.</param>
    public static ExecutionPlan Of(Network network, TrainingOptions options, int samples) => new(
        network, options.Order == SampleOrder.WithReplacement ? options.BatchSize : Math.Min(options.BatchSize, samples), options.Threads, options.RandomNumbers, options.Augmentation.Count > 0);

    /// <summary>Most samples in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Threads to use.</summary>
    public int Threads { get; }

    /// <summary>Samples that go through at a time.</summary>
    public int MicroBatch { get; }

    /// <summary>Whether a layer needs all samples of a batch together (<see cref="Layer.NeedsWholeBatch"/>).</summary>
    public bool TakesWholeBatch { get; }

    /// <summary>Whether a batch is more than goes through at a time.</summary>
    public bool IsLarge => BatchSize > MicroBatch;

    /// <summary>
    /// Into how many shards a whole batch is cut. The gradient of a shard is summed from its first sample to its last, and those of the
    /// shards are then added up in pairs (<see cref="Reductions.SumTree"/>).
    /// </summary>
    public int Shards { get; }

    /// <summary>Whether threads take whole shards and meet once a batch; else all go through one after the other together.</summary>
    public bool TakesWholeShards { get; }

    /// <summary>Whether all shards of a batch go through together, layer by layer: where it fits into the caches, or a layer needs it as a whole.</summary>
    public bool TakesShardsLayerByLayer => !IsLarge && Shards > 1;

    /// <summary>Passes under way at a time, each with memory of its own.</summary>
    public int Passes => TakesWholeShards ? Threads : 1;

    /// <summary>Threads of each of them.</summary>
    public int ThreadsPerPass => TakesWholeShards ? 1 : Threads;

    /// <summary>
    /// Whether threads share features rather than samples. That pays where samples come from the data set and
    /// every pass changes the weights; else these stay in the caches of all cores.
    /// </summary>
    public bool SharesFeatures => !IsLarge && _network.Layers[0] is Dense;

    /// <summary>Whether standardised samples may be left unshifted where they are blank, see <see cref="FoldedShift"/>.</summary>
    public bool MayFoldShift => IsLarge && !_augments;

    /// <summary>Whether a backward pass may move the weights while their gradient stands in registers: it is then that of the whole batch.</summary>
    public bool MayDescendAtOnce => BatchSize <= _network.Executor.MicroBatch && Shards == 1;

    /// <summary>Whether the first layer can read samples as lists of what is not zero, if enough of them is zero.</summary>
    public bool MayReadSparse =>
        IsLarge && Shards > 1 && !_augments && _network.Graph.ReadersOf(0).Length == 1 && _network.Layers[0] is Dense { OutputShape.Size: <= SparseProduct.MaxColumns };

    /// <summary>Into how many shards a batch of so many samples is cut, by itself alone. A power of two where it goes through at a time, so that as many processes have the same to do.</summary>
    public int ShardsOf(int samples) => IsLarge
        ? Math.Clamp(MicroBatchesOf(samples) / MinMicroBatchesPerShard, 1, _maxShards)
        : 1 << BitOperations.Log2((uint)Math.Clamp(samples / _minSamplesPerShard, 1, _maxShards));

    /// <summary>Index in a batch of so many samples of a shard's first one; of the shard after the last, their number.</summary>
    public int StartOf(int shard, int samples)
    {
        int unit = IsLarge ? MicroBatch : SamplesAtOnce;
        return (int)Math.Min(((long)samples + unit - 1) / unit * shard / ShardsOf(samples) * unit, samples);
    }

    /// <summary>How many times samples go through for a batch of so many.</summary>
    public int MicroBatchesOf(int samples) => (samples + MicroBatch - 1) / MicroBatch;

    /// <summary>
    /// Samples that go through a network at a time: as many as leave the activations of layers that take them all at once, and
    /// their gradients, in the second-level caches, within bounds, and never more than an array can hold.
    /// </summary>
    public static int MicroBatchOf(LayerGraph graph)
    {
        long inCachePerSample = graph.ShapeOf(0).Size + graph.Layers.Where(layer => !layer.IsView && !layer.TakesSamplesOneByOne).Sum(FloatsOf);
        long samples = Math.Min(FloatsAtOnce / inCachePerSample, MaxFloatsAtOnce / FloatsPerSample(graph));
        int longest = graph.Layers.Max(layer => Math.Max(Math.Max(layer.InputShape.Size, layer.OutputShape.Size), layer.StateSize));
        int most = Math.Clamp(Array.MaxLength / longest, 1, MaxMicroBatch);
        return LayerGroup.WholeUnits((int)Math.Clamp(samples, Math.Min(MinMicroBatch, most), most));
    }

    /// <summary>What is done with a batch as a whole, in a sentence, and then with each layer, as a table.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"A batch of {BatchSize:N0} samples, {Threads} thread{(Threads == 1 ? "" : "s")}: ");
        text.AppendLine(!IsLarge && Shards == 1 ? "all go through at a time." : !IsLarge ? $"all go through at a time, as {Shards} shards whose gradients are added up." : string.Create(CultureInfo.InvariantCulture,
            $"{MicroBatch:N0} samples go through at a time, in {Shards} shard{(Shards == 1 ? "" : "s")}{(!TakesWholeShards || Threads == 1 ? "" : ", of which each thread takes the next when it is done with one")}."));
        if (_augments)
        {
            text.AppendLine("Each sample is augmented by the thread that gathers it.");
        }
        int width = _network.Layers.Max(layer => layer.Name.Length);
        foreach (LayerGroup group in _network.Executor.Groups)
        {
            for (int layer = group.First; layer < group.End; layer++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{_network.Layers[layer].Name.PadRight(width)}  {Bytes(layer),9}  ").AppendLine(HowOf(group, layer));
            }
        }
        long workspace = _network.MemoryFor(MicroBatch, training: true, ThreadsPerPass) * Passes;
        return text.Append(CultureInfo.InvariantCulture, $"{"in all".PadRight(width)}  {Size(workspace),9}  with the gradient of the parameters and what threads keep for themselves").ToString();
    }

    private string HowOf(LayerGroup group, int layer)
    {
        Layer described = _network.Layers[layer];
        List<string> how = [];
        if (described.IsView)
        {
            return "the same memory under another shape";
        }
        if (group.IsOneByOne)
        {
            int together = group.End - group.First;
            how.Add($"{SamplesAtOnce} samples at a time, by each thread{(together == 1 ? "" : $", from {_network.Layers[group.First].Name} to {_network.Layers[group.End - 1].Name}")}");
            if (group.LearnsOneByOne && described.ParameterCount > 0)
            {
                how.Add($"a gradient for each {SamplesAtOnce}, and their sum");
            }
        }
        else if (layer == 0 && MayReadSparse)
        {
            how.Add("lists of what is not zero in a sample, if most is");
        }
        else if (described is Dense && !TakesWholeShards)
        {
            (ProductAlgorithm algorithm, int threads) = MatrixProduct.PlanOf(MicroBatch, described.InputShape.Size, described.OutputShape.Size, Threads, SharesFeatures);
            how.Add(threads == 1 ? "all samples at a time, on one thread"
                : algorithm == ProductAlgorithm.Pipeline ? $"each of {threads} threads keeps some of the inputs and their weights"
                : $"all samples at a time, on {threads} threads");
        }
        else
        {
            how.Add("all samples at a time");
        }
        if (described.FollowsStream)
        {
            how.Add(_random == RandomSource.NumPy ? "random numbers one after the other" : "each sample its own random numbers");
        }
        if (_network.Graph.InputActivationOf(layer) != Activation.Identity)
        {
            how.Add("takes the derivative of the layer before");
        }
        return string.Join("; ", how);
    }

    /// <summary>Of a layer's output, its gradient and what it keeps for it.</summary>
    private string Bytes(int layer)
    {
        LayerGraph graph = _network.Graph;
        long floats = graph.MemoryOf(layer + 1) != layer + 1 ? 0
            : graph.ShapeOf(layer + 1).Size * (graph.NeedsGradient(layer + 1) ? 2L : 1L) + graph.Layers[layer].StateSize;
        return Size(sizeof(float) * floats * MicroBatch * Passes);
    }

    private static string Size(long bytes) => bytes switch
    {
        0 => "",
        < 1000 => $"{bytes} B",
        < 1000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
    };

    /// <summary>What training holds for each sample, in floats.</summary>
    private static long FloatsPerSample(LayerGraph graph) => graph.ShapeOf(0).Size + graph.Layers.Where(layer => !layer.IsView).Sum(FloatsOf);

    /// <summary>With those of the gradient.</summary>
    private static long FloatsOf(Layer layer) => 2L * layer.OutputShape.Size + layer.StateSize;
}
