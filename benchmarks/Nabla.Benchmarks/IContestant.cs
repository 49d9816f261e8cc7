namespace Nabla.Benchmarks;

/// <summary>One program's way of doing a workload.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Figures of what comes out from the given start: must be the same for all contestants.</summary>
    double[] Check();

    /// <summary>Does the work so many times and returns the seconds that it took.</summary>
    double Run(int count);
}
