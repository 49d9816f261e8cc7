using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Nabla.Tests;

/// <summary>The .NET SDK as a user has it, for tests of packages: they are made, installed and used.</summary>
internal static class DotNet
{
    /// <summary>Why a test of packages is skipped; null if it is to run.</summary>
    public static string? Skipped =>
        Environment.GetEnvironmentVariable("NABLA_PACKAGES") == "1" ? null : "NABLA_PACKAGES is not 1: packing and compiling take a minute or two.";

    /// <summary>Why a test that compiles ahead of time is skipped; null if it is to run.</summary>
    public static string? SkippedAheadOfTime
    {
        get
        {
            string compiler = $"runtime.{RuntimeInformation.RuntimeIdentifier}.microsoft.dotnet.ilcompiler";
            return Skipped
                ?? (!Directory.Exists(Path.Combine(PackageCache, compiler)) ? $"{compiler} is not among the restored packages: publish any program once with -p:PublishAot=true."
                    : !OperatingSystem.IsWindows() && !IsOnPath("clang") && !IsOnPath("gcc") ? "Neither clang nor gcc is on the PATH, which link what is compiled ahead of time."
                    : null);
        }
    }

    /// <summary>The folder with the solution, above the one where the tests run.</summary>
    public static string Repository
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
            {
                folder = folder.Parent!;
            }
            return folder.FullName;
        }
    }

    /// <summary>The folder into which a restore has put all packages so far.</summary>
    public static string PackageCache =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Runs a program to its end, which must be good, and returns what it printed.</summary>
    public static string Run(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Servers that outlive the command would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}{error.Result}");
        return output;
    }

    /// <summary>Writes a NuGet.config by which a folder takes new packages from its subfolder "feed", and all others from what was restored before.</summary>
    public static void UseFeed(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["feed"]);
        File.WriteAllText(folder["NuGet.config"], $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <fallbackPackageFolders><clear /><add key="restored" value="{PackageCache}" /></fallbackPackageFolders>
              <packageSources><clear /><add key="feed" value="feed" /></packageSources>
            </configuration>
            """);
    }

    private static bool IsOnPath(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
