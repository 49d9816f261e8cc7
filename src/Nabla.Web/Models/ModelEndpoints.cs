using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Nabla.Web.Requests;

namespace Nabla.Web.Models;

/// <summary>Which models there are, what is known of them, and their files.</summary>
internal static class ModelEndpoints
{
    public static void Map(IEndpointRouteBuilder all)
    {
        RouteGroupBuilder routes = all.MapGroup("/api/models").WithTags("Models");
        routes.MapGet("", All).WithSummary("Lists the models.");
        routes.MapGet("/{name}", One).WithSummary("Describes a model: what goes in and comes out, its layers, and how it was trained.").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/{name}/file", File).WithSummary("The file of a model, which Nabla loads.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>A model, or an error that lists those there are.</summary>
    /// <exception cref="RequestException">There is none of that name.</exception>
    public static ServedModel Require(this ModelStore models, string name) => models.Find(name)
        ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no model '{(name.Length > 100 ? $"{name[..100]}…" : name)}', expected one of {string.Join(", ", models.All().Select(model => model.Name))}.");

    private static Ok<ModelList> All(ModelStore models) => TypedResults.Ok(new ModelList([.. models.All().Select(model => model.Description)]));

    private static Ok<ModelDescription> One(string name, ModelStore models) => TypedResults.Ok(models.Require(name).Description);

    private static FileStreamHttpResult File(string name, ModelStore models)
    {
        ServedModel model = models.Require(name);
        return TypedResults.Stream(model.Open(), "application/octet-stream", $"{model.Name}.safetensors");
    }
}
