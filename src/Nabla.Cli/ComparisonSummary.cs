using System.Text.Json.Serialization;
using Nabla.Cli.Reports;

namespace Nabla.Cli;

/// <summary>What <c>nabla compare</c> found, for --json.</summary>
internal sealed record ComparisonSummary
{
    public required string Data { get; init; }

    /// <summary>Which of the data was measured.</summary>
    public required string Part { get; init; }

    public required int Samples { get; init; }

    /// <summary>The runs, in the order in which they were named.</summary>
    public required IReadOnlyList<RunSummary> Runs { get; init; }

    /// <summary>Where their recipes differ, or, where one has none, their model files.</summary>
    public required IReadOnlyList<RecipeDifference> Differences { get; init; }

    /// <summary>Every two of them.</summary>
    public required IReadOnlyList<PairSummary> Pairs { get; init; }

    /// <summary>One run; null for what is not known or does not apply.</summary>
    internal sealed record RunSummary(string Name, string? Recipe, int Parameters, int? Correct, double? Accuracy, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RegressionFigures? Regression, double Loss, double? CalibrationError, int? Epochs, double? TrainSeconds);

    /// <summary>Two runs, by their places from 0; of a regression, right is who is nearer, and both where they are as near.</summary>
    internal sealed record PairSummary(int First, int Second, int BothRight, int OnlyFirstRight, int OnlySecondRight, int BothWrong, double PValue, bool IsSignificant);

    public static ComparisonSummary Create(Comparison comparison) => new()
    {
        Data = comparison.Measurements[0].Data.Source,
        Part = comparison.Measurements[0].Data.Part,
        Samples = comparison.SampleCount,
        Runs =
        [
            .. comparison.Runs.Zip(comparison.Measurements, (run, measured) => new RunSummary(
                run.Name, run.RecipeName, run.Network.Parameters.Length, measured.Evaluation.Correct, measured.Evaluation.Accuracy, measured.Evaluation.Regression, measured.Evaluation.Loss,
                measured.Calibration?.After.ExpectedError, run.Summary?.Epochs, run.Summary?.TrainSeconds)),
        ],
        Differences = comparison.Differences,
        Pairs = [.. comparison.Pairs.Select(pair => new PairSummary(pair.First, pair.Second, pair.BothRight, pair.Test.OnlyFirst, pair.Test.OnlySecond, pair.BothWrong, pair.Test.PValue, pair.Test.IsSignificant))],
    };
}
