using System.Text.Json.Serialization;

namespace Nabla.Cli.Reproduction;

/// <summary>Reads the notebooks' figures and writes what came of them, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<NotebookFigures>))]
[JsonSerializable(typeof(ReproductionSummary))]
internal sealed partial class ReproductionJson : JsonSerializerContext;
