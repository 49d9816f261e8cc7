namespace Nabla.Benchmarks.Measuring;

/// <summary>One row of the table.</summary>
/// <param name="Workload">What was done.</param>
/// <param name="Threads">With how many threads.</param>
/// <param name="Rates">Who did how many units per second.</param>
/// <param name="Remarks">Who is missing, who was refused, and why.</param>
internal sealed record Result(Workload Workload, int Threads, IReadOnlyDictionary<Peer, Rates> Rates, IReadOnlyList<string> Remarks);
