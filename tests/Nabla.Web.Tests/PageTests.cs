using Nabla.Tests;

namespace Nabla.Web.Tests;

/// <summary>The files of a page, beside the endpoints.</summary>
public sealed class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_served_with_their_kinds_compressed_and_nothing_above_them()
    {
        Directory.CreateDirectory(_folder["page/models"]);
        File.WriteAllText(_folder["page/index.html"], "<!DOCTYPE html><title>Page</title>");
        File.WriteAllBytes(_folder["page/engine.wasm"], new byte[50_000]);
        File.WriteAllBytes(_folder["page/models/digits.safetensors"], [1, 2, 3]);
        File.WriteAllText(_folder["secret.html"], "secret");
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { PageFolder = _folder["page"] });

        RunningServer.Answer index = await server.Get("/");
        Assert.Equal((200, "text/html"), (index.Status, index.Kind));
        Assert.Contains("'wasm-unsafe-eval'", index.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        RunningServer.Answer engine = await server.Get("/engine.wasm", ("Accept-Encoding", "br"));
        Assert.Equal((200, "application/wasm"), (engine.Status, engine.Kind));
        Assert.InRange(engine.Body.Length, 1, 1000);
        Assert.Equal([1, 2, 3], (await server.Get("/models/digits.safetensors")).Body);

        foreach (string path in new[] { "/../secret.html", "/..%2fsecret.html", "/%2e%2e/secret.html", "/models/..%2f..%2fsecret.html", "/nothing.js" })
        {
            Assert.Equal(404, (await server.Get(path)).Status);
        }
        Assert.Equal(200, (await server.Get("/api/models")).Status);
        // A file is read, not written to.
        Assert.Contains((await server.Send(HttpMethod.Post, "/index.html", null)).Status, new[] { 404, 405 });
    }

    [Fact]
    public async Task A_link_from_elsewhere_is_followed_and_nothing_else()
    {
        File.WriteAllText(_folder["index.html"], "<!DOCTYPE html><title>Page</title>");
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { PageFolder = _folder.FullName });
        (string, string) site = ("Sec-Fetch-Site", "cross-site"), mode = ("Sec-Fetch-Mode", "navigate"), document = ("Sec-Fetch-Dest", "document");
        Assert.Equal(200, (await server.Get("/", site, mode, document)).Status);
        Assert.Equal(403, (await server.Get("/", site, mode, ("Sec-Fetch-Dest", "iframe"))).Status);
        Assert.Equal(403, (await server.Get("/", site, ("Sec-Fetch-Mode", "no-cors"), document)).Status);
        Assert.Equal(403, (await server.Send(HttpMethod.Post, "/api/predict", null, site, mode, document)).Status);
    }

    [Fact]
    public async Task Without_a_page_there_is_none_and_a_folder_that_is_missing_is_named()
    {
        await using RunningServer server = await RunningServer.Start();
        Assert.Equal(404, (await server.Get("/")).Status);
        DirectoryNotFoundException missing = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => WebServer.StartAsync(new WebServerOptions { Port = 0, PageFolder = _folder["nowhere"] }));
        Assert.Equal($"{_folder["nowhere"]}: there is no such folder, expected one with the files of a page; check the path.", missing.Message);
    }
}
