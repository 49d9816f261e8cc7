using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Reproduction;
using Nabla.IO;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla reproduce</c>: trains the notebooks' networks and puts their figures beside the notebooks' own.</summary>
internal sealed class ReproduceCommand : Command
{
    private const string DefaultPage = "docs/reproduction.md";

    // A notebook's figure is one draw, so it takes many to tell how likely it is; but not for hours.
    private const int MaxSeeds = 40;
    private const int MinSeeds = 5;
    private const int EnoughMinutes = 5;

    private readonly Argument<string[]> _names = new("recipe")
    {
        Description = "Recipes of notebooks, by name; all twelve if none is given.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<int?> _seeds = NumberOption.CreateCount("--seeds", $"How many seeds, from 1. If not given: as many as {EnoughMinutes} minutes of training a recipe allow, {MinSeeds} to {MaxSeeds}.");
    private readonly Option<string> _data = new("--data")
    {
        Description = "The images, as for 'nabla train'. The notebooks' figures are of MNIST.",
        HelpName = "mnist|path",
        DefaultValueFactory = _ => "mnist",
    };
    private readonly Option<string?> _out = new("--out")
    {
        Description = $"The Markdown page to write. If not given: {DefaultPage} for all recipes, none if some are named.",
        HelpName = "file",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print everything as one JSON object on standard output, and progress on standard error." };

    public ReproduceCommand()
        : base("reproduce", "Train the notebooks' networks with several seeds, and put their figures beside the notebooks' own.")
    {
        Arguments.Add(_names);
        Options.Add(_seeds);
        Options.Add(_data);
        Options.Add(_out);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        bool json = arguments.GetValue(_json);
        TextWriter notes = json ? PlainText.Error : PlainText.Out;
        string[] names = arguments.GetValue(_names) ?? [];
        IReadOnlyList<NotebookFigures> wanted = NotebookFigures.Load(names);
        int? seeds = arguments.GetValue(_seeds);
        string? path = arguments.GetValue(_out) ?? (names.Length == 0 ? DefaultPage : null);
        if (path is not null)
        {
            CheckPage(path);
        }

        using Interruption interruption = new();
        string dataName = arguments.GetRequiredValue(_data);
        TrainAndTest data = DataSource.Load(new DataRequest(dataName, new Dictionary<string, string>()), notes, keepsValidation: false, interruption.Token).Parts;
        notes.WriteLine($"Data: {data.Source}");
        List<ReproductionRow> rows = [];
        ReproductionDisplay.Run(wanted.Count * (seeds ?? MaxSeeds), toError: json, display =>
        {
            try
            {
                foreach (NotebookFigures figures in wanted)
                {
                    rows.Add(Reproduce(figures, seeds, data, display, interruption.Token));
                    // After each recipe, so that hours of training are not lost with the last of them.
                    WritePage(path, rows, wanted.Count, seeds, dataName, names);
                }
            }
            catch (OperationCanceledException)
            {
            }
        });
        bool cancelled = rows.Count < wanted.Count;

        if (json)
        {
            ReproductionSummary summary = ReproductionSummary.Create(rows, data.Source, cancelled);
            PlainText.Out.WriteLine(JsonSerializer.Serialize(summary, ReproductionJson.Default.ReproductionSummary));
        }
        else if (rows.Count > 0)
        {
            WriteTable(rows);
        }
        if (path is not null && rows.Count > 0)
        {
            notes.WriteLine($"Saved {path}");
        }
        if (cancelled)
        {
            notes.WriteLine($"Stopped; {rows.Count} of {wanted.Count} recipes were finished.");
            return ExitCode.Interrupted;
        }
        string[] missed = [.. rows.Where(row => row.Verdict is Verdict.Missed or Verdict.Diverged).Select(row => row.Figures.Recipe)];
        if (missed.Length > 0)
        {
            PlainText.Error.WriteLine($"nabla reproduce: no seed reaches the notebook's figure of {string.Join(", ", missed)}.");
            return ExitCode.Failure;
        }
        return ExitCode.Success;
    }

    private static ReproductionRow Reproduce(NotebookFigures figures, int? seeds, TrainAndTest data, ReproductionDisplay display, CancellationToken cancellation)
    {
        Recipe recipe = RecipeBook.Get(figures.Recipe);
        List<RecipeRun> runs = [];
        double minutes = 0;
        for (uint seed = 1; seed <= (seeds ?? MaxSeeds); seed++)
        {
            if (seeds is null && seed > MinSeeds && minutes >= EnoughMinutes)
            {
                display.Skip(MaxSeeds - runs.Count);
                break;
            }
            RecipeRun run = RecipeRun.Train(recipe, seed, figures, data, display, cancellation);
            runs.Add(run);
            minutes += run.Seconds / 60;
            display.Finish(figures, run);
        }
        return new ReproductionRow(figures, runs);
    }

    /// <summary>Makes sure before hours of training that the page can be written.</summary>
    private static void CheckPage(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(path) || File.Exists(folder))
        {
            throw new IOException($"--out: {path} cannot be written, {(Directory.Exists(path) ? "it is a folder" : $"{folder} is a file")}; name another file.");
        }
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $"{Path.GetRandomFileName()}.partial");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--out: {path} cannot be written ({exception.Message.TrimEnd('.')}); name another file.", exception);
        }
    }

    private static void WritePage(string? path, IReadOnlyList<ReproductionRow> rows, int asked, int? seeds, string data, string[] names)
    {
        if (path is not null)
        {
            string command = string.Create(CultureInfo.InvariantCulture, $"nabla reproduce {string.Join("", names.Select(name => $"{name} "))}{(seeds is null ? "" : $"--seeds {seeds} ")}--data {data}");
            string page = ReproductionPage.Create(rows, asked, command, DateOnly.FromDateTime(DateTime.Now));
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
        }
    }

    private static void WriteTable(IReadOnlyList<ReproductionRow> rows)
    {
        Table table = new Table().Border(TableBorder.None).AddColumns([.. ReproductionTable.ShortHeadings]);
        for (int column = 0; column < table.Columns.Count; column++)
        {
            table.Columns[column].NoWrap().PadLeft(0).PadRight(1).Alignment = column == 0 ? Justify.Left : Justify.Right;
        }
        foreach (ReproductionRow row in rows)
        {
            table.AddRow([.. ReproductionTable.ShortCells(row).Select(Markup.Escape)]);
        }
        Terminal.Write(table, "The table");
    }
}
