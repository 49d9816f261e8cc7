using System.Globalization;
using System.Text.Json.Nodes;

namespace Nabla.Cli.Studies;

/// <summary>How runs of studies are told of.</summary>
internal static class StudyWords
{
    /// <summary>A state as it stands in tables.</summary>
    public static string Of(RunState state) => state switch
    {
        RunState.Waiting => "waiting",
        RunState.Running => "running",
        RunState.Stale => "stale",
        RunState.Preempted => "preempted",
        RunState.Paused => "paused",
        RunState.Done => "done",
        RunState.StoppedEarly => "stopped early",
        RunState.Diverged => "diverged",
        _ => "failed",
    };

    /// <summary>A figure with its name: <c>validation accuracy 97.31%</c>.</summary>
    public static string Figure(Study study, double figure) => $"{NameOf(study.Measure)} {Number(study, figure)}";

    /// <summary>A figure alone.</summary>
    public static string Number(Study study, double figure) => double.IsNaN(figure) ? "–"
        : study.Measure == StudyMeasure.ValidationAccuracy ? figure.ToString("0.00%", CultureInfo.InvariantCulture) : figure.ToString("F4", CultureInfo.InvariantCulture);

    /// <summary>A value of an option: a word without its quotes.</summary>
    public static string Value(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? word) ? word : value?.ToJsonString() ?? "null";

    /// <summary>What is measured.</summary>
    public static string NameOf(StudyMeasure measure) => measure == StudyMeasure.ValidationAccuracy ? "validation accuracy" : "validation loss";
}
