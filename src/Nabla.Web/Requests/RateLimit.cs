using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Nabla.Web.Requests;

/// <summary>Tells a client that sends too many requests to come again.</summary>
internal static class RateLimit
{
    /// <param name="services">Where it goes.</param>
    /// <param name="most">How many requests of a client are answered within a second; null for any number.</param>
    public static void Add(IServiceCollection services, int? most)
    {
        if (most is int limit)
        {
            services.AddRateLimiter(limiter => Configure(limiter, limit));
        }
    }

    /// <param name="application">Where it stands before what follows.</param>
    /// <param name="most">As for <see cref="Add"/>.</param>
    public static void Use(WebApplication application, int? most)
    {
        if (most is not null)
        {
            application.UseRateLimiter();
        }
    }

    /// <summary>Who a client is: of IPv6 the network, since who has one has all of its 2⁶⁴ addresses.</summary>
    public static IPAddress ClientOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(bytes.Length / 2).Clear();
        return new IPAddress(bytes);
    }

    private static void Configure(RateLimiterOptions limiter, int most)
    {
        FixedWindowRateLimiterOptions second = new() { PermitLimit = most, Window = TimeSpan.FromSeconds(1) };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context =>
            RateLimitPartition.GetFixedWindowLimiter(ClientOf(context.Connection.RemoteIpAddress ?? IPAddress.None), _ => second));
        limiter.OnRejected = (_, _) => throw new RequestException(StatusCodes.Status429TooManyRequests,
            string.Create(CultureInfo.InvariantCulture, $"Found more than {most:N0} requests of your address within a second, expected at most so many; ask again in a second."))
        {
            RetryAfter = 1,
        };
    }
}
