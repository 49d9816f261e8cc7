using System.Diagnostics;
using System.IO.Compression;
using Microsoft.Playwright;
using Nabla.Tests;

[assembly: AssemblyFixture(typeof(Nabla.Browser.Tests.Browser))]

namespace Nabla.Browser.Tests;

/// <summary>Chromium, and the pages that it opens: published once for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string ChromiumVariable = "NABLA_CHROMIUM";

    private readonly TemporaryFolder _folder = new();
    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    /// <summary>Why the tests are skipped; null if they are to run.</summary>
    private string? _skipped;

    public async ValueTask InitializeAsync()
    {
        if (FindChromium() is not string chromium)
        {
            _skipped = $"There is no chromium or google-chrome on the PATH, and {ChromiumVariable} does not name one.";
            return;
        }
        // The library is built once for all.
        _skipped = Publish("samples/browser") ?? Publish("src/Nabla.Page") ?? Publish("tests/Nabla.BrowserProcess");
        if (_skipped is null)
        {
            _playwright = await Playwright.CreateAsync();
            // Without its sandbox, since it does not start as root with it.
            _chromium = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, ChromiumSandbox = false, Args = ["--disable-background-networking"] });
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (_chromium?.DisposeAsync() ?? default);
        _playwright?.Dispose();
        _folder.Dispose();
    }

    /// <summary>The folder of a published page.</summary>
    public string FilesOf(string project) => Path.Combine(_folder.FullName, Path.GetFileName(project), "wwwroot");

    /// <summary>Bytes of files of a published page, compressed as web servers do it once for all.</summary>
    public long CompressedBytesOf(string project, IEnumerable<string> files)
    {
        const int Quality = 10, Window = 24;
        long sum = 0;
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(FilesOf(project), file)), compressed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
            Assert.True(BrotliEncoder.TryCompress(bytes, compressed, out int length, Quality, Window));
            sum += length;
        }
        return sum;
    }

    /// <summary>Opens a published page.</summary>
    /// <param name="project">Folder of its project.</param>
    /// <param name="query">What follows the address.</param>
    public async Task<OpenPage> Open(string project, string query = "")
    {
        Assert.SkipWhen(_skipped is not null, _skipped ?? "");
        return await OpenPage.Open(_chromium!, FilesOf(project), query);
    }

    /// <summary>Opens the page of a server.</summary>
    public async Task<OpenPage> Open(Uri address)
    {
        Assert.SkipWhen(_skipped is not null, _skipped ?? "");
        return await OpenPage.Open(_chromium!, address);
    }

    private static string? FindChromium() => Environment.GetEnvironmentVariable(ChromiumVariable) is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome", "chrome.exe" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <returns>Why it cannot be published here: packages that are not to be had; null where it was.</returns>
    private string? Publish(string project)
    {
        ProcessStartInfo start = new("dotnet", ["publish", Path.Combine(DotNet.Repository, project), "--artifacts-path", _folder["artifacts"], "--output", _folder[Path.GetFileName(project)], "-p:RunAnalyzers=false", "-p:CompressionEnabled=false"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string? missing = output.Split('\n').FirstOrDefault(line => line.Contains("error NU1101") || line.Contains("error NU1102") || line.Contains("error NU1301"));
        Assert.True(process.ExitCode == 0 || missing is not null, $"dotnet publish {project}: exit code {process.ExitCode}\n{output}");
        return process.ExitCode == 0 ? null : $"{project} cannot be published without packages from the network: {missing!.Trim()}";
    }
}
