using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Takes batches to their loss and its gradient, as an <see cref="ExecutionPlan"/> says. A batch is cut into
/// shards, and these into micro-batches: one of 60,000 needs no more memory for activations than one of 256, for each thread. The
/// gradient of a shard is summed from its first sample to its last, and those of the shards are then added up in pairs: its
/// bits depend on the shards, not on who takes them, nor on how many processes share them (<see cref="BatchShards"/>). With several shards for each thread, threads take whole ones and meet
/// once a batch; else all go through one shard after the other together, or, where the batch is small, through all shards layer by layer.
/// </summary>
internal sealed class BatchPass
{
    private readonly Network _network;
    private readonly FoldedShift? _shift;
    private readonly TrainingPass[] _passes;
    private readonly ExecutionPlan _plan;
    private readonly BatchLoss[] _losses;
    private readonly BatchShards _shards;
    private readonly GradientExchange _exchange;

    // [shards that are here, parameters]. Made when first needed: not where the backward pass moves the weights.
    private AlignedFloats? _gradients;
    private int _nextShard;

    /// <param name="network">The network.</param>
    /// <param name="loss">The loss to minimise.</param>
    /// <param name="data">Where the samples are.</param>
    /// <param name="plan">How batches are cut and who takes what.</param>
    /// <param name="augmentations">What is done to samples at random; null for nothing. The plan knows of it.</param>
    /// <param name="communicator">The processes that share batches; null for this one alone.</param>
    public BatchPass(Network network, Loss loss, DataSet data, ExecutionPlan plan, IReadOnlyList<Augmentation>? augmentations = null, ICommunicator? communicator = null)
    {
        communicator ??= SingleProcess.Instance;
        _shards = new BatchShards(plan, communicator);
        _shards.Exchange = _exchange = new GradientExchange(_shards, communicator, plan.Threads);
        _network = network;
        _plan = plan;
        _shift = plan.MayFoldShift ? FoldedShift.For(network, data.Features) : null;
        Preprocessing preprocessing = _shift?.Preprocessing ?? network.Preprocessing;
        SparseSamples? sparse = plan.MayReadSparse ? Batch.Sparse(data.Features, preprocessing) : null;
        Augmenter? augmenter = augmentations is { Count: > 0 } ? new Augmenter(augmentations, network.InputShape, preprocessing) : null;
        _passes = [.. Enumerable.Range(0, plan.Passes).Select(_ => new TrainingPass(network, loss, data, preprocessing, plan, sparse, augmenter, plan.TakesShardsLayerByLayer ? _shards : null))];
        _losses = new BatchLoss[plan.Shards];
    }

    /// <summary>The gradient of the last batch's mean loss.</summary>
    public Span<float> Gradient => _gradients!.Span[.._network.Parameters.Length];

    /// <summary>Computes the loss of a batch and its <see cref="Gradient"/>.</summary>
    /// <param name="batch">Indices of its samples.</param>
    /// <param name="random">Where the samples draw from, the first of <paramref name="batch"/> first.</param>
    public BatchLoss Run(ReadOnlySpan<int> batch, SampleRandom random)
    {
        _shards.Begin(batch.Length);
        ReadOnlySpan<float> parameters = _shift is null ? _network.Parameters : _shift.ShiftedParameters();
        int length = parameters.Length;
        _gradients ??= new AlignedFloats(_shards.MostHere * length);
        if (_plan.TakesShardsLayerByLayer)
        {
            (int start, int end) = _shards.Samples;
            _passes[0].ForwardShards(batch[start..end], parameters, batch.Length, random.From(start), _losses);
            _network.Executor.BackwardShards(_passes[0].Workspace, parameters, _gradients, _exchange);
        }
        else
        {
            _nextShard = _shards.First;
            ShardsJob job = new(this, batch, parameters, random);
            WorkerTeam.Run(ref job, Math.Min(_shards.Here, _passes.Length));
            _exchange.Sum(_gradients, length);
        }
        _shift?.AddToGradient(Gradient);
        _shards.Share(_losses.AsSpan(0, _shards.Count));
        BatchLoss loss = default;
        for (int shard = 0; shard < _shards.Count; shard++)
        {
            loss += _losses[shard];
        }
        return loss;
    }

    /// <summary>
    /// Computes the loss of a batch and moves the network's parameters at once, as <see cref="Run"/> and a step of plain gradient descent would: the same bits.
    /// They stay as they are where the loss is not finite. Only for plans that say so (<see cref="ExecutionPlan.MayDescendAtOnce"/>).
    /// </summary>
    /// <param name="batch">Indices of its samples.</param>
    /// <param name="learningRate">Step size; with each layer's factor above 0, also as a float.</param>
    /// <param name="random">Where the samples draw from, the first of <paramref name="batch"/> first.</param>
    public BatchLoss RunAndDescend(ReadOnlySpan<int> batch, double learningRate, SampleRandom random)
    {
        BatchLoss loss = _passes[0].Forward(batch, _network.Parameters, batch.Length, random);
        if (double.IsFinite(loss.Sum))
        {
            _network.Executor.BackwardAndDescend(_passes[0].Workspace, batch.Length, _network.Parameters, learningRate);
        }
        return loss;
    }

    private readonly ref struct ShardsJob(BatchPass owner, ReadOnlySpan<int> batch, ReadOnlySpan<float> parameters, SampleRandom random) : IJob
    {
        private readonly ReadOnlySpan<int> _batch = batch;
        private readonly ReadOnlySpan<float> _parameters = parameters;

        public void Run(int part, int parts)
        {
            BatchShards shards = owner._shards;
            // Whoever has time takes the next: other programs may keep one of the threads from its core.
            for (int shard; (shard = Interlocked.Increment(ref owner._nextShard) - 1) < shards.End;)
            {
                int start = shards.Starts[shard], end = shards.Starts[shard + 1];
                Span<float> gradient = owner._gradients!.Span.Slice((shard - shards.First) * _parameters.Length, _parameters.Length);
                owner._losses[shard] = owner.RunShard(owner._passes[part], _batch[start..end], _parameters, gradient, _batch.Length, random.From(start));
            }
        }
    }

    private BatchLoss RunShard(
        TrainingPass pass, ReadOnlySpan<int> samples, ReadOnlySpan<float> parameters, Span<float> gradient, int batchSize, SampleRandom random)
    {
        BatchLoss loss = default;
        for (int start = 0; start < samples.Length; start += _plan.MicroBatch)
        {
            ReadOnlySpan<int> microBatch = samples[start..Math.Min(start + _plan.MicroBatch, samples.Length)];
            loss += pass.Forward(microBatch, parameters, batchSize, random.From(start));
            _network.Executor.Backward(pass.Workspace, microBatch.Length, parameters, gradient, start == 0 ? GradientUse.Replace : GradientUse.Add);
        }
        return loss;
    }
}
