using System.Text.Json.Serialization;
using Nabla.Cli.Commands;
using Nabla.Cli.Studies;

namespace Nabla.Cli;

/// <summary>Writes summaries without reflection, so also in a natively compiled program.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TrainSummary))]
[JsonSerializable(typeof(EvaluationSummary))]
[JsonSerializable(typeof(StudySummary))]
[JsonSerializable(typeof(ComparisonSummary))]
[JsonSerializable(typeof(IReadOnlyList<PredictionSummary>))]
[JsonSerializable(typeof(PageSummary))]
[JsonSerializable(typeof(DataSummary))]
[JsonSerializable(typeof(InspectionSummary))]
[JsonSerializable(typeof(IReadOnlyList<SampleSummary>))]
[JsonSerializable(typeof(IReadOnlyList<RowSummary>))]
internal sealed partial class SummaryJson : JsonSerializerContext;
