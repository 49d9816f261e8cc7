using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Nabla.Live;
using Nabla.Web.Requests;

namespace Nabla.Web.Trainings;

/// <summary>Trainings on the server: one at a time, others in a queue.</summary>
internal static class TrainingEndpoints
{
    private const string Json = "application/json";

    public static void Map(IEndpointRouteBuilder all)
    {
        RouteGroupBuilder routes = all.MapGroup("/api/trainings").WithTags("Trainings");
        routes.MapGet("", All).WithSummary("Lists the trainings that wait, the one under way, and those that ended last.");
        routes.MapPost("", Add).WithSummary("Takes a training on: a recipe, by name or as an object, and samples.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .AddOpenApiOperationTransformer((operation, _, _) => Describe(operation, RequestSchema()));
        routes.MapGet("/{id:int}", One).WithSummary("How a training is.").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/{id:int}/events", Events).WithSummary("What happens in a training, as server-sent events; with Last-Event-ID from there on.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPatch("/{id:int}", Change).WithSummary("Pauses a training, goes on with it, takes a single step or stops it and keeps its network; slows it down; says which drawing it is asked about.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer((operation, _, _) => Describe(operation, ChangeSchema()));
        routes.MapDelete("/{id:int}", Delete).WithSummary("Ends a training and forgets it; its network is not kept.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Ok<TrainingList> All(TrainingQueue queue, WebServerOptions options) =>
        TypedResults.Ok(new TrainingList([.. queue.All().Select(training => TrainingSummary.Of(training, queue))], options.Mnist is null ? ["built-in"] : ["built-in", "mnist"]));

    private static async Task<Accepted<TrainingSummary>> Add(HttpRequest request, TrainingQueue queue, CancellationToken cancellation)
    {
        ServedTraining training = queue.Add(await ReadJson(request, cancellation).ConfigureAwait(false));
        return TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"/api/trainings/{training.Id}"), TrainingSummary.Of(training, queue));
    }

    private static Ok<TrainingSummary> One(int id, TrainingQueue queue) => TypedResults.Ok(TrainingSummary.Of(queue.Require(id), queue));

    private static ServerSentEventsResult<string> Events(int id, HttpContext context, TrainingQueue queue, IHostApplicationLifetime lifetime)
    {
        _ = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long after);
        // A server that ends does not wait for readers.
        CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.RegisterForDispose(ending);
        IAsyncEnumerable<SseItem<string>> events = queue.Require(id).Log.Follow(after, ending.Token);
        return TypedResults.ServerSentEvents(events);
    }

    private static async Task<Ok<TrainingSummary>> Change(int id, HttpRequest request, TrainingQueue queue, CancellationToken cancellation)
    {
        ServedTraining training = queue.Require(id);
        byte[] body = await ReadJson(request, cancellation).ConfigureAwait(false);
        TrainingChange change;
        try
        {
            change = JsonSerializer.Deserialize(body, WebJson.Readable.TrainingChange) ?? throw Refused("Found null, expected a JSON object with command, delay or drawing.");
        }
        catch (JsonException exception)
        {
            throw Refused($"{exception.Message.Split(" Path:")[0].TrimEnd('.')}; expected a JSON object with command, delay or drawing.");
        }
        if (change.Delay is < 0 or > 10_000)
        {
            throw Refused($"delay: found {change.Delay}, expected 0 to 10,000 milliseconds.");
        }
        if (change.Drawing is { Length: not (0 or 784) } drawing)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"drawing: found {drawing.Length:N0} bytes, expected 784 in base64, one for each pixel of 28×28, or none."));
        }
        Action? act = change.Command switch
        {
            null => null,
            "pause" => training.Live.Pause,
            "resume" => training.Live.Resume,
            "step" => training.Live.Step,
            "stop" => training.Live.Stop,
            string other => throw Refused($"command: found '{(other.Length > 100 ? $"{other[..100]}…" : other)}', expected pause, resume, step or stop."),
        };
        act?.Invoke();
        training.Live.Delay = change.Delay is int delay ? TimeSpan.FromMilliseconds(delay) : training.Live.Delay;
        training.Live.Drawing = change.Drawing is null ? training.Live.Drawing : change.Drawing.Length == 0 ? null : change.Drawing;
        return TypedResults.Ok(TrainingSummary.Of(training, queue));
    }

    private static NoContent Delete(int id, TrainingQueue queue)
    {
        queue.Delete(queue.Require(id));
        return TypedResults.NoContent();
    }

    private static ServedTraining Require(this TrainingQueue queue, int id) => queue.Find(id)
        ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no training {id.ToString(CultureInfo.InvariantCulture)}; /api/trainings lists those there are.");

    private static async Task<byte[]> ReadJson(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
        {
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"Found {(request.ContentType is { Length: > 0 } ? "another Content-Type" : "no Content-Type")}, expected {Json}.");
        }
        return await request.ReadBody(cancellation).ConfigureAwait(false);
    }

    private static RequestException Refused(string sentence) => new(StatusCodes.Status400BadRequest, sentence);

    private static Task Describe(OpenApiOperation operation, OpenApiSchema schema)
    {
        operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = schema } } };
        return Task.CompletedTask;
    }

    private static OpenApiSchema RequestSchema() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string> { "recipe", "data" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["name"] = Text("What the network is to be called."),
            ["recipe"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Object, Description = "Name of a recipe that comes with Nabla, or a recipe as docs/recipe.schema.json describes it." },
            ["data"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "kind" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["kind"] = Text("built-in, mnist, images or file."),
                    ["count"] = Whole("Of built-in digits: how many to train on."),
                    ["shape"] = Wholes("Of images: rows, columns and perhaps channels."),
                    ["pixels"] = Text("Of images: a byte for each value, in base64."),
                    ["labels"] = Wholes("Of images: the class of each."),
                    ["classNames"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, Description = "Of images: names of the classes." },
                    ["name"] = Text("Of a file: its name."),
                    ["content"] = Text("Of a file: its contents in base64: CSV, npy, npz and so on."),
                },
            },
        },
    };

    private static OpenApiSchema ChangeSchema() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["command"] = Text("pause, resume, step or stop."),
            ["delay"] = Whole("Milliseconds to wait after each step."),
            ["drawing"] = Text("28×28 levels in base64, whose scores are told from now on; empty for none."),
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Whole(string description) => new() { Type = JsonSchemaType.Integer, Description = description };

    private static OpenApiSchema Wholes(string description) => new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Integer }, Description = description };
}

