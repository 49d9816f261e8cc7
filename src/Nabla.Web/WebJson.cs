using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Nabla.Web.Models;
using Nabla.Web.Predicting;
using Nabla.Web.Trainings;

namespace Nabla.Web;

/// <summary>All that goes out as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(PageAnswer))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ServerState))]
[JsonSerializable(typeof(TrainingList))]
[JsonSerializable(typeof(TrainingSummary))]
[JsonSerializable(typeof(TrainingChange))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(string))]
internal sealed partial class WebJson : JsonSerializerContext
{
    /// <summary>With quotation marks and the like as they are: they are escaped for pages that JSON is pasted into, which nobody does with ours.</summary>
    public static WebJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
