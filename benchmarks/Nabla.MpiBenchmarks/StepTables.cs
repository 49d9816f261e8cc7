using System.Globalization;

namespace Nabla.MpiBenchmarks;

/// <summary>Measures steps on this machine, compares them with the model, and says what the model expects of many machines.</summary>
internal static class StepTables
{
    // Of networks between machines; what is usual, not measured here: an all-gather of few bytes between two over TCP, and over a network that programs reach without the kernel; bytes a second.
    private static readonly (string Name, double Latency, double Bandwidth)[] Networks = [("10 Gbit/s", 30e-6, 1.25e9), ("100 Gbit/s", 5e-6, 12.5e9)];

    private static readonly int[] Machines = [2, 4, 8, 16, 32, 64, 128, 256];

    public static void Print(TrainingStep[] steps, double seconds, int rounds)
    {
        Transport[] transports = [.. Transport.All.Where(transport => transport.IsInstalled)];
        Dictionary<string, (double Latency, double Bandwidth)> ways = [];
        foreach (Transport transport in transports)
        {
            Measurement[] measured = [.. Enumerable.Range(0, rounds).Select(_ => transport.Measure(2, seconds))];
            double latency = Measurement.Median(measured.Select(one => one.Latency)), exchange = Measurement.Median(measured.Select(one => one.Exchange));
            ways[transport.Name] = (latency, Measurement.Parameters * sizeof(float) / Math.Max(exchange - 2 * latency, 1e-9));
            Console.Error.WriteLine($"{transport.Name}: {latency * 1e6:F1} µs, {ways[transport.Name].Bandwidth / 1e9:F2} GB/s");
        }
        Console.WriteLine($"Median of {rounds} rounds of the median step, two processors. The model is fitted to one thread and checked on two processes of one thread each.");
        Console.WriteLine();
        Console.WriteLine("| step | one thread | two threads | two processes over | measured | by two threads | model |");
        Console.WriteLine("|---|---:|---:|---|---:|---:|---:|");
        List<StepModel> machines = [];
        foreach (TrainingStep step in steps)
        {
            TrainingStep half = step with { BatchSize = step.BatchSize / 2 };
            Transport alone = transports[0];
            List<double> one = [], two = [], halfOfOne = [], halfOfTwo = [];
            Dictionary<Transport, List<double>> shared = transports.ToDictionary(transport => transport, _ => new List<double>());
            for (int round = 0; round < rounds; round++)
            {
                one.Add(alone.Measure(step, 1, 1, seconds));
                two.Add(alone.Measure(step, 1, 2, seconds));
                halfOfOne.Add(alone.Measure(half, 1, 1, seconds));
                halfOfTwo.Add(alone.Measure(half, 1, 2, seconds));
                foreach (Transport transport in step.Shards > 1 ? transports : [])
                {
                    shared[transport].Add(transport.Measure(step, 2, 1, seconds));
                }
            }
            StepModel model = StepModel.Fit(step, Measurement.Median(one), Measurement.Median(halfOfOne));
            machines.Add(StepModel.Fit(step, Measurement.Median(two), Measurement.Median(halfOfTwo)));
            foreach (Transport transport in step.Shards > 1 ? transports : [])
            {
                double measured = Measurement.Median(shared[transport]);
                (double latency, double bandwidth) = ways[transport.Name];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {step.Recipe}, batch {step.BatchSize:N0} | {Measurement.Median(one) * 1e3:F2} ms | {Measurement.Median(two) * 1e3:F2} ms | {transport.Name} | {measured * 1e3:F2} ms | {measured / Measurement.Median(two):F2} | {model.Seconds(2, latency, bandwidth)! * 1e3:F2} ms |"));
            }
        }
        foreach ((string name, double latency, double bandwidth) in Networks)
        {
            Console.WriteLine();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"As many machines like this one at {name} (α {latency * 1e6:F0} µs, β {bandwidth / 1e9:F2} GB/s), times as fast as one of them; – where there are fewer shards:"));
            Console.WriteLine();
            Console.WriteLine($"| step | parameters | shards | {string.Join(" | ", Machines)} |");
            Console.WriteLine($"|---|---:|---:|{string.Concat(Machines.Select(_ => "---:|"))}");
            foreach (StepModel model in machines)
            {
                double alone = model.Seconds(1, latency, bandwidth)!.Value;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {model.Step.Recipe}, batch {model.Step.BatchSize:N0} | {model.Step.Parameters:N0} | {model.Step.Shards} | {string.Join(" | ", Machines.Select(count => model.Seconds(count, latency, bandwidth) is double time ? (alone / time).ToString("F1", CultureInfo.InvariantCulture) : "–"))} |"));
            }
        }
    }
}
