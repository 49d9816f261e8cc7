namespace Nabla;

/// <summary>One epoch is done.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean loss over the training samples, each before its step changed the weights.</param>
/// <param name="Accuracy">Share of the training samples whose class was recognised, likewise; null for targets that are no classes.</param>
/// <param name="ValidationLoss">Mean loss over the validation samples after the epoch; null where there are none.</param>
/// <param name="ValidationAccuracy">Share of the validation samples recognised; null where there are none or no classes.</param>
public sealed record EpochResult(int Epoch, double Loss, double? Accuracy, double? ValidationLoss, double? ValidationAccuracy)
{
    /// <summary>Whether this epoch's network is to be preferred: by validation accuracy, between equals by validation loss; without validation the later one.</summary>
    internal bool IsBetterThan(EpochResult? other) =>
        other is null
        || ValidationLoss is null
        || ValidationAccuracy > other.ValidationAccuracy
        || (ValidationAccuracy == other.ValidationAccuracy && ValidationLoss < other.ValidationLoss);
}
