using Microsoft.AspNetCore.Http;

namespace Nabla.Web.Requests;

/// <summary>What a request brings.</summary>
internal static class RequestBody
{
    /// <summary>All of it.</summary>
    public static async Task<byte[]> ReadBody(this HttpRequest request, CancellationToken cancellation)
    {
        // It grows with what comes, not with what is announced.
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellation).ConfigureAwait(false);
        return body.ToArray();
    }
}
