using System.Text.Json.Serialization;

namespace Nabla.Web.Predicting;

/// <summary>What a model says of samples.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Predictions">One a sample, in their order.</param>
internal sealed record PredictionAnswer(string Model, IReadOnlyList<SamplePrediction> Predictions);

/// <summary>What a model says of one sample.</summary>
internal sealed record SamplePrediction
{
    /// <summary>The class with the highest score, from 0; null where a picture is blank.</summary>
    public required int? Label { get; init; }

    /// <summary>Its name, or its number where it has none; null where a picture is blank.</summary>
    public required string? Name { get; init; }

    /// <summary>Its score; null where a picture is blank.</summary>
    public required float? Confidence { get; init; }

    /// <summary>The score of each class, from class 0: probabilities if the model was trained with softmax cross-entropy, else its outputs, such as the numbers of a regression; none where a picture is blank.</summary>
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>Of a picture that was searched for a digit: sure, unsure, or none where there is no digit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Verdict { get; init; }

    /// <summary>Of such a picture: the estimated probability that it is a digit at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Digitness { get; init; }

    /// <summary>Of such a picture: where the digit is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Box? Box { get; init; }

    public static SamplePrediction Of(Network network, IReadOnlyList<float> scores)
    {
        Prediction? best = scores.Count == 0 ? null : Prediction.FromScores([.. scores]);
        return new SamplePrediction { Label = best?.Label, Name = best is { } prediction ? network.NameOf(prediction.Label) : null, Confidence = best?.Confidence, Scores = scores };
    }

    public static SamplePrediction Of(Network network, DigitReading reading) => Of(network, reading.Scores) with
    {
        Verdict = reading.Verdict switch { ReadingVerdict.Sure => "sure", ReadingVerdict.Unsure => "unsure", _ => "none" },
        Digitness = reading.Digitness,
        Box = reading.Found is { Box: var box } ? new Box(box.Left, box.Top, box.Width, box.Height) : null,
    };
}

/// <summary>A place in a picture, in pixels.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal sealed record Box(int Left, int Top, int Width, int Height);

/// <summary>What a model has read on a page.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Lines">From the top down.</param>
internal sealed record PageAnswer(string Model, IReadOnlyList<PageLine> Lines);

/// <summary>A line of a page.</summary>
/// <param name="Text">Its digits, with a space where there is a wide gap.</param>
/// <param name="Readings">From left to right, with what is no digit.</param>
internal sealed record PageLine(string Text, IReadOnlyList<SamplePrediction> Readings);
