using System.Text.Json.Serialization;

namespace Nabla.Cli;

/// <summary>What <c>nabla train</c> did, as summary.json and for --json.</summary>
internal sealed record TrainSummary
{
    /// <summary>Name of the recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>Share of the test images recognised, 0 to 1; null for a regression.</summary>
    public required double? TestAccuracy { get; init; }

    public required int? TestCorrect { get; init; }

    /// <summary>How far a regression's answers for the test samples are from the right ones; not there for classes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RegressionFigures? TestRegression { get; init; }

    public required int TestCount { get; init; }

    /// <summary>How many of the test images would be recognised by always giving their commonest class.</summary>
    public required int CommonestCount { get; init; }

    /// <summary>Mean loss of giving each class the share that it has of the images to learn from, whatever the image; null where the loss cannot tell.</summary>
    public required double? ConstantLoss { get; init; }

    /// <summary>Whether neither an epoch's loss nor that of the test images is below <see cref="ConstantLoss"/>.</summary>
    public required bool LossStayedHigh { get; init; }

    /// <summary>What is said of it.</summary>
    [JsonIgnore]
    public string LossRemark => FormattableString.Invariant($"loss never fell below {ConstantLoss:G3}, which one has that answers without looking at the image");

    /// <summary>
    /// Whether it is no better than an answer without looking, by what it recognises or by its loss, with enough test images to tell.
    /// </summary>
    public required bool HasLearntNothing { get; init; }

    public required double TestLoss { get; init; }

    /// <summary>Share of the validation images recognised after the best epoch, 0 to 1.</summary>
    public required double? ValidationAccuracy { get; init; }

    /// <summary>Wall-clock time of the training, validation included, data and test not.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>Epochs that were finished.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch whose weights were kept, from 1.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Whether Ctrl-C ended it early.</summary>
    public required bool Cancelled { get; init; }

    /// <summary>Number of weights and biases.</summary>
    public required int Parameters { get; init; }

    public required uint Seed { get; init; }

    public required int Threads { get; init; }

    /// <summary>Path of the model file.</summary>
    public required string Model { get; init; }

    /// <summary>What it was trained and tested on.</summary>
    public required string Data { get; init; }

    // Of fewer images, a network that has learnt may by chance recognise no more than the commonest class.
    private const int EnoughToTell = 30;

    // A number tells more than a class.
    private const int EnoughNumbers = 10;

    // "Slight agreement" at most: Landis and Koch, "The measurement of observer agreement for categorical data", Biometrics 33, 1977.
    // Weights out of all bounds, or as they were drawn, recognise a little more than the commonest class by luck; and where one
    // class is far more common than another, a network that finds the other may recognise less.
    private const double MaxKappa = 0.2;

    public static TrainSummary Create(
        Recipe recipe, Network network, TrainingHistory history, Evaluation test, double? constantLoss, double seconds, string model, string data)
    {
        int commonest = test.Confusion is { } confusion ? confusion.Support(confusion.CommonestClass) : 0;
        bool lossStayedHigh = history.Epochs.Select(epoch => epoch.Loss).Append(test.Loss).Min() >= constantLoss;
        return new()
        {
            Recipe = recipe.Name,
            TestAccuracy = test.Accuracy,
            TestCorrect = test.Correct,
            TestRegression = test.Regression,
            TestCount = test.Samples,
            CommonestCount = commonest,
            ConstantLoss = constantLoss,
            LossStayedHigh = lossStayedHigh,
            HasLearntNothing = test.Regression is { R2: <= 0 } ? test.Samples >= EnoughNumbers : test.Confusion is { Kappa: <= MaxKappa } taken
                && test.Samples >= EnoughToTell && commonest < test.Samples
                && (taken.Correct <= commonest || lossStayedHigh),
            TestLoss = test.Loss,
            ValidationAccuracy = history.Best?.ValidationAccuracy,
            TrainSeconds = Math.Round(seconds, 3),
            Epochs = history.Epochs.Count,
            BestEpoch = history.Best?.Epoch ?? 0,
            Cancelled = history.Cancelled,
            Parameters = network.Parameters.Length,
            Seed = recipe.Training.Seed,
            Threads = recipe.Training.Threads,
            Model = model,
            Data = data,
        };
    }
}
