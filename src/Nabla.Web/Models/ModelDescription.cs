namespace Nabla.Web.Models;

/// <summary>The models that there are.</summary>
/// <param name="Models">Those that ship, then those of the folder by name.</param>
internal sealed record ModelList(IReadOnlyList<ModelDescription> Models);

/// <summary>What there is to know of a model.</summary>
internal sealed record ModelDescription
{
    /// <summary>The name that requests call it by.</summary>
    public required string Name { get; init; }

    /// <summary>Shape of one sample that goes in, such as 28 and 28.</summary>
    public required IReadOnlyList<int> Input { get; init; }

    /// <summary>How many scores come out.</summary>
    public required int Outputs { get; init; }

    /// <summary>Names of the classes that the scores are of, from class 0; null where they have none.</summary>
    public required IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What it was trained with; null where that is not known. With softmax cross-entropy the scores are probabilities.</summary>
    public required string? Loss { get; init; }

    /// <summary>How many numbers it has learnt.</summary>
    public required int Parameters { get; init; }

    /// <summary>A line a layer.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>How it was trained; null where it was not.</summary>
    public required ModelTraining? Training { get; init; }

    public static ModelDescription Of(string name, Network network) => new()
    {
        Name = name,
        Input = [.. network.InputShape],
        Outputs = network.OutputShape.Size,
        ClassNames = network.ClassNames,
        Loss = network.Loss?.ToString(),
        Parameters = network.Parameters.Length,
        Layers = [.. network.Layers.Select(layer => layer.ToString()!)],
        Training = network.Training is TrainingRecord training ? ModelTraining.Of(training) : null,
    };
}

/// <summary>How a model was trained, and how well.</summary>
/// <param name="Data">What it was trained on; null where that is not known.</param>
/// <param name="Samples">Number of training samples.</param>
/// <param name="Optimizer">The rule that changed its weights.</param>
/// <param name="Epochs">Epochs that were asked for.</param>
/// <param name="BestEpoch">The epoch whose weights were kept, from 1.</param>
/// <param name="BatchSize">Samples in a batch.</param>
/// <param name="ValidationAccuracy">Accuracy on samples that choices were made by, 0 to 1; null where there were none.</param>
/// <param name="TestAccuracy">Accuracy on test samples, 0 to 1; null where it is not known.</param>
/// <param name="Version">Version of Nabla that trained it.</param>
internal sealed record ModelTraining(
    string? Data, int Samples, string Optimizer, int Epochs, int BestEpoch, int BatchSize, double? ValidationAccuracy, double? TestAccuracy, string Version)
{
    public static ModelTraining Of(TrainingRecord training) => new(
        training.Data, training.Samples, training.Optimizer.ToString(), training.Options.Epochs, training.BestEpoch, training.Options.BatchSize,
        training.ValidationAccuracy, training.TestAccuracy, training.Version);
}
