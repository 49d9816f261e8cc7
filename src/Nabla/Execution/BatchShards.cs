using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// The shards of the batch under way, and which of them this process has: as many as each other, or one more. What is summed over a batch is summed within each shard, and then over the shards in pairs; so no sum
/// depends on who has which.
/// </summary>
/// <param name="plan">How batches are cut.</param>
/// <param name="communicator">The processes.</param>
internal sealed class BatchShards(ExecutionPlan plan, ICommunicator communicator)
{
    private readonly int[] _starts = new int[plan.Shards + 1];
    private readonly int[] _lengths = new int[communicator.Size];
    private readonly int[] _otherLengths = new int[communicator.Size];
    private float[] _sent = [];
    private float[] _received = [];
    private int[] _nodes = [];

    /// <summary>Number of shards.</summary>
    public int Count { get; private set; }

    /// <summary>Whether other processes have some. A batch of fewer shards than processes is all processes' own: each computes all of it.</summary>
    public bool AreShared { get; private set; }

    /// <summary>The first that is here.</summary>
    public int First { get; private set; }

    /// <summary>The one after the last that is here.</summary>
    public int End { get; private set; }

    /// <summary>How many are here.</summary>
    public int Here => End - First;

    /// <summary>Most that are here, of any batch.</summary>
    public int MostHere => plan.Shards < communicator.Size ? plan.Shards : Math.Max((plan.Shards + communicator.Size - 1) / communicator.Size, communicator.Size - 1);

    /// <summary>Where shards begin, in samples of the batch, and where the last one ends.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count + 1);

    /// <summary>The samples that are here: the first, and the one after the last.</summary>
    public (int Start, int End) Samples => (_starts[First], _starts[End]);

    /// <summary>Cuts the next batch.</summary>
    public void Begin(int samples)
    {
        Count = plan.ShardsOf(samples);
        for (int shard = 0; shard <= Count; shard++)
        {
            _starts[shard] = plan.StartOf(shard, samples);
        }
        AreShared = communicator.Size > 1 && Count >= communicator.Size;
        (First, End) = AreShared ? (FirstOf(communicator.Rank), FirstOf(communicator.Rank + 1)) : (0, Count);
    }

    /// <summary>Gives the other processes what this one has of its shards, and has what they have of theirs.</summary>
    /// <param name="values">[shards, numbers of a shard].</param>
    public void Share<T>(Span<T> values)
        where T : unmanaged
    {
        if (!AreShared)
        {
            return;
        }
        int ofShard = values.Length / Count;
        for (int rank = 0; rank < _lengths.Length; rank++)
        {
            _lengths[rank] = Unsafe.SizeOf<T>() * ofShard * (FirstOf(rank + 1) - FirstOf(rank));
        }
        communicator.AllGather(MemoryMarshal.AsBytes(values[(First * ofShard)..(End * ofShard)]), MemoryMarshal.AsBytes(values), _lengths);
    }

    /// <summary>
    /// Adds up the gradients of all shards, in pairs. Each process adds up what it has, as far as that goes; then each adds up a part of the parameters of all processes, and gives it to all.
    /// </summary>
    /// <param name="gradients">[shards that are here, row]; the first row becomes the sum.</param>
    /// <param name="row">Floats from one gradient to the next.</param>
    /// <param name="columns">Floats of a gradient.</param>
    /// <param name="threads">Threads to use.</param>
    public void SumGradients(Span<float> gradients, int row, int columns, int threads)
    {
        Reductions.SumTree(gradients, row, columns, Consecutive(First, End), End, Count, threads);
        if (!AreShared)
        {
            return;
        }
        // What is left here: the sums of the greatest pairs of pairs that are here as a whole.
        int rank = communicator.Rank, size = communicator.Size, here = CountNodes(First, End);
        int own = ColumnOf(rank + 1, columns) - ColumnOf(rank, columns), nodes = 0;
        Grow(ref _sent, here * columns);
        int at = 0;
        for (int owner = 0; owner < size; owner++)
        {
            int start = ColumnOf(owner, columns), count = ColumnOf(owner + 1, columns) - start;
            foreach (int node in NodesOf(First, End))
            {
                gradients.Slice((node - First) * row + start, count).CopyTo(_sent.AsSpan(at));
                at += count;
            }
            _lengths[owner] = sizeof(float) * here * count;
            int theirs = CountNodes(FirstOf(owner), FirstOf(owner + 1));
            _otherLengths[owner] = sizeof(float) * theirs * own;
            nodes += theirs;
        }
        Grow(ref _received, nodes * own);
        communicator.AllToAll(MemoryMarshal.AsBytes(_sent.AsSpan(0, here * columns)), _lengths, MemoryMarshal.AsBytes(_received.AsSpan(0, nodes * own)), _otherLengths);
        if (_nodes.Length < nodes)
        {
            _nodes = new int[nodes];
        }
        at = 0;
        for (int other = 0; other < size; other++)
        {
            foreach (int node in NodesOf(FirstOf(other), FirstOf(other + 1)))
            {
                _nodes[at++] = node;
            }
            _lengths[other] = sizeof(float) * (ColumnOf(other + 1, columns) - ColumnOf(other, columns));
        }
        Reductions.SumTree(_received, own, own, _nodes.AsSpan(0, nodes), Count, Count, threads);
        communicator.AllGather(MemoryMarshal.AsBytes(_received.AsSpan(0, own)), MemoryMarshal.AsBytes(gradients[..columns]), _lengths);
    }

    /// <summary>The first shard of a process; of the process after the last, their number.</summary>
    private int FirstOf(int rank) => (int)((long)Count * rank / communicator.Size);

    /// <summary>The first parameter of which a process makes the sum, so that threads of any number of processes write to cache lines of their own.</summary>
    private int ColumnOf(int rank, int columns) => rank == communicator.Size ? columns : (int)((long)columns * rank / communicator.Size / 16 * 16);

    private NodeEnumerator NodesOf(int first, int end) => new(first, end, Count);

    private int CountNodes(int first, int end)
    {
        int count = 0;
        foreach (int _ in NodesOf(first, end))
        {
            count++;
        }
        return count;
    }

    private ReadOnlySpan<int> Consecutive(int first, int end)
    {
        if (_nodes.Length < end - first)
        {
            _nodes = new int[end - first];
        }
        for (int shard = first; shard < end; shard++)
        {
            _nodes[shard - first] = shard;
        }
        return _nodes.AsSpan(0, end - first);
    }

    private static void Grow(ref float[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = new float[length];
        }
    }

    /// <summary>Goes through the greatest nodes of the tree over all shards that lie within some of them: each by its first shard.</summary>
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
            while (Current % (2 * width) == 0 && Math.Min(Current + 2 * width, count) <= end && Current + width < count)
            {
                width *= 2;
            }
            _next = Math.Min(Current + width, count);
            return true;
        }
    }
}
