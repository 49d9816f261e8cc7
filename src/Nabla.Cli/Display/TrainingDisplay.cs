using System.Globalization;
using Spectre.Console;

namespace Nabla.Cli.Display;

/// <summary>Shows a training while it runs: a live bar on a terminal, a line per epoch elsewhere.</summary>
internal static class TrainingDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    // From this width on there is room for words written out; an ordinary terminal of 80 columns gets the short form.
    private const int WideTerminal = 120;
    private const int NarrowTerminal = 60;

    private const string Gap = "  ";

    /// <summary>Runs <paramref name="fit"/> and shows the trainer's events meanwhile.</summary>
    /// <param name="trainer">The trainer that fit uses.</param>
    /// <param name="fit">The training.</param>
    /// <param name="every">Epochs from one line to the next; the last epoch always has one.</param>
    /// <param name="unit">What samples are called.</param>
    /// <param name="toError">Whether it is shown on standard error, because standard output is for a result.</param>
    public static TrainingHistory Run(Trainer trainer, Func<TrainingHistory> fit, int every, string unit, bool toError)
    {
        TrainingProgress progress = new(unit);
        trainer.StepCompleted += progress.Add;
        trainer.EpochCompleted += progress.Add;
        TextWriter output = toError ? Console.Error : Console.Out;
        if (!Terminal.CanOverwrite(isError: toError))
        {
            trainer.EpochCompleted += epoch =>
            {
                if (HasLine(epoch, progress, every))
                {
                    output.WriteLine($"{string.Join(Gap, EpochParts(epoch, progress))}{Gap}{progress.DescribePace()}");
                }
            };
            return fit();
        }
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return RunLive(console, trainer, progress, fit, every);
    }

    private static TrainingHistory RunLive(IAnsiConsole console, Trainer trainer, TrainingProgress progress, Func<TrainingHistory> fit, int every)
    {
        // A description that is broken into lines leaves some of them behind.
        int width = console.Profile.Width;
        int barWidth = width >= WideTerminal ? 24 : width >= NarrowTerminal ? 12 : 8;
        Progress bar = console.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = barWidth });
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
                task.Description = Description(step, progress, width >= WideTerminal, width - barWidth - 1);
            };
            trainer.EpochCompleted += epoch =>
            {
                if (HasLine(epoch, progress, every))
                {
                    // A line that is broken would lie over the bar, and leave its end behind.
                    string[] parts = EpochParts(epoch, progress);
                    string whole = string.Join(Gap, parts);
                    string[] lines = whole.Length < width ? [whole] : [string.Join(Gap, parts[..2]), .. parts[2..].Select(part => Gap + part)];
                    foreach (string line in lines)
                    {
                        console.WriteLine(line);
                    }
                }
            };
            return fit();
        });
    }

    private static string Description(StepResult step, TrainingProgress progress, bool isWide, int room)
    {
        string validation = progress.LastEpoch?.ValidationAccuracy is double accuracy
            ? string.Create(CultureInfo.InvariantCulture, $"{(isWide ? "validation" : "val")} {accuracy:0.0%}")
            : progress.LastEpoch?.ValidationLoss is double loss ? $"{(isWide ? "validation" : "val")} {TrainingProgress.FormatLoss(loss)}"
            : "";
        return Terminal.Fit(
            room, isWide ? Gap : " ", $"Epoch {step.Epoch}/{step.Epochs}", $"loss {TrainingProgress.FormatLoss(step.EpochLoss)}", validation,
            progress.DescribeSpeed(), isWide ? progress.DescribeSteps() : "", progress.DescribeRemaining());
    }

    private static bool HasLine(EpochResult epoch, TrainingProgress progress, int every) =>
        (epoch.Epoch - 1) % every == 0 || epoch.Epoch == progress.LastStep.Epochs;

    /// <summary><c>Epoch  3/10</c>, <c>loss 0.0812</c> and the validation accuracy, or without validation that on the training images.</summary>
    private static string[] EpochParts(EpochResult epoch, TrainingProgress progress)
    {
        string epochs = progress.LastStep.Epochs.ToString(CultureInfo.InvariantCulture);
        string number = epoch.Epoch.ToString(CultureInfo.InvariantCulture).PadLeft(epochs.Length);
        string[] parts = [$"Epoch {number}/{epochs}", $"loss {TrainingProgress.FormatLoss(epoch.Loss)}"];
        return epoch.ValidationAccuracy is double validation ? [.. parts, string.Create(CultureInfo.InvariantCulture, $"validation {validation:0.00%}")]
            : epoch.ValidationLoss is double loss ? [.. parts, $"validation {TrainingProgress.FormatLoss(loss)}"]
            : epoch.Accuracy is double training ? [.. parts, string.Create(CultureInfo.InvariantCulture, $"training {training:0.00%}")]
            : parts;
    }
}
