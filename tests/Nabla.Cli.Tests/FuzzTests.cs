using System.Diagnostics;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>A short run of tests/Nabla.Fuzz, which has long ones: a thousand files for each reader.</summary>
public sealed class FuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_reader_reads_or_refuses_what_it_is_given()
    {
        (int code, string output) = await Run("--inputs", "400", "--seed", "11");
        Assert.True(code == 0, output);
        // A line for each reader, and one above.
        Assert.Equal(19, output.Trim().Split('\n').Length);
        Assert.Empty(_folder.FileNames);
    }

    [Fact]
    public async Task A_reader_that_breaks_its_promises_is_found_out()
    {
        (int code, string output) = await Run("--target", "faulty", "--inputs", "100");
        Assert.Equal(1, code);
        Assert.All(
            ["An exception that nobody promised.", "a message of several lines", "takes 2.1 s", "allocates 1,1"],
            found => Assert.Contains(found, output, StringComparison.Ordinal));
        Assert.NotEmpty(_folder.FileNames);
    }

    private async Task<(int Code, string Output)> Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Nabla.Fuzz.exe" : "Nabla.Fuzz");
        using Process process = Process.Start(new ProcessStartInfo(program, [.. arguments, "--findings", _folder.FullName]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
