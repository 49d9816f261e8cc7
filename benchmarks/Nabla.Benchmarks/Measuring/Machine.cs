using System.Globalization;
using System.Runtime.InteropServices;

namespace Nabla.Benchmarks.Measuring;

/// <summary>On what was measured.</summary>
internal static class Machine
{
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} logical processors; {OperatingSystem}; {RuntimeInformation.FrameworkDescription}";

    /// <summary>Processes that were running or waiting to, averaged over the last minute; null where the system does not tell.</summary>
    public static double? Load => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;

    /// <summary>The most of a machine where nothing else runs; a process at work adds 1.</summary>
    public const double QuietLoad = 0.3;

    /// <summary>
    /// Waits for what was done before to leave the average of the last minute, such as the build of this program; not for ever, since
    /// others may be at work all the time.
    /// </summary>
    /// <param name="report">Is told that it waits.</param>
    public static void WaitUntilQuiet(Action<string> report)
    {
        const int MaxSeconds = 300;
        for (int second = 0; second < MaxSeconds && Load > QuietLoad; second++)
        {
            if (second == 0)
            {
                report(string.Create(CultureInfo.InvariantCulture, $"waits for the machine to become quiet (its load is {Load:N1})"));
            }
            Thread.Sleep(1000);
        }
    }

    private static string Processor => Value("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string OperatingSystem => Value("/etc/os-release", "PRETTY_NAME", '=') ?? RuntimeInformation.OSDescription;

    private static string? Value(string path, string name, char separator) => !File.Exists(path)
        ? null
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim().Trim('"');
}
