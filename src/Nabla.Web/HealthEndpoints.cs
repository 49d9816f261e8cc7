using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Nabla.Web.Models;
using Nabla.Web.Requests;

namespace Nabla.Web;

/// <summary>What programs ask that look after servers.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", Ok<ServerState> () => TypedResults.Ok(new ServerState("alive"))).WithTags("Server").WithSummary("Whether the server answers.");
        routes.MapGet("/readyz", Ready).WithTags("Server").WithSummary("Whether all models have been loaded.").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <param name="routes">Where it goes.</param>
    /// <param name="metrics">What answers; null for nothing.</param>
    public static void MapMetrics(IEndpointRouteBuilder routes, RequestDelegate? metrics)
    {
        if (metrics is not null)
        {
            routes.MapGet("/metrics", metrics).ExcludeFromDescription();
        }
    }

    private static Ok<ServerState> Ready(ModelStore models) => models.IsReady
        ? TypedResults.Ok(new ServerState("ready"))
        : throw new RequestException(StatusCodes.Status503ServiceUnavailable, "The models are still being loaded; ask again in a second.") { RetryAfter = 1 };
}

/// <summary>How the server is.</summary>
/// <param name="Status">In one word.</param>
internal sealed record ServerState(string Status);
