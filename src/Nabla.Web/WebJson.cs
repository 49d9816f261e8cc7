using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Nabla.Web.Models;
using Nabla.Web.Predicting;

namespace Nabla.Web;

/// <summary>All that goes out as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(PageAnswer))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(ServerState))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(string))]
internal sealed partial class WebJson : JsonSerializerContext;
