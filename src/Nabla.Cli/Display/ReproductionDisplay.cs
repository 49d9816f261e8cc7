using System.Diagnostics;
using System.Globalization;
using Nabla.Cli.Reproduction;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>Shows many trainings one after the other: a live bar on a terminal, and a line for each that is done.</summary>
internal sealed class ReproductionDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private const int BarWidth = 12;

    private int _runs;
    private readonly int _room;
    private readonly Action<string> _writeLine;
    private readonly ProgressTask? _task;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next;
    private int _done;

    private ReproductionDisplay(int runs, Action<string> writeLine, ProgressTask? task, int room)
    {
        _runs = runs;
        _room = room;
        _writeLine = writeLine;
        _task = task;
    }

    /// <param name="runs">Number of trainings.</param>
    /// <param name="toError">Whether it is shown on standard error, because standard output is for a result.</param>
    /// <param name="train">All the trainings.</param>
    public static void Run(int runs, bool toError, Action<ReproductionDisplay> train)
    {
        TextWriter output = toError ? Console.Error : Console.Out;
        if (!Terminal.CanOverwrite(isError: toError))
        {
            train(new ReproductionDisplay(runs, output.WriteLine, task: null, room: 0));
            return;
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth })
            .Start(context => train(new ReproductionDisplay(runs, console.WriteLine, context.AddTask("Reading", maxValue: 1), console.Profile.Width - BarWidth - 1)));
    }

    /// <summary>A step of the training under way is done.</summary>
    public void Show(string recipe, uint seed, StepResult step)
    {
        if (_task is not null && _clock.Elapsed >= _next)
        {
            _next = _clock.Elapsed + Refresh;
            _task.Value = ((double)step.Step / step.Steps + step.Epoch - 1) / step.Epochs;
            _task.Description = Terminal.Fit(_room, "  ", $"{_done + 1}/{_runs}", $"{recipe}, seed {seed}", $"epoch {step.Epoch}/{step.Epochs}");
        }
    }

    /// <summary>So many of the trainings are not needed.</summary>
    public void Skip(int runs) => _runs -= runs;

    /// <summary>A training is done: says what came of it where its notebook has a figure, in less than 80 columns.</summary>
    public void Finish(NotebookFigures figures, RecipeRun run)
    {
        _done++;
        string found = run.Correct[0] is int correct ? string.Create(CultureInfo.InvariantCulture, $"{correct:N0} of {figures.Count:N0}") : "diverged";
        _writeLine(string.Create(
            CultureInfo.InvariantCulture, $"{_done}/{_runs}  {figures.Recipe}, seed {run.Seed}: {found}, epoch {figures.Points[0].Epoch}; {run.Seconds:F1} s"));
    }
}
