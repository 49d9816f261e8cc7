using System.Globalization;

namespace Nabla.Cli.Reports;

/// <summary>What was predicted as what, as a table whose cells are the darker the more mistakes they have; as a picture where there are too many classes for figures.</summary>
internal static class ConfusionMatrixDrawing
{
    private const int MostFigures = 20;
    private const int MostConfusedShown = 8;

    // Longer ones take two lines or more.
    private const int MostNameLength = 16;

    public static Html Of(Network network, ConfusionMatrix confusion)
    {
        int classes = confusion.ClassCount;
        int most = 1;
        for (int actual = 0; actual < classes; actual++)
        {
            for (int predicted = 0; predicted < classes; predicted++)
            {
                most = actual == predicted ? most : Math.Max(most, confusion[actual, predicted]);
            }
        }
        return classes <= MostFigures ? Table(network, confusion, most) : Picture(confusion, most);
    }

    /// <summary>The mistakes made most often, as a list.</summary>
    public static Html MostConfused(Network network, ConfusionMatrix confusion)
    {
        IReadOnlyList<(int Actual, int Predicted, int Count)> confused = confusion.MostConfused(MostConfusedShown);
        return confused.Count == 0
            ? Html.Of($"<p>No class was predicted as another.</p>")
            : Html.Of($"""
                <p class="remark">Most often confused, actual → predicted:</p>
                <ul class="inline">{confused.Select(pair => Html.Of($"<li>{network.NameOf(pair.Actual)} → {network.NameOf(pair.Predicted)} <small>{pair.Count:N0}×</small></li>"))}</ul>
                """);
    }

    private static Html Table(Network network, ConfusionMatrix confusion, int most)
    {
        int[] labels = [.. Enumerable.Range(0, confusion.ClassCount)];
        return Html.Of($"""
            <div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix">
            <table class="confusion" style="--classes:{confusion.ClassCount};--name:{Math.Clamp(labels.Max(label => NameLength(network, label)), 2, MostNameLength)}ch">
            <caption>Rows: actual class. Columns: predicted class.</caption>
            <thead><tr><td></td>{labels.Select(label => Html.Of($"""<th scope="col"{(HasName(network, label) ? Html.Of($""" title="{network.NameOf(label)}" """) : Html.Empty)}>{Number(label)}</th>"""))}</tr></thead>
            <tbody>
            {labels.Select(actual => Html.Of($"""
            <tr><th scope="row">{ClassTable.Caption(network, actual)}</th>{labels.Select(predicted => Cell(confusion[actual, predicted], actual == predicted, most))}</tr>

            """))}</tbody>
            </table>
            </div>
            """);
    }

    private static Html Cell(int count, bool isRight, int most)
    {
        // By the root, so that a single mistake is seen beside a hundred.
        double shade = Math.Sqrt((double)count / most);
        return isRight ? Html.Of($"""<td class="right">{count:N0}</td>""")
            : count == 0 ? Html.Of($"""<td class="none">·</td>""")
            : Html.Of($"""<td class="wrong" style="--shade:{shade:0.##}">{count:N0}</td>""");
    }

    private static Html Picture(ConfusionMatrix confusion, int most)
    {
        int classes = confusion.ClassCount;
        float[] shades = new float[classes * classes];
        for (int actual = 0; actual < classes; actual++)
        {
            for (int predicted = 0; predicted < classes; predicted++)
            {
                // What is right is no mistake, and has the other hue.
                shades[actual * classes + predicted] = actual == predicted
                    ? -0.35f * (float)confusion.Recall(actual)
                    : (float)Math.Sqrt((double)confusion[actual, predicted] / most);
            }
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"Confusion matrix of {classes} classes; the darkest place has {most:N0} mistakes");
        return Html.Of($"""
            <p class="remark">Rows: actual class. Columns: predicted class, both in order. Blue: mistakes, at the darkest {most:N0}. Orange: right.</p>
            <img class="pixels matrix" src="{PictureData.OfShades(shades, classes, 1)}" width="{classes}" height="{classes}" alt="{name}"/>
            """);
    }

    private static int NameLength(Network network, int label) => HasName(network, label) ? Number(label).Length + 1 + network.NameOf(label).Length : Number(label).Length;

    private static bool HasName(Network network, int label) => network.NameOf(label) != Number(label);

    private static string Number(int label) => label.ToString(CultureInfo.InvariantCulture);
}
