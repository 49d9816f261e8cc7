using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Batches of more samples than go through a network at a time: a batch of 60,000 needs no more memory for its activations
/// than one of 256. It is cut into shares, and these into pieces. Threads take whole shares, so that they meet once a
/// batch. The gradient of a share is summed from its first sample to its last, and those of the shares are then added up in
/// order: its bits do not depend on the threads.
/// </summary>
internal sealed class LargeBatch
{
    // Each share's gradient must be added to the others', which takes as long as a few samples do.
    private const int LeastPiecesPerShare = 2;
    private const int MostShares = 32;
    private const int MostFloats = 16 * 1024 * 1024;

    private readonly Network _network;
    private readonly UnshiftedInput? _unshifted;
    private readonly TrainingPass[] _passes;
    private readonly int _piece;
    private readonly int _mostShares;
    private readonly int _threads;
    private readonly AlignedFloats _gradients;
    private readonly BatchLoss[] _losses;
    private int _sharesTaken;

    /// <param name="network">The network.</param>
    /// <param name="loss">What is to become small.</param>
    /// <param name="data">Where the samples are.</param>
    /// <param name="batchSize">Most samples in a batch.</param>
    /// <param name="threads">Threads to use; results do not depend on it.</param>
    public LargeBatch(Network network, Loss loss, DataSet data, int batchSize, int threads)
    {
        _network = network;
        _unshifted = UnshiftedInput.For(network);
        _piece = network.RowsAtOnce;
        // Random numbers are drawn from sample to sample, by nobody else meanwhile.
        _mostShares = network.Layers.Any(layer => layer.DrawsRandomNumbers) ? 1 : Math.Clamp(MostFloats / network.Parameters.Length, 1, MostShares);
        _threads = threads;
        int shares = Shares(batchSize), parts = Math.Min(shares, threads);
        int threadsPerShare = parts > 1 ? 1 : threads;
        Preprocessing preprocessing = _unshifted?.Preprocessing ?? network.Preprocessing;
        SparseSamples? sparse = threadsPerShare == 1 && network.Layers[0] is Dense { OutputShape.Size: <= SparseProduct.MostColumns }
            ? SparseSamples.Of(data.Features, preprocessing) : null;
        _passes = [.. Enumerable.Range(0, parts).Select(_ => new TrainingPass(network, loss, data, preprocessing, _piece, threadsPerShare, sparse: sparse))];
        _gradients = new AlignedFloats(shares * network.Parameters.Length);
        _losses = new BatchLoss[shares];
    }

    /// <summary>The gradient of the last batch's mean loss.</summary>
    public ReadOnlySpan<float> Gradient => GradientOf(share: 0);

    /// <summary>Computes the loss of a batch and its <see cref="Gradient"/>.</summary>
    /// <param name="batch">Indices of its samples.</param>
    /// <param name="random">Where layers that behave at random draw from.</param>
    public BatchLoss Run(ReadOnlySpan<int> batch, NumPyRandom random)
    {
        int shares = Shares(batch.Length);
        _sharesTaken = 0;
        SharesJob job = new(this, batch, shares, random);
        _unshifted?.Begin();
        try
        {
            WorkerTeam.Run(ref job, Math.Min(shares, _passes.Length));
        }
        finally
        {
            _unshifted?.End();
        }
        Span<float> gradient = GradientOf(share: 0);
        Reductions.SumColumns(_gradients.Span[gradient.Length..], gradient, shares - 1, gradient.Length, GradientUse.Add, _threads);
        _unshifted?.Complete(gradient);
        BatchLoss loss = default;
        for (int share = 0; share < shares; share++)
        {
            loss += _losses[share];
        }
        return loss;
    }

    private Span<float> GradientOf(int share) => _gradients.Span.Slice(share * _network.Parameters.Length, _network.Parameters.Length);

    private int Pieces(int samples) => (samples + _piece - 1) / _piece;

    /// <summary>Follows from the network and the batch alone.</summary>
    private int Shares(int samples) => Math.Clamp(Pieces(samples) / LeastPiecesPerShare, 1, _mostShares);

    private readonly ref struct SharesJob(LargeBatch owner, ReadOnlySpan<int> batch, int shares, NumPyRandom random) : IJob
    {
        private readonly ReadOnlySpan<int> _batch = batch;

        public void Run(int part, int parts)
        {
            // Whoever has time takes the next: other programs may keep one of the threads from its core.
            for (int share; (share = Interlocked.Increment(ref owner._sharesTaken) - 1) < shares;)
            {
                int pieces = owner.Pieces(_batch.Length);
                int start = (int)((long)pieces * share / shares) * owner._piece;
                int end = (int)Math.Min((long)pieces * (share + 1) / shares * owner._piece, _batch.Length);
                owner._losses[share] = owner.RunShare(owner._passes[part], _batch[start..end], owner.GradientOf(share), _batch.Length, random);
            }
        }
    }

    private BatchLoss RunShare(TrainingPass pass, ReadOnlySpan<int> samples, Span<float> gradient, int batchSize, NumPyRandom random)
    {
        BatchLoss loss = default;
        for (int start = 0; start < samples.Length; start += _piece)
        {
            ReadOnlySpan<int> piece = samples[start..Math.Min(start + _piece, samples.Length)];
            loss += pass.Forward(piece, batchSize, random);
            _network.Backward(pass.Workspace, piece.Length, gradient, start == 0 ? GradientUse.Replace : GradientUse.Add);
        }
        return loss;
    }
}
