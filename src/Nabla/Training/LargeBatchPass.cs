using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Takes batches of more samples than go through a network at a time to their loss and its gradient. A batch is cut into
/// shares, and these into pieces: one of 60,000 needs no more memory for activations than one of 256, for each thread. The
/// gradient of a share is summed from its first sample to its last, and those of the shares are then added up in order: its
/// bits depend on the shares, not on who takes them. With several shares for each thread, threads take whole ones and meet
/// once a batch; else all go through one share after the other together.
/// </summary>
internal sealed class LargeBatchPass
{
    // Each share's gradient must be added to the others', which takes as long as a few samples do. These three numbers say how
    // many shares there are: others give other bits.
    private const int LeastPiecesPerShare = 2;
    private const int MostShares = 32;
    private const int MostGradientFloats = 16 * 1024 * 1024;

    // With fewer, some would have nothing to do at the end for too long.
    private const int LeastSharesPerThread = 4;

    // Of all threads' activations: 512 MiB.
    private const long MostActivationFloats = 128 * 1024 * 1024;

    private readonly Network _network;
    private readonly FoldedShift? _shift;
    private readonly TrainingPass[] _passes;
    private readonly int _piece;
    private readonly int _mostShares;
    private readonly int _threads;
    private readonly AlignedFloats _gradients;
    private readonly BatchLoss[] _losses;
    private int _nextShare;

    /// <param name="network">The network.</param>
    /// <param name="loss">What is to become small.</param>
    /// <param name="data">Where the samples are.</param>
    /// <param name="batchSize">Most samples in a batch.</param>
    /// <param name="threads">Threads to use; results do not depend on it.</param>
    public LargeBatchPass(Network network, Loss loss, DataSet data, int batchSize, int threads)
    {
        _network = network;
        _piece = network.RowsAtOnce;
        // Random numbers are drawn from sample to sample, by nobody else meanwhile.
        _mostShares = network.Layers.Any(layer => layer.DrawsRandomNumbers) ? 1 : Math.Clamp(MostGradientFloats / network.Parameters.Length, 1, MostShares);
        _threads = threads;
        int shares = Shares(batchSize);
        bool takesWholeShares = (shares >= LeastSharesPerThread * threads || shares % threads == 0)
            && threads * _piece * network.FloatsPerSample <= MostActivationFloats;
        _shift = FoldedShift.For(network, data.Features);
        Preprocessing preprocessing = _shift?.Preprocessing ?? network.Preprocessing;
        SparseSamples? sparse = shares > 1 && network.Graph.ReadersOf(0).Length == 1 && network.Layers[0] is Dense { OutputShape.Size: <= SparseProduct.MostColumns }
            ? Batch.Sparse(data.Features, preprocessing) : null;
        _passes = [.. Enumerable.Range(0, takesWholeShares ? threads : 1)
            .Select(_ => new TrainingPass(network, loss, data, preprocessing, _piece, takesWholeShares ? 1 : threads, sparse: sparse))];
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shares, _losses.Length);
        _nextShare = 0;
        SharesJob job = new(this, batch, shares, random);
        _shift?.MoveIntoBias();
        try
        {
            WorkerTeam.Run(ref job, Math.Min(shares, _passes.Length));
        }
        finally
        {
            _shift?.RestoreBias();
        }
        Span<float> gradient = GradientOf(share: 0);
        if (shares > 1)
        {
            Reductions.SumColumns(_gradients.Span[gradient.Length..], gradient, shares - 1, gradient.Length, GradientUse.Add, _threads);
        }
        _shift?.AddToGradient(gradient);
        BatchLoss loss = default;
        for (int share = 0; share < shares; share++)
        {
            loss += _losses[share];
        }
        return loss;
    }

    private Span<float> GradientOf(int share) => _gradients.Span.Slice(share * _network.Parameters.Length, _network.Parameters.Length);

    private int Pieces(int samples) => (samples + _piece - 1) / _piece;

    /// <summary>How many shares a batch has. It must not depend on the number of threads.</summary>
    private int Shares(int samples) => Math.Clamp(Pieces(samples) / LeastPiecesPerShare, 1, _mostShares);

    private readonly ref struct SharesJob(LargeBatchPass owner, ReadOnlySpan<int> batch, int shares, NumPyRandom random) : IJob
    {
        private readonly ReadOnlySpan<int> _batch = batch;

        public void Run(int part, int parts)
        {
            // Whoever has time takes the next: other programs may keep one of the threads from its core.
            for (int share; (share = Interlocked.Increment(ref owner._nextShare) - 1) < shares;)
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
