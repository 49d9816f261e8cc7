namespace Nabla.Benchmarks.Measuring;

/// <summary>Runs one workload in all programs that are there: first checks that they compute the same, then takes turns.</summary>
internal sealed class Comparison(PeerList peers, int rounds, double secondsPerTurn, Action<string> report)
{
    // A few steps in 32-bit floats, summed in different orders, agree to some 1e-6; a wrong factor is off by far more.
    private const double Tolerance = 1e-4;
    private const double WarmUpSeconds = 1;

    // Thread pools spin for a while after their work: nobody is to be timed beside another's spinning threads.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public Result Run(Workload workload, int threads)
    {
        List<string> remarks = [];
        Dictionary<Peer, IContestant> contestants = [];
        try
        {
            double[]? expected = null;
            bool agree = true;
            foreach (Peer peer in workload.Peers.Where(peers.IsWanted))
            {
                if (peers.WhyMissing(peer) is string reason)
                {
                    remarks.Add($"{peer.Title()} is missing: {reason}");
                    continue;
                }
                report($"{workload.Name}, threads: {threads}, {peer.Title()} starts");
                contestants.Add(peer, workload.Start(peer, threads));
                double[] figures = contestants[peer].Check();
                expected ??= figures;
                if (!Agree(expected, figures))
                {
                    agree = false;
                    remarks.Add($"{workload.Name} is refused: {peer.Title()} computes {Text(figures)}, Nabla {Text(expected)}");
                }
            }
            return new Result(workload, threads, agree ? Measure(workload, contestants) : [], remarks);
        }
        finally
        {
            foreach (IContestant contestant in contestants.Values)
            {
                contestant.Dispose();
            }
        }
    }

    private Dictionary<Peer, Rates> Measure(Workload workload, Dictionary<Peer, IContestant> contestants)
    {
        Dictionary<Peer, int> counts = [];
        foreach ((Peer peer, IContestant contestant) in contestants)
        {
            counts[peer] = WarmUp(contestant);
        }
        Dictionary<Peer, Rates> rates = contestants.Keys.ToDictionary(peer => peer, _ => new Rates());
        for (int round = 0; round < rounds; round++)
        {
            foreach ((Peer peer, IContestant contestant) in contestants)
            {
                GC.Collect();
                Thread.Sleep(Pause);
                double perSecond = counts[peer] * workload.UnitsPerRun / contestant.Run(counts[peer]);
                rates[peer].Add(perSecond);
                report($"{workload.Name}, round {round + 1}: {peer.Title()} {Format.Number(perSecond)} {workload.Unit}");
            }
        }
        return rates;
    }

    /// <summary>Runs until the just-in-time compiler and all caches have settled; returns how many runs fill a turn.</summary>
    private int WarmUp(IContestant contestant)
    {
        double spent = contestant.Run(1);
        int count = 1;
        double last = spent;
        while (spent < WarmUpSeconds)
        {
            count = last < WarmUpSeconds / 10 ? count * 2 : count;
            last = contestant.Run(count);
            spent += last;
        }
        return (int)Math.Clamp(Math.Round(secondsPerTurn * count / last), 1, int.MaxValue);
    }

    private static bool Agree(double[] expected, double[] found) =>
        expected.Length == found.Length && expected.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(Math.Abs(pair.First), 1e-3));

    private static string Text(double[] figures) => $"[{string.Join(", ", figures.Select(figure => figure.ToString("G7")))}]";
}
