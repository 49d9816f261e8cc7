namespace Nabla.Cli.Reports;

/// <summary>A table of figures, each row with a heading; where it is wider than the page, it scrolls within itself.</summary>
internal static class FigureTable
{
    /// <param name="label">What it shows, for those who do not see it.</param>
    /// <param name="headings">Above its columns, the first above the headings of the rows.</param>
    /// <param name="rows">The rows, each with a cell for each column.</param>
    /// <param name="isWide">Whether it may be as wide as the page.</param>
    public static Html Of(string label, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<Html>> rows, bool isWide = false) => Html.Of($"""
        <div class="scroll" tabindex="0" role="group" aria-label="{label}">
        <table class="{(isWide ? "figures-table wide" : "figures-table")}">
        <thead><tr>{headings.Select(Heading)}</tr></thead>
        <tbody>
        {rows.Select(row => Html.Of($"""
        <tr><th scope="row">{row[0]}</th>{row.Skip(1).Select(cell => Html.Of($"<td>{cell}</td>"))}</tr>

        """))}</tbody>
        </table>
        </div>
        """);

    // A heading of nothing is none.
    private static Html Heading(string text) => text.Length == 0 ? Html.Of($"<td></td>") : Html.Of($"""<th scope="col">{text}</th>""");
}
