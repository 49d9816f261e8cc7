using System.Diagnostics;
using System.Globalization;
using Nabla.Cli.Reports;
using Nabla.Cli.Studies;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>Shows what a process does for a study: a live bar on a terminal, and a line for each run that it takes, and for what becomes of it.</summary>
internal static class StudyDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private const int BarWidth = 12;

    /// <param name="worker">Who works.</param>
    /// <param name="study">The study.</param>
    /// <param name="work">The work.</param>
    public static bool Run(StudyWorker worker, Study study, Func<bool> work)
    {
        if (!Terminal.CanOverwrite(isError: false))
        {
            worker.Noticed += notice => PlainText.Out.WriteLine(Line(study, notice));
            return work();
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        bool done = false;
        console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth })
            .Start(context =>
            {
                ProgressTask task = context.AddTask("Looking for a run", maxValue: 1);
                Stopwatch clock = Stopwatch.StartNew();
                TimeSpan next = TimeSpan.Zero;
                int room = console.Profile.Width - BarWidth - 1;
                worker.Noticed += notice => console.WriteLine(Line(study, notice));
                worker.Waiting += () => (task.Value, task.Description) = (0, Terminal.Fit(room, "  ", "Waiting for runs of others"));
                worker.StepCompleted += (run, step) =>
                {
                    if (clock.Elapsed >= next)
                    {
                        next = clock.Elapsed + Refresh;
                        task.Value = ((double)step.Step / step.Steps + step.Epoch - 1) / step.Epochs;
                        task.Description = Markup.Escape(Terminal.Fit(room, "  ", $"Run {run.Name} of {study.Runs.Count}", $"epoch {step.Epoch}/{step.Epochs}", $"loss {TrainingProgress.FormatLoss(step.EpochLoss)}"));
                    }
                };
                done = work();
            });
        return done;
    }

    private static string Line(Study study, StudyNotice notice)
    {
        string what = notice.Event switch
        {
            StudyEvent.Taken => notice.Claim == 1 ? "taken" : "taken up again",
            StudyEvent.TakenOver => "taken over from a process that shows no sign of life",
            StudyEvent.Paused => $"paused after epoch {notice.Epoch}",
            StudyEvent.Preempted => "given back with a checkpoint",
            StudyEvent.Lost => "left to another process, which took it over or finished it",
            StudyEvent.Done => "done",
            StudyEvent.Diverged => "diverged",
            _ => "failed",
        };
        string found = notice.Event switch
        {
            StudyEvent.Taken or StudyEvent.TakenOver => $": {notice.Run}",
            StudyEvent.Paused or StudyEvent.Preempted or StudyEvent.Done => $": {(double.IsNaN(notice.Measure) ? "" : $"{StudyWords.Figure(study, notice.Measure)}, ")}{RunFacts.Duration(notice.Seconds)}",
            _ => notice.Message is null ? "" : $": {notice.Message}",
        };
        return PlainText.Of(string.Create(CultureInfo.InvariantCulture, $"Run {notice.Run.Name} {what}{found}"));
    }
}
