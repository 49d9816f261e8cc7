using System.CommandLine;
using System.Globalization;
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
    private readonly Option<string?> _folder = new("--folder")
    {
        Description = "Keep the trainings in this folder: several processes that name it share them, and one that was ended goes on where it was.",
        HelpName = "folder",
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print everything as one JSON object on standard output, and progress on standard error." };

    public ReproduceCommand()
        : base("reproduce", "Train the notebooks' networks with several seeds, and put their figures beside the notebooks' own.")
    {
        Arguments.Add(_names);
        Options.Add(_seeds);
        Options.Add(_data);
        Options.Add(_out);
        Options.Add(_folder);
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

        string? folder = arguments.GetValue(_folder);
        using Interruption interruption = new(isScheduled: folder is not null);
        string dataName = arguments.GetRequiredValue(_data);
        TrainAndTest data = DataSource.Load(new DataRequest(dataName, new Dictionary<string, string>()), notes, keepsValidation: false, interruption.Token).Parts;
        notes.WriteLine($"Data: {data.Source}");
        List<ReproductionRow> rows = [];
        ReproductionDisplay.Run(wanted.Count * (seeds ?? MaxSeeds), toError: json, display =>
        {
            try
            {
                if (folder is not null)
                {
                    new SharedReproduction(folder, data).Train(wanted, seeds ?? MaxSeeds, runs => IsEnough(runs, seeds), display, Add, interruption.Token);
                }
                foreach (NotebookFigures figures in wanted.Skip(rows.Count))
                {
                    Add(Reproduce(figures, seeds, data, display, interruption.Token));
                }
            }
            catch (OperationCanceledException)
            {
            }
        });

        void Add(ReproductionRow row)
        {
            rows.Add(row);
            // After each recipe, so that hours of training are not lost with the last of them.
            WritePage(path, rows, wanted.Count, seeds, dataName, names);
        }

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
            return folder is null ? ExitCode.Interrupted : ExitCode.Preempted;
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
        for (uint seed = 1; !IsEnough(runs, seeds); seed++)
        {
            RecipeRun run = RecipeRun.Train(recipe, seed, figures, data, display, cancellation);
            runs.Add(run);
            display.Finish(figures, run);
        }
        display.Skip((seeds ?? MaxSeeds) - runs.Count);
        return new ReproductionRow(figures, runs);
    }

    /// <summary>Whether a recipe was trained with as many seeds as were asked for, or as the time allows.</summary>
    private static bool IsEnough(IReadOnlyList<RecipeRun> runs, int? seeds) =>
        runs.Count >= (seeds ?? MaxSeeds) || (seeds is null && runs.Count >= MinSeeds && runs.Sum(run => run.Seconds) >= EnoughMinutes * 60);

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
            AtomicFile.Write(path, page);
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
