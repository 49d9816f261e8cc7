using System.Runtime.InteropServices;
using Nabla.Tests;

namespace Nabla.Packages.Tests;

/// <summary>The sample that is compiled ahead of time, as its readers do: it reads its digit, and is small.</summary>
public sealed class NativeAotTests : IDisposable
{
    // What it has on Linux x64, 6.2 MB, of which 1.65 MB are the models, and a tenth.
    private const long MostBytes = 6_700_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_program_that_is_compiled_ahead_of_time_is_small_and_reads_a_digit()
    {
        Assert.SkipWhen(DotNet.SkippedAheadOfTime is not null, DotNet.SkippedAheadOfTime ?? "");
        string output = DotNet.Run(
            "dotnet", DotNet.Repository, "publish", "samples/native-aot", "--artifacts-path", _folder["artifacts"], "-o", _folder["out"], "-p:RunAnalyzers=false", "-v", "q", "-nologo");
        // Nothing in it must need what is trimmed away.
        Assert.DoesNotContain("warning IL", output, StringComparison.Ordinal);
        string program = _folder[OperatingSystem.IsWindows() ? "out/native-aot.exe" : "out/native-aot"];
        Assert.Equal("2 (99.8 %)", DotNet.Run(program, _folder.FullName).Trim());
        Assert.InRange(new FileInfo(program).Length, 1, MostBytes);
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            // Where the platform is not named, too, it gets the instructions without which predicting is many times slower.
            string options = Assert.Single(Directory.GetFiles(_folder["artifacts"], "*.ilc.rsp", SearchOption.AllDirectories));
            Assert.Contains("--instruction-set:x86-64-v3", File.ReadAllLines(options));
        }
    }
}
