using System.Diagnostics;
using System.Reflection;
using Nabla.Cli.Display;

namespace Nabla.Cli;

/// <summary>The files of the page to draw on: beside an installed program; in a clone of the repository made from source.</summary>
internal static class PageFiles
{
    private const string Files = "wwwroot";

    private static readonly string Installed = Path.Combine(AppContext.BaseDirectory, "page", Files);

    /// <summary>The page's project in the clone from which this program was built; null of an installed one.</summary>
    private static readonly string? Project = typeof(PageFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "PageProject")?.Value;

    /// <summary>The folder that has them; null in a clone where they were not made yet.</summary>
    public static string? Ready => Directory.Exists(Installed) ? Installed : Project is not null && Directory.Exists(Built(Project)) ? Built(Project) : null;

    /// <summary>The folder that has them; in a clone made anew, from the source as it is.</summary>
    public static string Make()
    {
        if (Directory.Exists(Installed))
        {
            return Installed;
        }
        if (Project is null)
        {
            throw new IOException($"{Installed} is missing: this installation is not whole; install Nabla.Cli again.");
        }
        PlainText.Error.WriteLine("Building the page, which takes half a minute when it is done for the first time ...");
        ProcessStartInfo start = new("dotnet", ["publish", Project, "--output", Path.GetDirectoryName(Built(Project))!, "--verbosity", "quiet", "-nologo", "-p:RunAnalyzers=false", "-p:CompressionEnabled=false"])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start) ?? throw new IOException("dotnet could not be started to build the page.");
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Built(Project)
            : throw new IOException($"{Project}: dotnet publish ended with exit code {process.ExitCode}: {said.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim()}");
    }

    private static string Built(string project) => Path.Combine(project, "bin", "page", Files);
}
