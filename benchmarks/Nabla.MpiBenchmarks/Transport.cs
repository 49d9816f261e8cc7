using System.Diagnostics;
using System.Globalization;

namespace Nabla.MpiBenchmarks;

/// <summary>An MPI and the way that its bytes take.</summary>
/// <param name="Launcher">Its mpiexec.</param>
/// <param name="Over">The way.</param>
/// <param name="Options">What tells the launcher of it.</param>
internal sealed record Transport(string Launcher, string Over, string[] Options)
{
    // Without these Open MPI starts neither for root, as in containers, nor more processes than there are cores, and ties each to one core.
    private static readonly string[] OpenMpi = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"];

    public static Transport[] All { get; } =
    [
        new("mpiexec.mpich", "shared memory", []),
        new("mpiexec.mpich", "loopback TCP", ["-genv", "UCX_TLS", "tcp,self"]),
        new("mpiexec.openmpi", "shared memory", OpenMpi),
        new("mpiexec.openmpi", "loopback TCP", [.. OpenMpi, "--mca", "pml", "ob1", "--mca", "btl", "tcp,self"]),
    ];

    public string Name => $"{Launcher} over {Over}";

    public bool IsInstalled => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Launcher)));

    /// <summary>Measures messages between some processes.</summary>
    public Measurement Measure(int processes, double seconds) => Measurement.Parse(Run(processes, seconds));

    /// <summary>Measures a step of a training on some processes of some threads, in seconds.</summary>
    public double Measure(TrainingStep step, int processes, int threads, double seconds) =>
        double.Parse(Run(processes, seconds, "--steps", step.ToString(), "--threads", threads.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    private string Run(int processes, double seconds, params string[] more)
    {
        string[] arguments = [.. Options, "-n", processes.ToString(CultureInfo.InvariantCulture), Environment.ProcessPath!, "--rank", "--seconds", seconds.ToString(CultureInfo.InvariantCulture), .. more];
        ProcessStartInfo start = new(Launcher, arguments) { RedirectStandardOutput = true };
        // Open MPI gives its processes a terminal, and .NET sends it a greeting.
        start.Environment["TERM"] = "dumb";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Name} failed with exit code {process.ExitCode} for {processes} processes.");
    }
}
