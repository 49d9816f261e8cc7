using System.Net;

namespace Nabla.Web.Tests;

/// <summary>Who is let in.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Pages_of_others_are_refused()
    {
        await using RunningServer server = await RunningServer.Start();
        string own = server.Server.Address.Authority;
        Assert.Equal(200, (await server.Get("/api/models", ("Origin", $"http://{own}"), ("Sec-Fetch-Site", "same-origin"))).Status);
        Assert.Equal(200, (await server.Get("/api/models", ("Sec-Fetch-Site", "none"))).Status);
        foreach (string origin in (string[])["http://evil.example", "null", $"http://{own}.evil.example", "http://127.0.0.1:1", "http://127.0.0.1", "nonsense", ""])
        {
            RunningServer.Answer answer = await server.Get("/api/models", ("Origin", origin));
            Assert.True(answer.Status == 403, $"{origin}: {answer.Status}");
            Assert.StartsWith($"Found a request of a page of '{origin}', expected the server's own '{own}'", answer.Problem, StringComparison.Ordinal);
        }
        RunningServer.Answer crossSite = await server.Get("/healthz", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(403, crossSite.Status);
        Assert.StartsWith("Found a request of a page of another site", crossSite.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_names_of_this_machine_are_answered()
    {
        await using RunningServer server = await RunningServer.Start();
        foreach (string host in (string[])["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]", "[::1]:8080"])
        {
            Assert.True((await server.Get("/healthz", ("Host", host))).Status == 200, host);
        }
        foreach (string host in (string[])["evil.example", "localhost.evil.example", "127.0.0.2", "[::2]:80", "localhost."])
        {
            RunningServer.Answer answer = await server.Get("/healthz", ("Host", host));
            Assert.True(answer.Status == 403, host);
            Assert.StartsWith($"Found the host '{host}', expected localhost, 127.0.0.1 or [::1]", answer.Problem, StringComparison.Ordinal);
        }
        Assert.Equal(403, await RawRequest.Send(server.Server.Address, "GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"));
        Assert.Equal(403, await RawRequest.Send(server.Server.Address, "GET /healthz HTTP/1.0\r\n\r\n"));
    }

    [Fact]
    public async Task With_a_token_the_interface_needs_it()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { Address = IPAddress.Loopback, Token = "se-cret" });
        foreach (string header in (string[])["", "se-cret", "Bearer", "Bearer ", "Bearer se-cre", "Bearer se-crets", "Bearer Se-cret", "Basic se-cret", "Bearer  se-cret"])
        {
            RunningServer.Answer answer = await server.Get("/API/models", ("Authorization", header));
            Assert.True(answer.Status == 401, header);
            Assert.StartsWith("Found no token, or not the server's", answer.Problem, StringComparison.Ordinal);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
        Assert.Equal(401, (await server.Get("/api/nix")).Status);
        Assert.Equal(401, (await server.Post("/api/predict", Samples.Bytes(1), "application/octet-stream")).Status);
        Assert.Equal(200, (await server.Get("/api/models", ("Authorization", "Bearer se-cret"))).Status);
        Assert.Equal(200, (await server.Get("/api/models", ("Authorization", "bearer se-cret"))).Status);
        Assert.Equal(200, (await server.Get("/healthz")).Status);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("se-cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_machines_need_a_token()
    {
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => WebServer.StartAsync(new WebServerOptions { Address = IPAddress.Any, Port = 0 }));
        Assert.Equal("found the address 0.0.0.0 without a token, expected one, since other machines can reach it; give a token, or listen on this machine alone.", exception.Message);
        await using WebServer server = await WebServer.StartAsync(new WebServerOptions { Address = IPAddress.Any, Port = 0, Token = "secret" });
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.Address.Port}") };
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/models");
        request.Headers.Host = "a-name-of-it.example";
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer secret");
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Every_answer_tells_browsers_what_they_may_do()
    {
        await using RunningServer server = await RunningServer.Start();
        foreach (RunningServer.Answer answer in (RunningServer.Answer[])[await server.Get("/healthz"), await server.Get("/nix"), await server.Get("/healthz", ("Host", "evil.example")), await server.PostJson("/api/predict", "{")])
        {
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Equal("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'", policy);
            Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }
}
