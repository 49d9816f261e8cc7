using System.CommandLine;
using System.Text.Json;
using Nabla.Cli.Display;
using Nabla.Cli.Reports;
using Nabla.Cli.Studies;
using Nabla.IO;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla study</c>: how far a study is, and what came of it.</summary>
internal sealed class StudyCommand : Command
{
    private const string PageName = "study.html", RecipeName = "best-recipe.json";

    private readonly Argument<string> _folder = new("folder") { Description = "The folder of a study, as 'nabla sweep' makes it." };
    private readonly Option<bool> _json = new("--json") { Description = "Print everything as one JSON object on standard output." };

    public StudyCommand()
        : base("study", "Show the runs of a study while processes work on it; when all have ended, rank them, say which option mattered, and write a page and the best recipe.")
    {
        Arguments.Add(_folder);
        Options.Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        StudyFolder folder = StudyFolder.Open(arguments.GetRequiredValue(_folder));
        bool json = arguments.GetValue(_json);
        IReadOnlyList<RunStatus> runs = folder.Read();
        if (!json && !runs.All(run => run.IsEnded) && Terminal.CanOverwrite(isError: false))
        {
            using Interruption interruption = new();
            runs = StudyTable.Watch(folder, interruption.Token);
            if (interruption.Token.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }
        }
        StudyAnalysis analysis = StudyAnalysis.Of(folder.Study, runs);
        (string? page, string? recipe) = analysis.IsDone ? Write(folder, analysis) : (null, null);
        if (json)
        {
            PlainText.Out.WriteLine(JsonSerializer.Serialize(StudySummary.Create(analysis, recipe, page), SummaryJson.Default.StudySummary));
            return ExitCode.Success;
        }
        if (!analysis.IsDone)
        {
            Terminal.Write(StudyTable.OfRuns(folder.Study, runs, most: int.MaxValue), "The table of the runs", StudyTable.Heading(folder.Study, runs));
        }
        else
        {
            Terminal.Write(StudyTable.OfCombinations(analysis), "The ranking", StudyTable.Heading(folder.Study, runs));
            StudyTable.WriteOptions(analysis);
        }
        foreach (string path in new[] { page, recipe }.OfType<string>())
        {
            PlainText.Out.WriteLine($"Wrote {path}");
        }
        if (recipe is not null)
        {
            PlainText.Out.WriteLine($"Next: {Invocation.Name} train {Invocation.Quote(recipe)}");
        }
        return ExitCode.Success;
    }

    private static (string Page, string? Recipe) Write(StudyFolder folder, StudyAnalysis analysis)
    {
        string page = Path.Combine(folder.FolderPath, PageName), recipe = Path.Combine(folder.FolderPath, RecipeName);
        StudyReport.Create(analysis).Write(page);
        if (analysis.Best is not { } best)
        {
            return (page, null);
        }
        // The seed is the first's: which one is luckiest says nothing.
        AtomicFile.Write(recipe, best.Runs[0].Run.Recipe.ToJson() + "\n");
        return (page, recipe);
    }
}
