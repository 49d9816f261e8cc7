using System.Text.Json.Serialization;

namespace Nabla.Cli;

/// <summary>What <c>nabla evaluate</c> found, for --json.</summary>
internal sealed record EvaluationSummary
{
    /// <summary>What is said where the accuracy tells nothing.</summary>
    public const string OneClassRemark = "All of these images are of one class: a network that always gives the same answer would be right.";

    public required string Model { get; init; }

    public required string Data { get; init; }

    /// <summary>Which of the data was measured.</summary>
    public required string Part { get; init; }

    public required int Samples { get; init; }

    /// <summary>How many were recognised; null for a regression, as accuracy, classes and confusion are.</summary>
    public required int? Correct { get; init; }

    /// <summary>Share of the images recognised, 0 to 1.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>How far a regression's answers are from the right ones; not there for classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegressionFigures? Regression { get; init; }

    /// <summary>Mean loss per image.</summary>
    public required double Loss { get; init; }

    /// <summary>Expected calibration error, 0 to 1; null where the scores are no probabilities.</summary>
    public required double? CalibrationError { get; init; }

    /// <summary>What the model divides its logits by.</summary>
    public required double Temperature { get; init; }

    /// <summary>Figures of each class, from class 0.</summary>
    public required IReadOnlyList<ClassSummary>? Classes { get; init; }

    /// <summary>[actual][predicted]: how many images of one class were predicted as the other.</summary>
    public required IReadOnlyList<IReadOnlyList<int>>? Confusion { get; init; }

    /// <summary>Figures of one class; shares from 0 to 1. Its name is its number where it has none.</summary>
    internal sealed record ClassSummary(int Label, string Name, int Samples, double Precision, double Recall, double F1);

    public static EvaluationSummary Create(string model, DataSource.TestData data, Network network, Evaluation evaluation, Calibration? calibration)
    {
        ConfusionMatrix? confusion = evaluation.Confusion;
        int[] labels = [.. Enumerable.Range(0, confusion?.ClassCount ?? 0)];
        return new EvaluationSummary
        {
            Model = model,
            Data = data.Source,
            Part = data.Part,
            Samples = evaluation.Samples,
            Correct = evaluation.Correct,
            Accuracy = evaluation.Accuracy,
            Regression = evaluation.Regression,
            Loss = evaluation.Loss,
            CalibrationError = calibration?.ExpectedError,
            Temperature = network.Temperature,
            Classes = confusion is null ? null : [.. labels.Select(c => new ClassSummary(c, network.NameOf(c), confusion.Support(c), confusion.Precision(c), confusion.Recall(c), confusion.F1(c)))],
            Confusion = confusion is null ? null : [.. labels.Select(actual => (IReadOnlyList<int>)[.. labels.Select(predicted => confusion[actual, predicted])])],
        };
    }
}
