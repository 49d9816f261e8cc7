using System.Globalization;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>Shows a training while it runs: a live bar on a terminal, a line per epoch elsewhere.</summary>
internal static class TrainingDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    // From this width on there is room for words written out; an ordinary terminal of 80 columns gets the short form.
    private const int WideTerminal = 120;

    /// <summary>Runs <paramref name="fit"/> and shows the trainer's events meanwhile.</summary>
    /// <param name="trainer">The trainer that fit uses.</param>
    /// <param name="fit">The training.</param>
    /// <param name="every">Epochs from one line to the next; the last epoch always has one.</param>
    /// <param name="toError">Whether it is shown on standard error, because standard output is for a result.</param>
    public static TrainingHistory Run(Trainer trainer, Func<TrainingHistory> fit, int every, bool toError)
    {
        TrainingProgress progress = new();
        trainer.StepCompleted += progress.Add;
        trainer.EpochCompleted += progress.Add;
        TextWriter output = toError ? Console.Error : Console.Out;
        if (toError ? Console.IsErrorRedirected : Console.IsOutputRedirected)
        {
            trainer.EpochCompleted += epoch =>
            {
                if (HasLine(epoch, progress, every))
                {
                    output.WriteLine($"{EpochLine(epoch, progress)}  {progress.DescribePace()}");
                }
            };
            return fit();
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return RunLive(console, trainer, progress, fit, every);
    }

    private static TrainingHistory RunLive(IAnsiConsole console, Trainer trainer, TrainingProgress progress, Func<TrainingHistory> fit, int every)
    {
        bool isWide = console.Profile.Width >= WideTerminal;
        Progress bar = console.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = isWide ? 24 : 12 });
        return bar.Start(context =>
        {
            ProgressTask task = context.AddTask("Epoch 1", maxValue: 1);
            TimeSpan next = TimeSpan.Zero;
            trainer.StepCompleted += step =>
            {
                if (progress.Elapsed < next)
                {
                    return;
                }
                next = progress.Elapsed + Refresh;
                task.Value = progress.Share;
                task.Description = isWide ? LongDescription(step, progress) : ShortDescription(step, progress);
            };
            trainer.EpochCompleted += epoch =>
            {
                if (HasLine(epoch, progress, every))
                {
                    console.WriteLine(EpochLine(epoch, progress));
                }
            };
            return fit();
        });
    }

    private static string LongDescription(StepResult step, TrainingProgress progress)
    {
        string validation = progress.LastEpoch?.ValidationAccuracy is double accuracy
            ? string.Create(CultureInfo.InvariantCulture, $"  validation {accuracy:0.00%}")
            : "";
        return $"Epoch {step.Epoch}/{step.Epochs}  loss {TrainingProgress.FormatLoss(step.EpochLoss)}{validation}  {progress.DescribePace()}";
    }

    private static string ShortDescription(StepResult step, TrainingProgress progress)
    {
        string validation = progress.LastEpoch?.ValidationAccuracy is double accuracy
            ? string.Create(CultureInfo.InvariantCulture, $" val {accuracy:0.0%}")
            : "";
        return $"Epoch {step.Epoch}/{step.Epochs} loss {TrainingProgress.FormatLoss(step.EpochLoss)}{validation} {progress.DescribeSpeed()} {progress.DescribeRemaining()}";
    }

    private static bool HasLine(EpochResult epoch, TrainingProgress progress, int every) =>
        (epoch.Epoch - 1) % every == 0 || epoch.Epoch == progress.LastStep.Epochs;

    private static string EpochLine(EpochResult epoch, TrainingProgress progress)
    {
        string epochs = progress.LastStep.Epochs.ToString(CultureInfo.InvariantCulture);
        string number = epoch.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.Length);
        return $"Epoch {number}/{epochs}  {TrainingProgress.Describe(epoch)}";
    }
}
