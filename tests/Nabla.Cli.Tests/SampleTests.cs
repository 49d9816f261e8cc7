using System.Diagnostics;
using System.Text.RegularExpressions;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary>Builds and runs each program in samples/ as its readers do, shortened, on the real images.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
        (int code, string output, string error) = await Run(name, data);
        Assert.True(code == 0, $"Exit code {code}: {error}\n{output}");
        Assert.Equal("", error);
        Assert.StartsWith(accuracyLine, output.Split('\n')[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_of_its_own_are_checked_trained_saved_and_loaded()
    {
        (int code, string output, string error) = await Run("custom-layer", data: _folder.FullName);
        Assert.True(code == 0, $"Exit code {code}: {error}\n{output}");
        string[] lines = output.TrimEnd().Split('\n');
        Assert.StartsWith("Swish: gradients are right: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Huber: gradients are right: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[^2]["Trained: ".Length..], lines[^1]["Loaded:  ".Length..]);
    }

    [Fact]
    public async Task Missing_data_is_said_in_one_line()
    {
        (int code, string output, string error) = await Run("000-sigmoid-quadratic-cost", data: _folder.FullName);
        Assert.Equal((1, ""), (code, output));
        Assert.Matches($"^NABLA_DATA={Regex.Escape(_folder.FullName)}: train-images-idx3-ubyte is missing, .*\n$", error);
    }

    [Fact]
    public void There_is_one_sample_a_notebook_of_fewer_than_80_lines_and_one_of_own_kinds_named_in_the_README()
    {
        string[] samples = [.. Directory.GetFiles(Path.Combine(DotNet.Repository, "samples"), "*.cs").Order(StringComparer.Ordinal)];
        Assert.Equal(["000", "001", "002", "003", "004", "cus"], samples.Select(path => Path.GetFileName(path)[..3]));
        string readme = File.ReadAllText(Path.Combine(DotNet.Repository, "samples", "README.md"));
        Assert.All(samples, path =>
        {
            Assert.InRange(File.ReadAllLines(path).Length, 1, path.EndsWith("custom-layer.cs", StringComparison.Ordinal) ? 99 : 79);
            Assert.Contains($"({Path.GetFileName(path)})", readme, StringComparison.Ordinal);
        });
    }

    /// <summary>Each program of the README as it stands there, and the output that it says.</summary>
    [Fact]
    public async Task The_READMEs_programs_do_what_it_says()
    {
        string? data = Environment.GetEnvironmentVariable("NABLA_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(data), "NABLA_DATA is not set: needs the real MNIST files.");
        string[] programs = [.. Regex.Matches(File.ReadAllText(Path.Combine(DotNet.Repository, "README.md")).ReplaceLineEndings("\n"), "```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, programs.Length);
        for (int i = 0; i < programs.Length; i++)
        {
            File.WriteAllText(_folder[$"program{i}.cs"], $"""
                #:project {Path.Combine(DotNet.Repository, "src", "Nabla", "Nabla.csproj")}
                #:property PublishAot=false
                using Nabla;
                byte[] pixels = new byte[784];
                {programs[i].Replace("using Nabla;", "", StringComparison.Ordinal)}
                """);
            (int code, string output, string error) = await Run(_folder.FullName, $"program{i}.cs", data);
            Assert.True(code == 0, $"Program {i + 1}: exit code {code}: {error}\n{output}");
            Assert.Contains(i == 0 ? Regex.Match(programs[0], "accuracy .*").Value : "concatenate1    Concatenate 28×28 × (16 + 16)  ← convolution2d1, add1", output, StringComparison.Ordinal);
        }
    }

    private Task<(int Code, string Output, string Error)> Run(string name, string data) => Run(DotNet.Repository, $"samples/{name}.cs", data);

    private async Task<(int Code, string Output, string Error)> Run(string folder, string program, string data)
    {
        ProcessStartInfo start = new("dotnet", ["run", program, "quick"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NABLA_DATA"] = Path.GetFullPath(data);
        // 001 writes a file into the cache.
        start.Environment["XDG_CACHE_HOME"] = _folder.FullName;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
