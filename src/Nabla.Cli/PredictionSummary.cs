using System.Text.Json.Serialization;

namespace Nabla.Cli;

/// <summary>What <c>nabla predict</c> takes one picture for, for --json.</summary>
internal sealed record PredictionSummary
{
    public required string Image { get; init; }

    /// <summary>The class with the highest score, from 0.</summary>
    public required int Label { get; init; }

    /// <summary>Its name, or its number where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>The score of each class, from class 0: probabilities if the model was trained with softmax cross-entropy, else its outputs.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required IReadOnlyList<float> Scores { get; init; }
}
