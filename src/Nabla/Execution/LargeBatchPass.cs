using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Takes batches of more samples than go through a network at a time to their loss and its gradient. A batch is cut into
/// shards, and these into micro-batches: one of 60,000 needs no more memory for activations than one of 256, for each thread. The
/// gradient of a shard is summed from its first sample to its last, and those of the shards are then added up in order: its
/// bits depend on the shards, not on who takes them. With several shards for each thread, threads take whole ones and meet
/// once a batch; else all go through one shard after the other together.
/// </summary>
internal sealed class LargeBatchPass
{
    private readonly Network _network;
    private readonly FoldedShift? _shift;
    private readonly TrainingPass[] _passes;
    private readonly ExecutionPlan _plan;
    private readonly AlignedFloats _gradients;
    private readonly BatchLoss[] _losses;
    private int _nextShard;

    /// <param name="network">The network.</param>
    /// <param name="loss">The loss to minimise.</param>
    /// <param name="data">Where the samples are.</param>
    /// <param name="plan">How batches are cut and who takes what.</param>
    public LargeBatchPass(Network network, Loss loss, DataSet data, ExecutionPlan plan)
    {
        _network = network;
        _plan = plan;
        _shift = FoldedShift.For(network, data.Features);
        Preprocessing preprocessing = _shift?.Preprocessing ?? network.Preprocessing;
        SparseSamples? sparse = plan.MayReadSparse ? Batch.Sparse(data.Features, preprocessing) : null;
        _passes = [.. Enumerable.Range(0, plan.Passes)
            .Select(_ => new TrainingPass(network, loss, data, preprocessing, plan.MicroBatch, plan.ThreadsPerPass, sparse: sparse))];
        _gradients = new AlignedFloats(plan.Shards * network.Parameters.Length);
        _losses = new BatchLoss[plan.Shards];
    }

    /// <summary>The gradient of the last batch's mean loss.</summary>
    public ReadOnlySpan<float> Gradient => GradientOf(shard: 0);

    /// <summary>Computes the loss of a batch and its <see cref="Gradient"/>.</summary>
    /// <param name="batch">Indices of its samples.</param>
    /// <param name="random">Where layers that behave at random draw from.</param>
    public BatchLoss Run(ReadOnlySpan<int> batch, NumPyRandom random)
    {
        int shards = _plan.ShardsOf(batch.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shards, _losses.Length);
        _nextShard = 0;
        ShardsJob job = new(this, batch, shards, _shift is null ? _network.Parameters : _shift.ShiftedParameters(), random);
        WorkerTeam.Run(ref job, Math.Min(shards, _passes.Length));
        Span<float> gradient = GradientOf(shard: 0);
        if (shards > 1)
        {
            Reductions.SumColumns(_gradients.Span[gradient.Length..], gradient, shards - 1, gradient.Length, GradientUse.Add, _plan.Threads);
        }
        _shift?.AddToGradient(gradient);
        BatchLoss loss = default;
        for (int shard = 0; shard < shards; shard++)
        {
            loss += _losses[shard];
        }
        return loss;
    }

    private Span<float> GradientOf(int shard) => _gradients.Span.Slice(shard * _network.Parameters.Length, _network.Parameters.Length);

    private readonly ref struct ShardsJob(LargeBatchPass owner, ReadOnlySpan<int> batch, int shards, ReadOnlySpan<float> parameters, NumPyRandom random) : IJob
    {
        private readonly ReadOnlySpan<int> _batch = batch;
        private readonly ReadOnlySpan<float> _parameters = parameters;

        public void Run(int part, int parts)
        {
            // Whoever has time takes the next: other programs may keep one of the threads from its core.
            for (int shard; (shard = Interlocked.Increment(ref owner._nextShard) - 1) < shards;)
            {
                int microBatches = owner._plan.MicroBatchesOf(_batch.Length);
                int start = (int)((long)microBatches * shard / shards) * owner._plan.MicroBatch;
                int end = (int)Math.Min((long)microBatches * (shard + 1) / shards * owner._plan.MicroBatch, _batch.Length);
                owner._losses[shard] = owner.RunShard(owner._passes[part], _batch[start..end], _parameters, owner.GradientOf(shard), _batch.Length, random);
            }
        }
    }

    private BatchLoss RunShard(
        TrainingPass pass, ReadOnlySpan<int> samples, ReadOnlySpan<float> parameters, Span<float> gradient, int batchSize, NumPyRandom random)
    {
        BatchLoss loss = default;
        for (int start = 0; start < samples.Length; start += _plan.MicroBatch)
        {
            ReadOnlySpan<int> microBatch = samples[start..Math.Min(start + _plan.MicroBatch, samples.Length)];
            loss += pass.Forward(microBatch, parameters, batchSize, random);
            _network.Executor.Backward(pass.Workspace, microBatch.Length, parameters, gradient, start == 0 ? GradientUse.Replace : GradientUse.Add);
        }
        return loss;
    }
}
