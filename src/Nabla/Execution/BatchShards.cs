using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    /// <summary>Number of shards.</summary>
    public int Count { get; private set; }

    /// <summary>Whether other processes have some. A batch of fewer shards than processes is all processes' own: each computes all of it.</summary>
    public bool AreShared { get; private set; }

    /// <summary>The first that is here.</summary>
    public int First { get; private set; }

    /// <summary>The one after the last that is here.</summary>
    public int End { get; private set; }

    /// <summary>Who adds up gradients meanwhile, if anybody does.</summary>
    public GradientExchange? Exchange { get; set; }

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
        // Calls of the processes have to come in the same order in all of them.
        Exchange?.Finish();
        int ofShard = values.Length / Count;
        for (int rank = 0; rank < _lengths.Length; rank++)
        {
            _lengths[rank] = Unsafe.SizeOf<T>() * ofShard * (FirstOf(rank + 1) - FirstOf(rank));
        }
        communicator.AllGather(MemoryMarshal.AsBytes(values[(First * ofShard)..(End * ofShard)]), MemoryMarshal.AsBytes(values), _lengths);
    }

    /// <summary>The first shard of a process; of the process after the last, their number.</summary>
    public int FirstOf(int rank) => communicator.FirstOf(rank, Count);
}
