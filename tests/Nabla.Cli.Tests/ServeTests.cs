using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

/// <summary><c>nabla serve</c> as a process; what it answers, the tests of Nabla.Web say.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_answers_until_it_is_told_to_end(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of this kind are Unix's.");
        Directory.CreateDirectory(_folder["models"]);
        Digits.LoadSmall().Save(_folder["models/mine.safetensors"]);
        using NablaProcess process = NablaProcess.Start(_folder, null, "serve", "--port", "0", "--models", "models", "--token", "secret");
        Match line = Regex.Match(process.WaitFor("ends it"), @"^Nabla answers at (http://127\.0\.0\.1:\d+) until Ctrl-C ends it$", RegexOptions.Multiline);
        Assert.True(line.Success);
        using HttpClient client = new() { BaseAddress = new Uri(line.Groups[1].Value) };
        Assert.Equal("""{"status":"alive"}""", await client.GetStringAsync("/healthz"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/models")).StatusCode);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        Assert.Contains("\"mine\"", await client.GetStringAsync("/api/models"), StringComparison.Ordinal);

        Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        (int code, string output, string error) = process.Finish();
        Assert.True(code == 0, error);
        Assert.Single(output.TrimEnd().Split('\n'));
        string[] log = error.TrimEnd().Split('\n');
        Assert.Equal(3, log.Length);
        Assert.Matches(@"^\d\d:\d\d:\d\d info: .* GET /healthz 200 [\d.]+ ms$", log[0]);
    }

    [Fact]
    public void What_is_in_its_way_is_one_line()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        Fails(1, $"nabla serve: port {port} of localhost is in use by another program; end that, or take another port.", "--port", port);
        Fails(1, "nabla serve: --bind 0.0.0.0 lets other machines in; give a --token that they have to know, or leave --bind out.", "--bind", "0.0.0.0");
        Fails(1, "nabla serve: nowhere: there is no such folder, expected one with files *.safetensors; check the path.", "--models", "nowhere");
        Fails(2, "nabla serve: --bind: found 'here', expected an IP address such as 0.0.0.0. See 'nabla serve --help'.", "--bind", "here");
        Fails(2, "nabla serve: --port: found '65536', expected a whole number from 0 to 65535. See 'nabla serve --help'.", "--port", "65536");

        void Fails(int expected, string sentence, params string[] arguments)
        {
            (int code, string output, string error) = NablaProcess.Run(_folder, ["serve", .. arguments]);
            Assert.Equal((expected, "", sentence), (code, output, error.TrimEnd()));
        }
    }
}
