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

    private static string Processor => Value("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string OperatingSystem => Value("/etc/os-release", "PRETTY_NAME", '=') ?? RuntimeInformation.OSDescription;

    private static string? Value(string path, string name, char separator) => !File.Exists(path)
        ? null
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim().Trim('"');
}
