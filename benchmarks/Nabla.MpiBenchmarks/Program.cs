using System.CommandLine;
using System.Globalization;
using Nabla.Benchmarks.Measuring;
using Nabla.MpiBenchmarks;

// Measures what processes need to tell each other something, for each MPI of this machine, and prints a Markdown table; progress goes to standard error.

Option<int[]> processesOption = new("--processes") { Description = "How many processes.", HelpName = "numbers", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 2, 4, 8] };
Option<double> secondsOption = new("--seconds") { Description = "How long each of the two measurements takes.", HelpName = "seconds", DefaultValueFactory = _ => 1 };
Option<int> roundsOption = new("--rounds") { Description = "Rounds of the median; in each the MPIs take turns.", HelpName = "number", DefaultValueFactory = _ => 3 };
Option<bool> nowOption = new("--now") { Description = "Do not wait for the machine to become quiet." };
Option<string[]> stepsOption = new("--steps") { Description = "Measure steps of trainings instead, each RECIPE:BATCH such as best:96, and compare them with the model.", HelpName = "steps", AllowMultipleArgumentsPerToken = true };
Option<bool> rankOption = new("--rank") { Hidden = true };
Option<int> threadsOption = new("--threads") { Hidden = true, DefaultValueFactory = _ => 1 };

RootCommand command = new("Measures what processes need to tell each other something, for each MPI of this machine.") { processesOption, secondsOption, roundsOption, nowOption, stepsOption, rankOption, threadsOption };
command.SetAction(parsed =>
{
    double seconds = parsed.GetValue(secondsOption);
    if (parsed.GetValue(rankOption))
    {
        Rank.Run(seconds, parsed.GetValue(stepsOption) is [string step] ? TrainingStep.Parse(step) : null, parsed.GetValue(threadsOption));
        return;
    }
    if (!parsed.GetValue(nowOption))
    {
        Machine.WaitUntilQuiet(Console.Error.WriteLine);
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:d MMMM yyyy}. {Machine.Description}. Load of the machine at the start: {Machine.Load:F1}."));
    Console.WriteLine();
    if (parsed.GetValue(stepsOption) is { Length: > 0 } steps)
    {
        StepTables.Print([.. steps.Select(TrainingStep.Parse)], seconds, parsed.GetValue(roundsOption));
        return;
    }
    Compare(parsed.GetValue(processesOption)!, seconds, parsed.GetValue(roundsOption));
});
try
{
    return command.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is IOException or InvalidOperationException)
{
    Console.Error.WriteLine($"MPI benchmarks: {exception.Message}");
    return 1;
}

static void Compare(int[] processes, double seconds, int rounds)
{
    Transport[] transports = [.. Transport.All.Where(transport => transport.IsInstalled)];
    if (transports.Length == 0)
    {
        throw new InvalidOperationException("There is neither mpiexec.mpich nor mpiexec.openmpi on the PATH: on Debian the packages mpich and openmpi-bin have them.");
    }
    Dictionary<(Transport, int), List<Measurement>> results = [];
    for (int round = 0; round < rounds; round++)
    {
        foreach (Transport transport in transports)
        {
            foreach (int count in processes)
            {
                Measurement measured = transport.Measure(count, seconds);
                Console.Error.WriteLine($"round {round + 1}, {transport.Name}, {count} processes: {measured}");
                if (!results.TryGetValue((transport, count), out List<Measurement>? list))
                {
                    results[(transport, count)] = list = [];
                }
                list.Add(measured);
            }
        }
    }
    Console.WriteLine($"Median of {rounds} rounds. α: an all-gather of {Measurement.SmallBytes} bytes from each process. Exchange: a gradient of {Measurement.Parameters:N0} floats, each process getting its part of all others' (all-to-all) and giving");
    Console.WriteLine("the sum (all-gather). β: bytes that a process sends in it, by the time that is left after 2 α. Processor time: of all processes, by the time of the exchange; as many processors as are kept busy.");
    Console.WriteLine();
    Console.WriteLine("| MPI | over | processes | α, µs | exchange, ms | β, GB/s | processors |");
    Console.WriteLine("|---|---|---:|---:|---:|---:|---:|");
    foreach (Transport transport in transports)
    {
        foreach (int count in processes)
        {
            List<Measurement> all = results[(transport, count)];
            double latency = Measurement.Median(all.Select(one => one.Latency)), exchange = Measurement.Median(all.Select(one => one.Exchange));
            double bytes = 2.0 * (count - 1) / count * Measurement.Parameters * sizeof(float);
            string bandwidth = count == 1 ? "–" : (bytes / Math.Max(exchange - 2 * latency, 1e-9) / 1e9).ToString("F2", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {all[0].Library} | {transport.Over} | {count} | {latency * 1e6:F1} | {exchange * 1e3:F3} | {bandwidth} | {Measurement.Median(all.Select(one => one.Processors)):F1} |"));
        }
    }
}
