using System.Diagnostics;
using System.Globalization;
using Nabla;
using Nabla.Fuzz;

// Feeds files to readers:  Nabla.Fuzz [--target NAME|all] [--inputs N] [--seed N] [--findings FOLDER]
// Each target runs in a process of its own, which writes a file before it has it read: one that ends the process, or is not
// done after a while, is there to be looked at. Exit code 1: there are findings. With --file, one file is read.

const double MaxSeconds = 2;
const long MaxBytes = 1_000_000_000;

string target = Option("--target", "all"), findings = Option("--findings", "findings");
int inputs = int.Parse(Option("--inputs", "10000"), CultureInfo.InvariantCulture);
uint seed = uint.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture);

if (args.Contains("--child"))
{
    return RunChild(Target.Named(target));
}
if (Option("--file", "") is { Length: > 0 } path)
{
    Console.WriteLine(Violation(Target.Named(target), path, out _) ?? "no finding");
    return 0;
}
Console.WriteLine("target      inputs  accepted   refused  slowest  allocated  findings");
int failed = 0;
foreach (Target one in target is "all" ? Target.All : [Target.Named(target)])
{
    failed += RunTarget(one);
}
return failed == 0 ? 0 : 1;

string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : otherwise;

int RunTarget(Target one)
{
    ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
    // Started by 'dotnet', the process is that of dotnet.
    string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(Target).Assembly.Location] : [];
    foreach (string argument in (string[])[.. program, "--child", "--target", one.Name, "--inputs", $"{inputs}", "--seed", $"{seed}", "--findings", findings])
    {
        start.ArgumentList.Add(argument);
    }
    // More than this ends in an exception, which is a finding.
    start.Environment["DOTNET_GCHeapHardLimit"] = (2 * MaxBytes).ToString("x", CultureInfo.InvariantCulture);
    using Process process = Process.Start(start)!;
    string last = "";
    while (process.StandardOutput.ReadLine() is string line)
    {
        Console.WriteLine(line);
        last = line;
    }
    process.WaitForExit();
    if (process.ExitCode is 0 or 1)
    {
        return process.ExitCode;
    }
    Console.WriteLine($"{one.Name}: the process ended with {process.ExitCode} at {Path.Combine(findings, $"{one.Name}.current")}, after: {last}");
    return 1;
}

int RunChild(Target one)
{
    Directory.CreateDirectory(findings);
    string current = Path.Combine(findings, $"{one.Name}.current");
    Mutator mutator = new(one.Seeds(), seed);
    long began = Stopwatch.GetTimestamp(), most = 0;
    int accepted = 0, found = 0;
    double slowest = 0;
    using Timer watch = new(_ =>
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref began)).TotalSeconds > 60)
        {
            Environment.FailFast("An input is not done after a minute.");
        }
    }, null, 1000, 1000);
    for (int i = 0; i < inputs; i++)
    {
        byte[] input = mutator.Next();
        File.WriteAllBytes(current, input);
        Volatile.Write(ref began, Stopwatch.GetTimestamp());
        string? violation = Violation(one, current, out (bool Accepted, double Seconds, long Bytes) run);
        // Once more: the machine may have been at something else.
        violation = violation is null ? null : Violation(one, current, out run);
        accepted += run.Accepted ? 1 : 0;
        slowest = Math.Max(slowest, run.Seconds);
        most = Math.Max(most, run.Bytes);
        if (violation is not null && ++found <= 20)
        {
            string kept = Path.Combine(findings, $"{one.Name}.{seed}.{i}");
            File.WriteAllBytes(kept, input);
            Console.WriteLine($"{kept}: {violation.ReplaceLineEndings(" ")}");
        }
    }
    Console.WriteLine(FormattableString.Invariant($"{one.Name,-8} {inputs,9} {accepted,9} {inputs - accepted,9} {slowest,6:F2} s {most / 1e6,7:F1} MB {found,9}"));
    File.Delete(current);
    return found == 0 ? 0 : 1;
}

// What a reader does with a file that it must not do; null where it reads or refuses it as it should.
string? Violation(Target one, string file, out (bool Accepted, double Seconds, long Bytes) run)
{
    long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
    bool accepted = false;
    string? wrong = null;
    try
    {
        one.Read(file);
        accepted = true;
    }
    catch (Exception exception) when (exception is MalformedFileException or IOException or UnauthorizedAccessException)
    {
        if (exception.Message.Contains('\n', StringComparison.Ordinal) || exception.Message.Any(char.IsControl))
        {
            wrong = $"a message of several lines or with control characters: {exception.Message}";
        }
    }
#pragma warning disable CA1031 // Whatever else it is, it is what is looked for.
    catch (Exception exception)
#pragma warning restore CA1031
    {
        wrong = exception.ToString();
    }
    run = (accepted, Stopwatch.GetElapsedTime(start).TotalSeconds, GC.GetAllocatedBytesForCurrentThread() - before);
    return wrong
        ?? (run.Seconds > MaxSeconds ? FormattableString.Invariant($"takes {run.Seconds:F1} s")
        : run.Bytes > MaxBytes ? FormattableString.Invariant($"allocates {run.Bytes:N0} bytes")
        : null);
}
