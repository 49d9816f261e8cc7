namespace Nabla.Benchmarks;

/// <summary>Something to do that several programs can do, and what is expected of Nabla.</summary>
internal abstract class Workload
{
    /// <summary>As given to <c>--workload</c>.</summary>
    public abstract string Name { get; }

    /// <summary>In a few words, for the table.</summary>
    public abstract string Description { get; }

    /// <summary>What is counted: steps/s, images/s, GFLOP/s.</summary>
    public abstract string Unit { get; }

    /// <summary>How many of these one run makes.</summary>
    public virtual double UnitsPerRun => 1;

    public abstract Cost Cost { get; }

    /// <summary>Numbers of threads to run it with, of the <paramref name="threads"/> that are allowed.</summary>
    public virtual IEnumerable<int> ThreadCounts(int threads) => [threads];

    /// <summary>Who can do it. Nabla comes first: the others are held against it.</summary>
    public virtual IReadOnlyList<Peer> Peers => [Peer.Nabla, Peer.TorchSharp, Peer.NumPy];

    /// <summary>Prepares one contestant; all of them get the same numbers.</summary>
    public abstract IContestant Start(Peer peer, int threads);
}
