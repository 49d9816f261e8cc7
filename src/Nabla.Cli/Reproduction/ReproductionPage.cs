using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Cli.Reproduction;

/// <summary>Writes what came of the recipes as a Markdown page.</summary>
internal static class ReproductionPage
{
    /// <param name="rows">The recipes that are done.</param>
    /// <param name="asked">How many were asked for.</param>
    /// <param name="command">The command that made the page.</param>
    /// <param name="date">The day.</param>
    public static string Create(IReadOnlyList<ReproductionRow> rows, int asked, string command, DateOnly date)
    {
        StringBuilder page = new();
        string version = typeof(Trainer).Assembly.GetName().Version!.ToString(3);
        page.Append(CultureInfo.InvariantCulture, $"""
            # The notebooks' networks, beside the notebooks

            Made by `{command}` on {date:yyyy-MM-dd}, Nabla {version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription},
            {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors.


            """);
        if (rows.Count < asked)
        {
            page.Append(CultureInfo.InvariantCulture, $"**Not finished: {rows.Count} of {asked} recipes.**\n\n");
        }
        page.Append("""
            ## The notebooks' own figures

            Each figure counts images that were recognised, of so many; ours are counted after the same epoch on images of the
            same part. A notebook's figure is a single draw, often the best row of an output that is cut off: how many of our
            seeds have at least as many says how likely it is. NumPy is the reference run with seed 1, by the textbook's
            gradient. Time is the median of the trainings, each to its end.


            """);
        Append(page, ReproductionTable.NotebookHeadings, rows.Select(ReproductionTable.NotebookCells));
        page.Append("""

            ## The end of NumPy's runs

            After the last epoch that the reference run has a figure of. Runs of one image a step drift apart as chaos does: there
            the difference says little, and the tests of the golden runs say how far they are the same.


            """);
        Append(page, ReproductionTable.NumPyHeadings, rows.Select(ReproductionTable.NumPyCells));
        page.Append("\n## What is what\n\n");
        foreach (NotebookFigures figures in rows.Select(row => row.Figures))
        {
            page.Append(CultureInfo.InvariantCulture, $"- **{figures.Recipe}**, of {figures.Count:N0} {figures.Images}. {figures.Remark}\n");
        }
        if (rows.Any(row => row.Figures.Notebook == "002"))
        {
            page.Append("\nNotebook 002 does not show how its images are loaded; ours are the first 1,000 of each part, divided by 255.\n");
        }
        return page.ToString();
    }

    private static void Append(StringBuilder page, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        AppendRow(page, headings);
        AppendRow(page, [.. headings.Select((_, column) => column == 0 ? "---" : "---:")]);
        foreach (IReadOnlyList<string> row in rows)
        {
            AppendRow(page, row);
        }
    }

    private static void AppendRow(StringBuilder page, IReadOnlyList<string> cells) => page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
