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
        _skipped = Publish("samples/browser", "src/Nabla.Page", "tests/Nabla.BrowserProcess");
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
    public string FilesOf(string project) => Path.Combine(_folder["artifacts"], "publish", Path.GetFileName(project), "release", "wwwroot");

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

    /// <summary>Publishes pages side by side, with one build of the library for all.</summary>
    /// <returns>Why they cannot be published here: packages that are not to be had; null where they were.</returns>
    private string? Publish(params string[] projects)
    {
        File.WriteAllLines(_folder["Pages.slnx"], ["<Solution>", .. projects.Select(project => $"""  <Project Path="{Directory.GetFiles(Path.Combine(DotNet.Repository, project), "*.csproj").Single()}" />"""), "</Solution>"]);
        // What the projects refer to is not in the solution, and would be built for Debug without the last of these.
        ProcessStartInfo start = new("dotnet", ["publish", _folder["Pages.slnx"], "--artifacts-path", _folder["artifacts"], "-p:RunAnalyzers=false", "-p:CompressionEnabled=false", "-p:ShouldUnsetParentConfigurationAndPlatform=false"])
        {
            RedirectStandardOutput = true,
            // Where global.json names the SDK.
            WorkingDirectory = DotNet.Repository,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string? missing = output.Split('\n').FirstOrDefault(line => line.Contains("error NU1101") || line.Contains("error NU1102") || line.Contains("error NU1301"));
        Assert.True(process.ExitCode == 0 || missing is not null, $"dotnet publish {string.Join(", ", projects)}: exit code {process.ExitCode}\n{output}");
        return process.ExitCode == 0 ? null : $"The pages cannot be published without packages from the network: {missing!.Trim()}";
    }
}
