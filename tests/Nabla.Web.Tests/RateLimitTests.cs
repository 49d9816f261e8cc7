using System.Net;
using Nabla.Web.Requests;

namespace Nabla.Web.Tests;

/// <summary>Clients that send too many requests.</summary>
public sealed class RateLimitTests
{
    [Fact]
    public async Task More_requests_than_there_may_be_in_a_second_are_told_to_come_again()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { RequestsPerSecond = 5 });
        List<RunningServer.Answer> answers = [];
        // Whenever seconds begin, some of so many are within one.
        for (int i = 0; i < 1000 && answers.All(answer => answer.Status == 200); i++)
        {
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Get("/healthz"))));
        }
        RunningServer.Answer refused = answers.First(answer => answer.Status != 200);
        Assert.Equal((429, "Found more than 5 requests of your address within a second, expected at most so many; ask again in a second."), (refused.Status, refused.Problem));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.InRange(answers.Count(answer => answer.Status == 200), 5, answers.Count - 1);
        for (int i = 0; i < 100 && (await server.Get("/healthz")).Status == 429; i++)
        {
            await Task.Delay(100);
        }
        Assert.Equal(200, (await server.Get("/healthz")).Status);
    }

    [Fact]
    public async Task Wrong_tokens_count()
    {
        await using RunningServer server = await RunningServer.Start(new WebServerOptions { RequestsPerSecond = 5, Token = "secret" });
        RunningServer.Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => server.Get("/api/models", ("Authorization", $"Bearer {i}"))));
        Assert.All(answers, answer => Assert.Contains(answer.Status, new[] { 401, 429 }));
        Assert.Contains(answers, answer => answer.Status == 429);
    }

    [Fact]
    public void Programs_of_this_machine_have_no_limit_unless_one_is_given()
    {
        Assert.Null(new WebServerOptions().RateLimit);
        Assert.Null(new WebServerOptions { Address = IPAddress.IPv6Loopback }.RateLimit);
        Assert.Equal(7, new WebServerOptions { RequestsPerSecond = 7 }.RateLimit);
        Assert.Equal(1000, new WebServerOptions { Address = IPAddress.Any }.RateLimit);
        Assert.Equal(7, new WebServerOptions { Address = IPAddress.Any, RequestsPerSecond = 7 }.RateLimit);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebServerOptions { RequestsPerSecond = 0 });
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("::1", "::")]
    public void A_client_is_an_address_or_a_network(string address, string client) => Assert.Equal(client, RateLimit.ClientOf(IPAddress.Parse(address)).ToString());
}
