using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>Precision, recall and F1 of each class.</summary>
internal static class ClassTable
{
    public static Html Of(Network network, ConfusionMatrix confusion, string unit) => FigureTable.Of(
        "Figures of each class",
        ["Class", Measurement.Heading(unit), "Precision", "Recall", "F1"],
        Enumerable.Range(0, confusion.ClassCount).Select(label => (Html[])
        [
            Caption(network, label), confusion.Support(label).ToString("N0", CultureInfo.InvariantCulture),
            Percent(confusion.Precision(label)), Percent(confusion.Recall(label)), Percent(confusion.F1(label)),
        ]));

    private static string Percent(double share) => share.ToString("0.00%", CultureInfo.InvariantCulture);

    /// <summary>The number of a class, and its name where it has another.</summary>
    public static Html Caption(Network network, int label)
    {
        string number = label.ToString(CultureInfo.InvariantCulture), name = network.NameOf(label);
        return name == number ? Html.Of($"{number}") : Html.Of($"""<span class="number">{number}</span> {name}""");
    }
}
