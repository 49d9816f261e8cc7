using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>Precision, recall and F1 of each class.</summary>
internal static class ClassTable
{
    public static Html Of(Network network, ConfusionMatrix confusion, string unit) => Html.Of($"""
        <div class="scroll" tabindex="0" role="group" aria-label="Figures of each class">
        <table class="figures-table">
        <thead><tr><th scope="col">Class</th><th scope="col">{char.ToUpperInvariant(unit[0])}{unit[1..]}s</th><th scope="col">Precision</th><th scope="col">Recall</th><th scope="col">F1</th></tr></thead>
        <tbody>
        {Enumerable.Range(0, confusion.ClassCount).Select(label => Html.Of($"""
        <tr><th scope="row">{Caption(network, label)}</th><td>{confusion.Support(label):N0}</td><td>{confusion.Precision(label):0.00%}</td><td>{confusion.Recall(label):0.00%}</td><td>{confusion.F1(label):0.00%}</td></tr>

        """))}</tbody>
        </table>
        </div>
        """);

    /// <summary>The number of a class, and its name where it has another.</summary>
    public static Html Caption(Network network, int label)
    {
        string number = label.ToString(CultureInfo.InvariantCulture), name = network.NameOf(label);
        return name == number ? Html.Of($"{number}") : Html.Of($"""<span class="number">{number}</span> {name}""");
    }
}
