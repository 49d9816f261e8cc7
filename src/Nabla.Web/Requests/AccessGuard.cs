using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nabla.Web.Requests;

/// <summary>
/// Lets in who may come in. Any page that a browser shows can send requests to this machine, so those of other pages are refused, and so is a name that somebody else's name server makes
/// point here (DNS rebinding). Where there is a token, /api and /metrics need it.
/// </summary>
internal sealed class AccessGuard(RequestDelegate next, WebServerOptions options)
{
    private const string Policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    private const string Scheme = "Bearer ";

    // Of equal length whatever was sent, so that a comparison tells nothing of the token's.
    private readonly byte[]? _token = options.Token is string token ? Digest(token) : null;

    // What this machine is called by programs of its own.
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]", options.Address?.ToString() ?? "localhost" };

    public Task InvokeAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";

        ThrowIfForeign(context.Request);
        if (_token is not null && IsGuarded(context.Request.Path) && !HasToken(context.Request))
        {
            headers.WWWAuthenticate = "Bearer";
            throw new RequestException(StatusCodes.Status401Unauthorized, "Found no token, or not the server's, expected the header 'Authorization: Bearer TOKEN' with the one that it was started with.");
        }
        return next(context);
    }

    private void ThrowIfForeign(HttpRequest request)
    {
        if (options.IsLocal && !_names.Contains(request.Host.Host))
        {
            throw Refused($"Found the host '{Shown(request.Host.Value)}', expected localhost, 127.0.0.1 or [::1], since the server is there for this machine alone; ask it by one of these.");
        }
        string? origin = request.Headers.Origin;
        if (origin is not null && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused($"Found a request of a page of '{Shown(origin)}', expected the server's own '{Shown(request.Host.Value)}' or a program that is no page; pages of others are not answered.");
        }
        // To follow a link to the server from elsewhere is no request of that page: it does not get the answer.
        bool isLink = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";
        if (request.Headers["Sec-Fetch-Site"] == "cross-site" && !isLink)
        {
            throw Refused("Found a request of a page of another site, expected the server's own or a program that is no page; pages of others are not answered.");
        }
    }

    private static bool IsGuarded(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);

    private bool HasToken(HttpRequest request) =>
        request.Headers.Authorization is [string value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Digest(value[Scheme.Length..]), _token);

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Shown(string? text) => text is { Length: > 100 } ? $"{text[..100]}…" : text ?? "";

    private static RequestException Refused(string sentence) => new(StatusCodes.Status403Forbidden, sentence);
}
