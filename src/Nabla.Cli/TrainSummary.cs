namespace Nabla.Cli;

/// <summary>What <c>nabla train</c> did, as summary.json and for --json.</summary>
internal sealed record TrainSummary
{
    /// <summary>Name of the recipe.</summary>
    public required string Recipe { get; init; }

    /// <summary>Share of the test images recognised, 0 to 1.</summary>
    public required double TestAccuracy { get; init; }

    public required int TestCorrect { get; init; }

    public required int TestCount { get; init; }

    /// <summary>How many of the test images would be recognised by always giving their commonest class.</summary>
    public required int CommonestCount { get; init; }

    /// <summary>Whether no more are recognised than that, of enough test images to tell.</summary>
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

    public static TrainSummary Create(
        Recipe recipe, Network network, TrainingHistory history, Evaluation test, double seconds, string model, string data) => new()
        {
            Recipe = recipe.Name,
            TestAccuracy = test.Accuracy ?? 0,
            TestCorrect = test.Correct ?? 0,
            TestCount = test.Samples,
            CommonestCount = test.Confusion is { } counts ? counts.Support(counts.CommonestClass) : 0,
            HasLearntNothing = test.Confusion is { } taken && taken.Support(taken.CommonestClass) is var commonest
                && test.Samples >= EnoughToTell && commonest < test.Samples && taken.Correct <= commonest,
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
