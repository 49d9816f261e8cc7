using System.IO.Compression;
using System.Runtime.InteropServices;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>The tool as it is delivered: its packages are small, and what is installed from them works.</summary>
public sealed class ToolPackageTests : IDisposable
{
    private const long Megabyte = 1_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_package_has_one_platforms_libraries_and_works_once_it_is_installed()
    {
        Assert.SkipWhen(DotNet.Skipped is not null, DotNet.Skipped ?? "");
        string platform = RuntimeInformation.RuntimeIdentifier;
        DotNet.UseFeed(_folder);
        DotNet.Run(
            "dotnet", DotNet.Repository, "pack", "src/Nabla.Cli",
            "--artifacts-path", _folder["artifacts"], "-o", _folder["feed"], "-v", "q", "-nologo");

        foreach (string name in new[] { "win-x64", platform })
        {
            FileInfo package = new(Path.Combine(_folder["feed"], $"Nabla.Cli.{name}.0.1.0.nupkg"));
            Assert.InRange(package.Length, 1, 15 * Megabyte);
            using ZipArchive archive = ZipFile.OpenRead(package.FullName);
            Assert.Single(archive.Entries, entry => entry.Name.StartsWith("libSkiaSharp", StringComparison.Ordinal));
            Assert.InRange(archive.Entries.Sum(entry => entry.Length), 1, 30 * Megabyte);
        }

        DotNet.Run(
            "dotnet", _folder.FullName, "tool", "install", "Nabla.Cli", "--tool-path", "tool", "--configfile", "NuGet.config");
        long installed = new DirectoryInfo(_folder["tool"]).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.InRange(installed, 1, 50 * Megabyte);

        Nabla("train", "dense", "--data", "synthetic", "--epochs", "1", "--out", "run");
        Nabla("plot", "run");
        Nabla("show", "run", "--data", "synthetic", "--out", "sheet.png");
        PictureFile.WritePng(_folder["digit.png"], new byte[28 * 28], 28, 28);
        Assert.Contains("digit.png", Nabla("predict", "run", "digit.png"), StringComparison.Ordinal);
        Assert.All(new[] { "run/plot.png", "sheet.png" }, picture => Assert.True(File.Exists(_folder[picture]), picture));
    }

    private string Nabla(params string[] arguments) =>
        DotNet.Run(Path.Combine(_folder["tool"], OperatingSystem.IsWindows() ? "nabla.exe" : "nabla"), _folder.FullName, arguments);
}
