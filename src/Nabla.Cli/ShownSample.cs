using System.Globalization;

namespace Nabla.Cli;

/// <summary>A sample, what it is and what a network takes it for.</summary>
internal sealed record ShownSample(int Row, int Actual, Prediction Prediction)
{
    public bool IsMistake => Prediction.Label != Actual;

    /// <summary>The first samples of a data set with classes.</summary>
    public static ShownSample[] First(Network network, DataSet data, int count) => Predict(network, data.Slice(0, Math.Min(count, data.Count)));

    /// <summary>All samples of a data set with classes.</summary>
    public static ShownSample[] All(Network network, DataSet data) => Predict(network, data);

    /// <summary>All samples that are not recognised, most confident first; those without a number for it last.</summary>
    public static IEnumerable<ShownSample> Mistakes(Network network, DataSet data) =>
        Predict(network, data).Where(sample => sample.IsMistake).OrderByDescending(sample => sample.Prediction.Confidence);

    /// <summary>Two lines: what it is, and what it is predicted as, with a mark that needs no colour.</summary>
    public (string First, string Second) Caption(Network network)
    {
        string confidence = ConfidenceText(network, Prediction.Confidence);
        string row = Row.ToString(CultureInfo.InvariantCulture);
        return ($"{network.NameOf(Actual)} (image {row})", $"{(IsMistake ? "✗ predicted as" : "✓")} {network.NameOf(Prediction.Label)} {confidence}");
    }

    /// <summary>A score as people read it: only a softmax gives shares of certainty.</summary>
    public static string ConfidenceText(Network network, float confidence) =>
        confidence.ToString(network.Loss is SoftmaxCrossEntropyLoss ? "0.0%" : "0.00", CultureInfo.InvariantCulture);

    private static ShownSample[] Predict(Network network, DataSet data)
    {
        ClassLabels labels = (ClassLabels)data.Targets;
        return [.. network.Predict(data.Features, Environment.ProcessorCount).Select((prediction, row) => new ShownSample(row, labels.Values[row], prediction))];
    }
}
