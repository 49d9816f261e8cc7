using System.Reflection;
using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// How a network was trained and how well; kept in its model file. It is not all that is needed to make it again: which
/// samples were chosen, and what had been drawn from a generator that was passed in, only the program or the
/// <see cref="Recipe"/> knows.
/// </summary>
public sealed record TrainingRecord
{
    /// <summary>Version of the library that trained it.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// Version of how batches are cut and sums are put together, on which the bits of a training depend; null in files from before it was counted. With the same version, options and data, a
    /// training gives the same weights.
    /// </summary>
    public int? PlanVersion { get; init; }

    /// <summary>The rule that changed the weights.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>Epochs, batches, seed and so on, as asked for.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Number of training samples, without those set aside for validation.</summary>
    public required int Samples { get; init; }

    /// <summary>The epoch whose weights were kept, from 1; 0 when it stopped before an epoch was finished.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Whether it was cancelled before the last epoch was finished.</summary>
    [JsonRequired]
    public bool Cancelled { get; init; }

    /// <summary>The epoch, from 1, in or after which <see cref="Trainer.Stop"/> ended it; null where it did not.</summary>
    public int? StoppedInEpoch { get; init; }

    /// <summary>The epoch, from 1, in which the loss became infinite or not a number, so that training stopped; null where it did not.</summary>
    public int? DivergedInEpoch { get; init; }

    /// <summary>Accuracy on the validation samples, 0 to 1; null where there were none.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Accuracy on test samples, 0 to 1, where someone measured it and wrote it here.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>What it was trained on, where someone wrote it here: <c>MNIST</c>.</summary>
    public string? Data { get; init; }

    /// <summary>Where that is, as <c>nabla train --data</c> was told: <c>mnist</c>, <c>synthetic</c> or a path; null where it is not known.</summary>
    public string? DataPath { get; init; }

    /// <summary>How its files were to be read, where something was said: the options of <c>nabla train</c> by name, as they were given.</summary>
    public IReadOnlyDictionary<string, string>? DataReading { get; init; }

    /// <summary>
    /// SHA-256 of the training part before some was set aside for testing, in hexadecimal, where the data is a file or folder:
    /// tells later whether it is the same, so that only samples are measured that were not learnt from.
    /// </summary>
    public string? DataSha256 { get; init; }

    /// <summary>Version of the library that runs now.</summary>
    internal static string LibraryVersion { get; } = typeof(TrainingRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
