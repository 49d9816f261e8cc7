using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Builds and runs each program in samples/ as its readers do, shortened, on the real images.</summary>
public sealed class SampleTests : IDisposable
{
    private static readonly string Repository = FindRepository();

    // Into its cache the sample writes a file.
    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("000-sigmoid-quadratic-cost", "Test images:     ")]
    [InlineData("001-relu-softmax-csv", "Development images: ")]
    [InlineData("002-from-linear-to-convolution", "  at the end: ")]
    [InlineData("003-deep-sigmoid-pickle", "The model classified correctly ")]
    [InlineData("004-standardised-softmax", "Test Accuracy: ")]
    public async Task A_sample_reaches_its_accuracy(string name, string accuracyLine)
    {
        string? data = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(data), "NABLA_DATA is not set: needs the real MNIST files.");
        ProcessStartInfo start = new("dotnet", ["run", $"samples/{name}.cs", "quick"])
        {
            WorkingDirectory = Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NABLA_DATA"] = Path.GetFullPath(data);
        start.Environment["XDG_CACHE_HOME"] = _cache.FullName;
        using Process process = Process.Start(start)!;
        Task<string> reading = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        string error = await reading;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {error}\n{output}");
        Assert.Equal("", error);
        Assert.StartsWith(accuracyLine, output.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_one_sample_a_notebook_of_fewer_than_80_lines_named_in_the_README()
    {
        string[] samples = [.. Directory.GetFiles(Path.Combine(Repository, "samples"), "*.cs").Order(StringComparer.Ordinal)];
        Assert.Equal(["000", "001", "002", "003", "004"], samples.Select(path => Path.GetFileName(path)[..3]));
        string readme = File.ReadAllText(Path.Combine(Repository, "samples", "README.md"));
        Assert.All(samples, path =>
        {
            Assert.InRange(File.ReadAllLines(path).Length, 1, 79);
            Assert.Contains($"({Path.GetFileName(path)})", readme, StringComparison.Ordinal);
        });
    }

    /// <summary>The folder with the solution, above the one where the tests run.</summary>
    private static string FindRepository()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
        {
            folder = folder.Parent!;
        }
        return folder.FullName;
    }
}
