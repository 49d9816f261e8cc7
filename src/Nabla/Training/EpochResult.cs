using System.Globalization;

namespace Nabla;

/// <summary>One epoch is done.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Loss">Mean loss over the training samples, each before its step changed the weights.</param>
/// <param name="Accuracy">Share of the training samples whose class was recognised, likewise; null for targets that are no classes.</param>
/// <param name="ValidationLoss">Mean loss over the validation samples after the epoch; null where there are none.</param>
/// <param name="ValidationAccuracy">Share of the validation samples recognised; null where there are none or no classes.</param>
public sealed record EpochResult(int Epoch, double Loss, double? Accuracy = null, double? ValidationLoss = null, double? ValidationAccuracy = null)
{
    /// <summary>In one line: <c>epoch 3: loss 0.0849, validation accuracy 97.31%</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"epoch {Epoch}: loss {FormatLoss(Loss)}")
        + (ValidationAccuracy is double validation ? FormattableString.Invariant($", validation accuracy {validation:0.00%}")
            : ValidationLoss is double loss ? FormattableString.Invariant($", validation loss {FormatLoss(loss)}")
            : Accuracy is double accuracy ? FormattableString.Invariant($", training accuracy {accuracy:0.00%}")
            : "");

    /// <summary>Four decimals, or powers of ten for a loss that runs away.</summary>
    private static string FormatLoss(double loss) => loss.ToString(loss < 1e6 ? "F4" : "E2", CultureInfo.InvariantCulture);

    /// <summary>Whether this epoch's network is to be preferred: by validation accuracy, between equals by validation loss; without validation the later one.</summary>
    public bool IsBetterThan(EpochResult? other) =>
        other is null
        || ValidationLoss is null
        || ValidationAccuracy > other.ValidationAccuracy
        || (ValidationAccuracy == other.ValidationAccuracy && ValidationLoss < other.ValidationLoss);
}
