using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Mpi.Tests;

/// <summary>What processes of <c>Nabla.MpiProcess</c> have printed, and how they ended.</summary>
internal sealed record Launched(int Code, string Output, string Error, TimeSpan Time)
{
    // None takes a tenth of this; one that waits for ever is a failure.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <summary>The MPIs that tests are run with; each is skipped where it is not installed.</summary>
    public static TheoryData<string> Kinds => [.. Mpiexec.Kinds];

    /// <summary>The processes' lines, sorted.</summary>
    public string[] Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)];

    /// <summary>Those that begin as ours do on standard error.</summary>
    public string[] News => [.. Error.Split('\n').Where(line => line.StartsWith("nabla: ", StringComparison.Ordinal))];

    /// <summary>Starts some processes by the launcher of an MPI and waits until they have ended.</summary>
    public static Launched By(string kind, int processes, string arguments, params (string Name, string Value)[] environment)
    {
        string[] launcher = Mpiexec.Command(kind, processes);
        return Run(launcher[0], [.. launcher[1..], Program, .. arguments.Split(' ')], environment);
    }

    /// <summary>Starts one process by itself.</summary>
    public static Launched Alone(string arguments, params (string Name, string Value)[] environment) => Run(Program, arguments.Split(' '), environment);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Nabla.MpiProcess");

    private static Launched Run(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        // Open MPI gives its processes a terminal, and .NET sends it a greeting.
        start.Environment["TERM"] = "dumb";
        Stopwatch clock = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeLimit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} took more than {TimeLimit.TotalSeconds} s: {output.Result}{error.Result}");
        }
        return new Launched(process.ExitCode, output.Result, error.Result, clock.Elapsed);
    }
}
