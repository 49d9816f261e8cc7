using System.IO.Compression;
using Nabla.Tests;

namespace Nabla.Packages.Tests;

/// <summary>The tool as it is delivered: its packages are small, and what is installed from them works.</summary>
[Collection(PackageTestsOfOneFeed.Name)]
public sealed class ToolPackageTests(PackageFeed feed)
{
    private const long Megabyte = 1_000_000;

    [Fact]
    public void A_package_has_one_platforms_libraries_and_works_once_it_is_installed()
    {
        Assert.SkipWhen(DotNet.Skipped is not null, DotNet.Skipped ?? "");
        foreach (string platform in PackageFeed.ToolPlatforms)
        {
            FileInfo package = feed[$"Nabla.Cli.{platform}"];
            Assert.InRange(package.Length, 1, 21 * Megabyte);
            using ZipArchive archive = ZipFile.OpenRead(package.FullName);
            Assert.Single(archive.Entries, entry => entry.Name.StartsWith("libSkiaSharp", StringComparison.Ordinal));
            Assert.InRange(archive.Entries.Sum(entry => entry.Length), 1, 42 * Megabyte);
        }

        feed.Run("", "tool", "install", "Nabla.Cli", "--tool-path", "tool", "--configfile", "NuGet.config");
        long installed = new DirectoryInfo(feed.Folder("tool")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.InRange(installed, 1, 82 * Megabyte);

        Assert.Equal("0.1.0", Nabla("--version").Trim());
        Nabla("train", "dense", "--data", "synthetic", "--epochs", "1", "--out", "run");
        Nabla("plot", "run");
        Nabla("show", "run", "--data", "synthetic", "--out", "sheet.png");
        Assert.Contains("sheet.png", Nabla("predict", "run", "sheet.png"), StringComparison.Ordinal);
        Nabla("page", "--out", "page");
        Assert.All(new[] { "run/plot.png", "sheet.png", "page/index.html", "page/_framework/dotnet.js", "page/models/digits.safetensors", "page/models/ladder/linear.safetensors", "page/digits/images.bin" }, file => Assert.True(File.Exists(feed.Folder(file)), file));
    }

    private string Nabla(params string[] arguments) =>
        DotNet.Run(Path.Combine(feed.Folder("tool"), OperatingSystem.IsWindows() ? "nabla.exe" : "nabla"), feed.Folder(), arguments);
}
