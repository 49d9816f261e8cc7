using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Reports;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla compare</c>: runs side by side.</summary>
internal sealed class CompareCommand : Command
{
    // Longer values of recipes are cut on the terminal; the page and --json have them whole.
    private const int MostValueLength = 40;

    private readonly Argument<string[]> _runs = new("runs")
    {
        Description = $"Folders of runs, model files, or models that come with nabla; two to {Comparison.MostRuns}, of the same classes.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly DataOptions _data = DataOptions.CreateForModel();
    private readonly Option<string?> _out = new("--out") { Description = "Also write a page with curves and pictures.", HelpName = "file.html" };
    private readonly Option<bool> _json = new("--json") { Description = "Print everything as one JSON object on standard output." };

    public CompareCommand()
        : base("compare", "Compare runs on the same test data: what differs in their recipes, who is right where the other is wrong, and whether that is more than chance.")
    {
        Arguments.Add(_runs);
        _data.AddTo(this);
        Options.Add(_out);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        bool json = arguments.GetValue(_json);
        TextWriter notes = json ? PlainText.Error : PlainText.Out;
        string[] names = arguments.GetRequiredValue(_runs);
        if (names.Length is < 2 or > Comparison.MostRuns)
        {
            throw new ArgumentException($"found {names.Length} {(names.Length == 1 ? "run" : "runs")}, expected two to {Comparison.MostRuns}; 'nabla report {Invocation.Quote(names[0])}' tells of one.");
        }
        string? page = arguments.GetValue(_out);
        if (page is not null)
        {
            HtmlPage.ThrowUnlessFree(page);
        }
        Comparison comparison = Comparison.Measure([.. names.Select(TrainedRun.Load)], _data.Read(arguments), notes);
        if (page is not null)
        {
            ComparisonReport.Create(comparison).Write(page);
        }
        if (json)
        {
            PlainText.Out.WriteLine(JsonSerializer.Serialize(ComparisonSummary.Create(comparison), SummaryJson.Default.ComparisonSummary));
            return ExitCode.Success;
        }
        Print(comparison, notes);
        if (page is not null)
        {
            notes.WriteLine($"Wrote {page}");
        }
        return ExitCode.Success;
    }

    private static void Print(Comparison comparison, TextWriter notes)
    {
        DataSource.TestData data = comparison.Measurements[0].Data;
        notes.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data: {data.Source}; {data.Part}, {comparison.SampleCount:N0} {comparison.Measurements[0].Unit}s"));
        Terminal.Write(FigureTable(comparison), "The table of the runs");
        IReadOnlyList<RecipeDifference> differences = comparison.Differences;
        if (differences.Count == 0)
        {
            notes.WriteLine($"Their {comparison.Compared} do not differ.");
        }
        else
        {
            Terminal.Write(DifferenceTable(comparison, differences), "The table of what differs", $"What differs in their {comparison.Compared}:");
        }
        Terminal.Write(PairTable(comparison), "The table of every two runs", "Pairwise comparison:");
        foreach (ComparedPair pair in comparison.Pairs)
        {
            notes.WriteLine($"{pair.InWords(comparison.IsRegression)}.");
        }
    }

    private static Table FigureTable(Comparison comparison)
    {
        IReadOnlyList<ComparedFigure> figures = ComparedFigure.Of(comparison);
        Table table = NewTable(["", "run", "recipe", .. figures.Select(figure => figure.Name.ToLowerInvariant())], firstOnTheRight: 3);
        for (int i = 0; i < comparison.Runs.Count; i++)
        {
            TrainedRun run = comparison.Runs[i];
            table.AddRow([.. new[] { Comparison.Letter(i), run.Name, run.RecipeName ?? "–" }.Concat(figures.Select(figure => figure.Values[i])).Select(Plain)]);
        }
        return table;
    }

    private static Table DifferenceTable(Comparison comparison, IReadOnlyList<RecipeDifference> differences)
    {
        Table table = NewTable(["", .. comparison.Runs.Select((_, i) => Comparison.Letter(i))], firstOnTheRight: int.MaxValue);
        foreach (RecipeDifference difference in differences)
        {
            table.AddRow([Plain(difference.Path), .. difference.Texts.Select(text => Plain(Shortened(text)))]);
        }
        return table;
    }

    private static Table PairTable(Comparison comparison)
    {
        bool isRegression = comparison.IsRegression;
        Table table = NewTable(isRegression ? ["", "as near", "first nearer", "second nearer", "p"] : ["", "both right", "only first", "only second", "both wrong", "p"], firstOnTheRight: 1);
        foreach (ComparedPair pair in comparison.Pairs)
        {
            table.AddRow([$"{Comparison.Letter(pair.First)}, {Comparison.Letter(pair.Second)}", .. pair.Counts(isRegression), pair.Test.PValueNumber]);
        }
        return table;
    }

    private static Table NewTable(string[] columns, int firstOnTheRight)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(columns);
        for (int i = 0; i < columns.Length; i++)
        {
            TableColumn column = table.Columns[i].NoWrap().PadLeft(0).PadRight(1);
            _ = i >= firstOnTheRight ? column.RightAligned() : column;
        }
        return table;
    }

    private static string Plain(string text) => Markup.Escape(PlainText.Of(text));

    private static string Shortened(string text) => text.Length <= MostValueLength ? text : $"{text[..(MostValueLength - 1)]}…";
}
