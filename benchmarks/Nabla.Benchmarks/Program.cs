using System.CommandLine;
using System.Text;
using Nabla;
using Nabla.Benchmarks;
using Nabla.Benchmarks.Measuring;
using Nabla.IO;

// Runs the workloads in all programs that are there and prints a Markdown table; progress goes to standard error.

string names = string.Join(", ", WorkloadList.All.Select(workload => workload.Name));
Option<string[]> workloadsOption = new("--workload") { Description = $"Only these: {names}.", HelpName = "names", AllowMultipleArgumentsPerToken = true };
Option<Peer[]> peersOption = new("--peers")
{
    Description = $"Who takes part: {string.Join(", ", Enum.GetNames<Peer>())}; Nabla always does.",
    HelpName = "names",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => Enum.GetValues<Peer>(),
};
Option<int> roundsOption = new("--rounds") { Description = "Rounds of the median, at least 1.", HelpName = "number", DefaultValueFactory = _ => 5 };
Option<double> secondsOption = new("--seconds") { Description = "About how long each turn takes, above 0.", HelpName = "number", DefaultValueFactory = _ => 1 };
Option<int> threadsOption = new("--threads") { Description = "Threads for everyone, at least 1.", HelpName = "number", DefaultValueFactory = _ => Environment.ProcessorCount };
Option<FileInfo?> outOption = new("--out") { Description = "Also writes the table to this file.", HelpName = "path" };
workloadsOption.Validators.Add(result =>
{
    foreach (string name in result.Tokens.Select(token => token.Value))
    {
        Require(result, WorkloadList.All.Any(workload => workload.Name == name), $"--workload: there is no '{name}'; there are {names}.");
    }
});
roundsOption.Validators.Add(result => Require(result, result.GetValueOrDefault<int>() >= 1, "--rounds must be at least 1."));
secondsOption.Validators.Add(result => Require(result, result.GetValueOrDefault<double>() > 0, "--seconds must be above 0."));
threadsOption.Validators.Add(result => Require(result, result.GetValueOrDefault<int>() >= 1, "--threads must be at least 1."));

RootCommand command = new("Runs the same work in Nabla, TorchSharp, NumPy and ONNX Runtime and prints a table.")
{
    workloadsOption, peersOption, roundsOption, secondsOption, threadsOption, outOption,
};
command.SetAction(parsed =>
{
    string[] wanted = parsed.GetValue(workloadsOption) ?? [];
    PeerList peers = new(parsed.GetValue(peersOption)!);
    int rounds = parsed.GetValue(roundsOption);
    int threads = parsed.GetValue(threadsOption);
    Comparison comparison = new(peers, rounds, parsed.GetValue(secondsOption), Console.Error.WriteLine);
    // Before hours of work rather than after them.
    FileInfo? file = parsed.GetValue(outOption);
    if (file?.Directory is { Exists: false } folder)
    {
        throw new DirectoryNotFoundException($"--out: there is no folder {folder.FullName}.");
    }
    Machine.WaitUntilQuiet(Console.Error.WriteLine);
    double? load = Machine.Load;
    Dictionary<int, Limits> limits = [];
    List<Result> results = [];
    foreach (Workload workload in WorkloadList.All.Where(workload => wanted.Length == 0 || wanted.Contains(workload.Name)))
    {
        foreach (int count in workload.ThreadCounts(threads))
        {
            limits.TryAdd(count, new Limits(count));
            limits[count].Measure();
            results.Add(comparison.Run(workload, count));
        }
    }
    string table = Report.Markdown(results, limits, peers.Versions, rounds, load);
    Console.Write(table);
    if (file is not null)
    {
        // What stands under headings of its own is from elsewhere, such as benchmarks/one-digit.
        string before = file.Exists ? File.ReadAllText(file.FullName) : "";
        int heading = before.IndexOf("\n## ", StringComparison.Ordinal);
        AtomicFile.Write(file.FullName, stream => stream.Write(Encoding.UTF8.GetBytes(heading < 0 ? table : table + before[heading..])));
    }
    return results.Any(result => result.Rates.Count == 0) ? 1 : 0;
});
ParseResult arguments = command.Parse(args);
if (arguments.Errors is [{ Message: string mistake }, ..])
{
    Console.Error.WriteLine($"benchmarks: {mistake}");
    return 2;
}
try
{
    return arguments.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException or InvalidOperationException)
{
    Console.Error.WriteLine($"benchmarks: {exception.Message}");
    return 1;
}

static void Require(System.CommandLine.Parsing.OptionResult result, bool holds, string message)
{
    if (!holds)
    {
        result.AddError(message);
    }
}