/// <summary>The trainings that there are.</summary>
/// <param name="Trainings">In the order in which they were asked for.</param>
/// <param name="Data">Kinds of samples that the server has itself.</param>
internal sealed record TrainingList(IReadOnlyList<TrainingSummary> Trainings, IReadOnlyList<string> Data);

/// <summary>A training in short.</summary>
/// <param name="Id">What requests call it.</param>
/// <param name="Name">What its network is called, or will be.</param>
/// <param name="State">How it is.</param>
/// <param name="Message">What there is to say of that; null for nothing.</param>
/// <param name="Before">How many come before it.</param>
internal sealed record TrainingSummary(int Id, string Name, TrainingState State, string? Message, int Before)
{
    public static TrainingSummary Of(ServedTraining training, TrainingQueue queue) => new(training.Id, training.Name, training.Status.State, training.Status.Message, queue.Before(training));
}

/// <summary>What is to change in a training; each member may be left out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TrainingChange
{
    /// <summary><c>pause</c>, <c>resume</c>, <c>step</c> or <c>stop</c>.</summary>
    public string? Command { get; init; }

    /// <summary>Milliseconds to wait after each step.</summary>
    public int? Delay { get; init; }

    /// <summary>28×28 levels, whose scores are told from now on; empty for none.</summary>
    public byte[]? Drawing { get; init; }
}
