using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Adds up the gradients of a batch's shards, in pairs. Where several processes have them, each adds up what it has, as far as that goes; then each adds up a part of the parameters of all processes, and gives it to
/// all. That is done on another thread, while the backward pass goes on to the layers before.
/// </summary>
/// <param name="shards">Who has which.</param>
/// <param name="communicator">The processes.</param>
/// <param name="threads">Threads to use where nothing else goes on.</param>
internal sealed class GradientExchange(BatchShards shards, ICommunicator communicator, int threads) : IThreadPoolWorkItem
{
    // Fewer are left until there are more: each message takes its time, however short it is.
    private const int LeastFloats = 64 * 1024;

    private readonly int[] _sentLengths = new int[communicator.Size];
    private readonly int[] _receivedLengths = new int[communicator.Size];
    private readonly object _gate = new();
    private float[] _sent = [];
    private float[] _received = [];
    private int[] _nodes = [];
    private AlignedFloats? _gradients;
    private int _row;

    // The parameters from here on are added up, or are about to be.
    private int _waiting;
    private int _first;
    private int _end;
    private bool _isUnderWay;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Adds up all gradients.</summary>
    /// <param name="gradients">[shards that are here, parameters]; the first row becomes the sum.</param>
    /// <param name="row">Number of parameters.</param>
    public void Sum(AlignedFloats gradients, int row)
    {
        _gradients = gradients;
        _row = row;
        Sum(0, row, threads);
    }

    /// <summary>Begins with the gradients of a batch, whose last parameters are there first.</summary>
    /// <param name="gradients">As in <see cref="Sum(AlignedFloats, int)"/>.</param>
    /// <param name="row">Number of parameters.</param>
    public void Begin(AlignedFloats gradients, int row)
    {
        _gradients = gradients;
        _row = row;
        _waiting = row;
    }

    /// <summary>The gradients from a parameter on are there; they are added up now, or with those before.</summary>
    /// <param name="first">The first parameter; 0 for all.</param>
    public void Continue(int first)
    {
        bool isAll = first == 0;
        if (first == _waiting || (!isAll && (!shards.AreShared || _waiting - first < LeastFloats)))
        {
            return;
        }
        Finish();
        if (isAll || OperatingSystem.IsBrowser())
        {
            Sum(first, _waiting, threads);
        }
        else
        {
            (_first, _end, _isUnderWay) = (first, _waiting, true);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        _waiting = first;
    }

    /// <summary>Waits for what is under way.</summary>
    public void Finish()
    {
        if (OperatingSystem.IsBrowser())
        {
            return;
        }
        lock (_gate)
        {
            while (_isUnderWay)
            {
                Monitor.Wait(_gate);
            }
        }
        _failure?.Throw();
    }

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            // Not the team of threads, which the backward pass needs.
            Sum(_first, _end, threads: 1);
        }
#pragma warning disable CA1031 // The training's own thread throws it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
        lock (_gate)
        {
            _isUnderWay = false;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Adds up the gradients of some parameters.</summary>
    private void Sum(int first, int end, int threads)
    {
        Span<float> gradients = _gradients!.Span[first..];
        int columns = end - first;
        Reductions.SumTree(gradients, _row, columns, Consecutive(shards.First, shards.End), shards.End, shards.Count, threads);
        if (!shards.AreShared)
        {
            return;
        }
        // What is left here: the sums of the greatest pairs of pairs that are here as a whole.
        int rank = communicator.Rank, size = communicator.Size, here = CountNodes(rank);
        int own = communicator.FirstOf(rank + 1, columns) - communicator.FirstOf(rank, columns), nodes = 0, at = 0;
        Grow(ref _sent, here * columns);
        for (int other = 0; other < size; other++)
        {
            int start = communicator.FirstOf(other, columns), count = communicator.FirstOf(other + 1, columns) - start;
            foreach (int node in NodesOf(rank))
            {
                gradients.Slice((node - shards.First) * _row + start, count).CopyTo(_sent.AsSpan(at));
                at += count;
            }
            int theirs = CountNodes(other);
            (_sentLengths[other], _receivedLengths[other]) = (sizeof(float) * here * count, sizeof(float) * theirs * own);
            nodes += theirs;
        }
        Grow(ref _received, nodes * own);
        communicator.AllToAll(MemoryMarshal.AsBytes(_sent.AsSpan(0, here * columns)), _sentLengths, MemoryMarshal.AsBytes(_received.AsSpan(0, nodes * own)), _receivedLengths);
        Grow(ref _nodes, nodes);
        at = 0;
        for (int other = 0; other < size; other++)
        {
            foreach (int node in NodesOf(other))
            {
                _nodes[at++] = node;
            }
            _receivedLengths[other] = sizeof(float) * (communicator.FirstOf(other + 1, columns) - communicator.FirstOf(other, columns));
        }
        if (own > 0)
        {
            Reductions.SumTree(_received, own, own, _nodes.AsSpan(0, nodes), shards.Count, shards.Count, threads);
        }
        communicator.AllGather(MemoryMarshal.AsBytes(_received.AsSpan(0, own)), MemoryMarshal.AsBytes(gradients[..columns]), _receivedLengths);
    }

    /// <summary>The greatest nodes of the tree over all shards that a process has as a whole, each by its first shard.</summary>
    private NodeEnumerator NodesOf(int rank) => new(shards.FirstOf(rank), shards.FirstOf(rank + 1), shards.Count);

    private int CountNodes(int rank)
    {
        int count = 0;
        foreach (int _ in NodesOf(rank))
        {
            count++;
        }
        return count;
    }

    private ReadOnlySpan<int> Consecutive(int first, int end)
    {
        Grow(ref _nodes, end - first);
        for (int shard = first; shard < end; shard++)
        {
            _nodes[shard - first] = shard;
        }
        return _nodes.AsSpan(0, end - first);
    }

    private static void Grow<T>(ref T[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = new T[length];
        }
    }

    private ref struct NodeEnumerator(int first, int end, int count)
    {
        private int _next = first;

        public int Current { get; private set; }

        public readonly NodeEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next >= end)
            {
                return false;
            }
            Current = _next;
            int width = 1;
            while (Current % (2 * width) == 0 && Current + width < count && Math.Min(Current + 2 * width, count) <= end)
            {
                width *= 2;
            }
            _next = Math.Min(Current + width, count);
            return true;
        }
    }
}
