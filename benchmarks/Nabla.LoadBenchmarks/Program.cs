using System.CommandLine;
using System.Globalization;
using Nabla;
using Nabla.Benchmarks;
using Nabla.Benchmarks.Measuring;
using Nabla.LoadBenchmarks;

// Puts servers under load and prints a Markdown table; progress goes to standard error.

// Until a server's code is compiled as it stays.
const int WarmUpSeconds = 10;
const double LargestDifference = 1e-4;

Option<int> secondsOption = Number("--seconds", "How long each measurement takes.", 10);
Option<int> roundsOption = Number("--rounds", "Rounds of the median; in each the servers take turns.", 3);
Option<int[]> clientsOption = new("--clients") { Description = "How many clients ask at a time.", HelpName = "numbers", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 8, 64] };
Option<Contestant[]> contestantsOption = new("--servers") { Description = $"Who takes part: {string.Join(", ", Enum.GetNames<Contestant>())}.", HelpName = "names", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => Enum.GetValues<Contestant>() };
Option<string> modelOption = new("--model") { Description = $"The network: {string.Join(" or ", Digits.Names)}.", HelpName = "name", DefaultValueFactory = _ => Digits.Names[0] };
Option<bool> trainingOption = new("--training") { Description = "While a network is trained in the server's process." };
Option<int?> soakOption = new("--soak") { Description = "Only Nabla, for so many seconds with 8 clients: errors, and memory from beginning to end.", HelpName = "seconds" };
Option<bool> nowOption = new("--now") { Description = "Do not wait for the machine to become quiet." };
Option<Contestant?> serveOption = new("--serve") { Hidden = true };

RootCommand command = new("Puts the server of 'nabla serve' under load, and one of ASP.NET Core with ONNX Runtime, and prints a table.")
{
    secondsOption, roundsOption, clientsOption, contestantsOption, modelOption, trainingOption, soakOption, nowOption, serveOption,
};
command.SetAction(async (parsed, _) =>
{
    bool training = parsed.GetValue(trainingOption);
    string model = parsed.GetValue(modelOption)!;
    if (parsed.GetValue(serveOption) is Contestant served)
    {
        await Servers.Run(served, model, training);
        return;
    }
    string images = Path.GetTempFileName();
    try
    {
        ByteFeatures test = (ByteFeatures)MnistImages.Test.Features;
        File.WriteAllBytes(images, test.Values[..(1000 * 784)].ToArray());
        Wrk wrk = new(images, model);
        if (!parsed.GetValue(nowOption))
        {
            Machine.WaitUntilQuiet(Console.Error.WriteLine);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:d MMMM yyyy}. {Machine.Description}. Load of the machine at the start: {Machine.Load:F1}."));
        Console.WriteLine();
        if (parsed.GetValue(soakOption) is int seconds)
        {
            await Soak(wrk, model, seconds, training);
        }
        else
        {
            await Compare(wrk, parsed.GetValue(contestantsOption)!, parsed.GetValue(clientsOption)!, parsed.GetValue(roundsOption), parsed.GetValue(secondsOption), model, training);
        }
    }
    finally
    {
        File.Delete(images);
    }
});
try
{
    return await command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException or InvalidOperationException)
{
    Console.Error.WriteLine($"load benchmarks: {exception.Message}");
    return 1;
}

static Option<int> Number(string name, string description, int otherwise)
{
    Option<int> option = new(name) { Description = description, HelpName = "number", DefaultValueFactory = _ => otherwise };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
        {
            result.AddError($"{name} must be at least 1.");
        }
    });
    return option;
}

static async Task Compare(Wrk wrk, Contestant[] contestants, int[] clients, int rounds, int seconds, string model, bool training)
{
    byte[][] images = [.. Enumerable.Range(0, 20).Select(i => ((ByteFeatures)MnistImages.Test.Features)[i].ToArray())];
    Dictionary<(Contestant, int), List<(Load Load, double Processor)>> results = [];
    float[]? expected = null;
    for (int round = 0; round < rounds; round++)
    {
        foreach (Contestant contestant in contestants)
        {
            using ServerProcess server = new(contestant, model, training);
            float[] scores = await server.Scores(images);
            expected ??= scores;
            double difference = scores.Zip(expected, (one, other) => Math.Abs(one - other)).Max();
            if (difference > LargestDifference)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The scores of {contestant} differ by {difference:G3} from those of {contestants[0]}."));
            }
            await wrk.Run(server.Address, 8, WarmUpSeconds);
            foreach (int count in clients)
            {
                TimeSpan before = server.ProcessorTime;
                Load load = await wrk.Run(server.Address, count, seconds);
                double processor = (server.ProcessorTime - before).TotalMicroseconds / load.Requests;
                Console.Error.WriteLine($"round {round + 1}, {contestant}, {count} clients: {load}");
                if (!results.TryGetValue((contestant, count), out List<(Load, double)>? list))
                {
                    results[(contestant, count)] = list = [];
                }
                list.Add((load, processor));
            }
        }
    }
    Console.WriteLine($"Median of {rounds} rounds of {seconds} s{(training ? ", while 'tiny' is trained in the same process" : "")}. One image of MNIST a request; '{model}'.");
    Console.WriteLine();
    Console.WriteLine("| clients | server | requests/s | p50, ms | p99, ms | p99.9, ms | processor time a request, µs | errors |");
    Console.WriteLine("|---:|---|---:|---:|---:|---:|---:|---:|");
    foreach (int count in clients)
    {
        foreach (Contestant contestant in contestants)
        {
            List<(Load Load, double Processor)> all = results[(contestant, count)];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {count} | {contestant} | {Median(all, one => one.Load.PerSecond):N0} | {Median(all, one => one.Load.P50) / 1e3:F2} | {Median(all, one => one.Load.P99) / 1e3:F2} | {Median(all, one => one.Load.P999) / 1e3:F2} | {(training ? "–" : Median(all, one => one.Processor).ToString("N0", CultureInfo.InvariantCulture))} | {all.Sum(one => one.Load.Errors)} |"));
        }
    }
}

static async Task Soak(Wrk wrk, string model, int seconds, bool training)
{
    const int Clients = 8;
    using ServerProcess server = new(Contestant.Nabla, model, training);
    await wrk.Run(server.Address, Clients, WarmUpSeconds);
    long first = server.WorkingSet, most = first;
    Task<Load> running = wrk.Run(server.Address, Clients, seconds);
    while (await Task.WhenAny(running, Task.Delay(1000)) != running)
    {
        most = Math.Max(most, server.WorkingSet);
    }
    Load load = await running;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{seconds} s, {Clients} clients: {load.Requests:N0} requests ({load.PerSecond:N0} a second), {load.Errors} errors; working set {first / 1e6:F0} MB at the start (after {WarmUpSeconds} s), {server.WorkingSet / 1e6:F0} MB at the end, {most / 1e6:F0} MB at most."));
}

static double Median(List<(Load Load, double Processor)> all, Func<(Load Load, double Processor), double> of)
{
    double[] sorted = [.. all.Select(of).Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
