using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Nabla.Web.Models;
using Nabla.Web.Requests;

namespace Nabla.Web.Predicting;

/// <summary>Predicts samples, and reads pictures.</summary>
internal static class PredictionEndpoints
{
    private const string Json = "application/json", Bytes = "application/octet-stream", AnyPicture = "image/*";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Describe(routes.MapPost("/api/predict", Predict).WithSummary("Predicts samples: numbers, bytes, or a picture, which is searched for one digit where the model reads digits."),
            (Json, JsonSchema()), (Bytes, BinarySchema("Levels of 0 to 255, one byte for each value of a sample, of one or many samples.")), (AnyPicture, PictureSchema()));
        Describe(routes.MapPost("/api/read", Read).WithSummary("Finds and reads all digits of a picture, line by line."), (AnyPicture, PictureSchema()));
    }

    private static async Task<Ok<PredictionAnswer>> Predict(HttpRequest request, string? model, ModelStore models, PredictionTurns turns, WebServerOptions options, CancellationToken cancellation)
    {
        string kind = KindOf(request, $"{Json}, {Bytes} or a picture such as image/png", Json, Bytes);
        byte[] body = await request.ReadBody(cancellation).ConfigureAwait(false);
        using IDisposable turn = await turns.Wait(cancellation).ConfigureAwait(false);
        switch (kind)
        {
            case Json:
                JsonSamples samples = Decode(body, options.MaxSamples);
                ServedModel named = models.Require(samples.Model ?? model ?? ModelStore.Default);
                return Answer(named, "json", samples.For(named.Network.InputShape), cancellation);
            case Bytes:
                ServedModel ofBytes = models.Require(model ?? ModelStore.Default);
                return Answer(ofBytes, "bytes", Levels(body, ofBytes.Network.InputShape, options.MaxSamples), cancellation);
            default:
                ServedModel ofPictures = models.Require(model ?? ModelStore.Default);
                Picture picture = Decode(body);
                SamplePrediction prediction = Telemetry.Predict(ofPictures.Name, "picture", 1, () => OfPicture(ofPictures, picture));
                return TypedResults.Ok(new PredictionAnswer(ofPictures.Name, [prediction]));
        }
    }

    private static async Task<Ok<PageAnswer>> Read(HttpRequest request, string? model, ModelStore models, PredictionTurns turns, CancellationToken cancellation)
    {
        KindOf(request, "a picture such as image/png");
        ServedModel reading = models.Require(model ?? ModelStore.Default);
        DigitReader reader = reading.Reader;
        byte[] body = await request.ReadBody(cancellation).ConfigureAwait(false);
        using IDisposable turn = await turns.Wait(cancellation).ConfigureAwait(false);
        Picture picture = Decode(body);
        IReadOnlyList<IReadOnlyList<DigitReading>> lines = Telemetry.Predict(reading.Name, "page", 1, () => reader.ReadPage(picture));
        foreach (DigitReading digit in lines.SelectMany(line => line))
        {
            reading.ThrowUnlessFinite(digit.Scores);
        }
        return TypedResults.Ok(new PageAnswer(reading.Name, [.. lines.Select(line => new PageLine(reader.TextOf(line), [.. line.Select(digit => SamplePrediction.Of(reading.Network, digit))]))]));
    }

    private static Ok<PredictionAnswer> Answer(ServedModel model, string kind, Features samples, CancellationToken cancellation)
    {
        float[][] scores = Telemetry.Predict(model.Name, kind, samples.Count, () => model.Score(samples, cancellation));
        return TypedResults.Ok(new PredictionAnswer(model.Name, [.. scores.Select(ofOne => SamplePrediction.Of(model.Network, ofOne))]));
    }

    private static SamplePrediction OfPicture(ServedModel model, Picture picture)
    {
        Network network = model.Network;
        if (model.ReadsDrawings)
        {
            DigitReading reading = model.Reader.Read(picture);
            model.ThrowUnlessFinite(reading.Scores);
            return SamplePrediction.Of(network, reading);
        }
        if (!PictureSample.CanBe(network.InputShape))
        {
            throw Refused($"The model '{model.Name}' takes samples of {network.InputShape}, expected images, grey or in colours; pictures cannot be turned into that.");
        }
        byte[] levels = PictureSample.Of(picture, network);
        float[] values = new float[levels.Length], scores = new float[network.OutputShape.Size];
        network.Preprocessing.FromLevels(levels, values);
        network.Score(values, scores);
        model.ThrowUnlessFinite(scores);
        return SamplePrediction.Of(network, scores);
    }

    private static ByteFeatures Levels(byte[] body, Shape input, int most)
    {
        (int count, int rest) = Math.DivRem(body.Length, input.Size);
        if (rest != 0 || count == 0)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"Found {body.Length:N0} bytes, expected {input.Size:N0}, one for each value of {input}, or a multiple of that for many samples."));
        }
        return count <= most ? new ByteFeatures(body, input)
            : throw Refused(string.Create(CultureInfo.InvariantCulture, $"Found {count:N0} samples, expected at most {most:N0}; send them in parts."));
    }

    private static JsonSamples Decode(byte[] json, int most)
    {
        using Activity? span = Telemetry.Decode();
        return JsonSamples.Read(json, most);
    }

    private static Picture Decode(byte[] body)
    {
        using Activity? span = Telemetry.Decode();
        try
        {
            return PictureFile.Read(body, "The picture");
        }
        catch (MalformedFileException exception)
        {
            throw Refused(exception.Message);
        }
    }

    /// <summary>Which of the kinds a body is said to be; any picture is <see cref="AnyPicture"/>, since its contents say which.</summary>
    /// <exception cref="RequestException">It is none of these.</exception>
    private static string KindOf(HttpRequest request, string expected, params ReadOnlySpan<string> kinds)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            foreach (string kind in kinds)
            {
                if (type.MediaType.Equals(kind, StringComparison.OrdinalIgnoreCase))
                {
                    return kind;
                }
            }
            if (type.Type.Equals("image", StringComparison.OrdinalIgnoreCase))
            {
                return AnyPicture;
            }
        }
        string found = request.ContentType is not { Length: > 0 } text ? "no Content-Type" : $"the Content-Type '{(text.Length > 100 ? $"{text[..100]}…" : text)}'";
        throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"Found {found}, expected {expected}.");
    }

    private static RequestException Refused(string sentence) => new(StatusCodes.Status400BadRequest, sentence);

    private static void Describe(RouteHandlerBuilder route, params (string Kind, OpenApiSchema Schema)[] bodies)
    {
        route.WithTags("Predictions");
        foreach (int status in (int[])[StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status413PayloadTooLarge,
            StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status422UnprocessableEntity, StatusCodes.Status429TooManyRequests])
        {
            route.ProducesProblem(status);
        }
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = bodies.ToDictionary(body => body.Kind, body => new OpenApiMediaType { Schema = body.Schema }) };
            return Task.CompletedTask;
        });
    }

    private static OpenApiSchema JsonSchema()
    {
        OpenApiSchema sample = new() { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float" }, Description = "One number for each value of a sample, in the units of the model's training samples." };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalPropertiesAllowed = false,
            Description = "Either one sample or many.",
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["model"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Name of the model, instead of the parameter." },
                ["sample"] = sample,
                ["samples"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = sample },
            },
        };
    }

    private static OpenApiSchema BinarySchema(string description) => new() { Type = JsonSchemaType.String, Format = "binary", Description = description };

    private static OpenApiSchema PictureSchema() => BinarySchema("The file of a JPEG, PNG, WebP, BMP, GIF or PGM picture.");
}
