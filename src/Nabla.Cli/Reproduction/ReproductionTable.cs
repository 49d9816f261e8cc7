using System.Globalization;

namespace Nabla.Cli.Reproduction;

/// <summary>What came of recipes as cells of tables, for the terminal and for Markdown.</summary>
internal static class ReproductionTable
{
    private const string None = "–";

    private static readonly string[] SeedHeadings = ["seeds", "seed 1", "mean", "lowest", "highest"];

    /// <summary>Headings of <see cref="ShortCells"/>.</summary>
    public static IReadOnlyList<string> ShortHeadings { get; } = ["recipe", "notebook", "NumPy", "seed 1", "mean", "range", "reached", "time"];

    /// <summary>The first point of a recipe in less than 80 columns.</summary>
    public static IReadOnlyList<string> ShortCells(ReproductionRow row)
    {
        ReproductionRow.Measured first = row.Points[0];
        string mean = first.Mean?.ToString("F0", CultureInfo.InvariantCulture) ?? None;
        string range = first.Mean is null ? None : string.Create(CultureInfo.InvariantCulture, $"{first.Lowest}–{first.Highest}");
        string reached = row.Verdict == Verdict.NoFigure ? None : Reached(row);
        return [row.Figures.Recipe, Short(first.Point.Notebook), Short(first.Point.NumPy), Short(first.OwnSeed), mean, range, reached, Time(row.Seconds)];

        static string Short(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? None;
    }

    /// <summary>Headings of <see cref="NotebookCells"/>.</summary>
    public static IReadOnlyList<string> NotebookHeadings { get; } =
        ["recipe", "notebook", "after epoch", "of", "it prints", "NumPy", .. SeedHeadings, "figure reached by", "time", "its time"];

    /// <summary>The first point of a recipe: the notebook's own figure, where it prints one.</summary>
    public static IReadOnlyList<string> NotebookCells(ReproductionRow row)
    {
        ReproductionRow.Measured first = row.Points[0];
        return
        [
            row.Figures.Recipe, row.Figures.Notebook, Number(first.Point.Epoch), Number(row.Figures.Count), Number(first.Point.Notebook), Number(first.Point.NumPy),
            .. SeedCells(first), Reached(row), Time(row.Seconds), row.Figures.Seconds is double seconds ? Time(seconds) : None,
        ];
    }

    /// <summary>Headings of <see cref="NumPyCells"/>.</summary>
    public static IReadOnlyList<string> NumPyHeadings { get; } = ["recipe", "after epoch", "of", "NumPy", .. SeedHeadings, "seed 1 and NumPy"];

    /// <summary>The last point of a recipe that NumPy has, beside the run with its seed.</summary>
    public static IReadOnlyList<string> NumPyCells(ReproductionRow row)
    {
        ReproductionRow.Measured last = row.Points.Last(measured => measured.Point.NumPy is not null);
        string difference = (last.OwnSeed - last.Point.NumPy) is int apart ? apart.ToString("+#,0;−#,0;0", CultureInfo.InvariantCulture) : None;
        return [row.Figures.Recipe, Number(last.Point.Epoch), Number(row.Figures.Count), Number(last.Point.NumPy), .. SeedCells(last), difference];
    }

    /// <summary>How many of the seeds come up to the notebook, so that it can be told without colours.</summary>
    private static string Reached(ReproductionRow row)
    {
        string diverged = row.SeedsThatDiverge == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {row.SeedsThatDiverge} diverged");
        return row.Verdict switch
        {
            Verdict.Diverged => "diverged",
            Verdict.NoFigure => $"none printed{diverged}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{(row.Verdict == Verdict.Missed ? "NONE" : row.SeedsThatReach)} of {row.Seeds}{diverged}"),
        };
    }

    private static string[] SeedCells(ReproductionRow.Measured measured) =>
    [
        Number(measured.Correct.Count), Number(measured.OwnSeed), measured.Mean?.ToString("N1", CultureInfo.InvariantCulture) ?? None, Number(measured.Lowest), Number(measured.Highest),
    ];

    private static string Number(int? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? None;

    private static string Time(double seconds) => seconds.ToString(seconds < 10 ? "F1" : "N0", CultureInfo.InvariantCulture) + " s";
}
