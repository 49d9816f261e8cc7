using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Display;
using Nabla.Cli.Options;
using Nabla.Cli.Studies;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla sweep</c>: works on a study, alone or with others that share its folder.</summary>
internal sealed class SweepCommand : Command
{
    private readonly Argument<string> _study = new("study") { Description = "A study, as a JSON file; or the folder of one that was begun, to go on with it or to help." };
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Folder of the study, which all processes that work on it share; the name of the file without its ending if not given.",
        HelpName = "folder",
    };
    private readonly Option<StudyPart?> _part = new("--part")
    {
        Description = "Begin with the I-th of N parts of the runs, I from 1, then help with the others. If not given: by SLURM_ARRAY_TASK_ID, SLURM_PROCID, OMPI_COMM_WORLD_RANK, PMI_RANK or JOB_COMPLETION_INDEX where one of them is set.",
        HelpName = "I/N",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            StudyPart? part = StudyPlace.Parse(text);
            if (part is null)
            {
                result.AddError($"--part: found '{text}', expected I/N with I from 1 to N, such as 2/8.");
            }
            return part;
        },
    };
    private readonly Option<int?> _threads = NumberOption.Create<int>(
        "--threads", "Threads of a training; the result does not depend on it. One per processor if not given.",
        $"a whole number from 1 to {TrainingOptions.MaxThreads}", value => value is >= 1 and <= TrainingOptions.MaxThreads);
    private readonly Option<double?> _checkpointEvery = NumberOption.Create<double>(
        "--checkpoint-every", "Seconds from one checkpoint to the next; 0 for one after every step. 30 if not given.",
        "a number from 0 to 1000000, such as 60", value => value is >= 0 and <= 1e6);
    private readonly Option<bool> _retryFailed = new("--retry-failed") { Description = "Try runs again that have failed or diverged, once." };

    public SweepCommand()
        : base("sweep", "Train all runs of a study: a recipe in which something varies. Any number of processes, on any number of machines, may share its folder.")
    {
        Arguments.Add(_study);
        Options.Add(_out);
        Options.Add(_part);
        Options.Add(_threads);
        Options.Add(_checkpointEvery);
        Options.Add(_retryFailed);
        SetAction(Run);
    }

    private int Run(ParseResult arguments)
    {
        using Interruption interruption = new(isScheduled: true);
        try
        {
            return Run(arguments, interruption.Token);
        }
        catch (OperationCanceledException)
        {
            // While the data was read.
            PlainText.Error.WriteLine("nabla sweep: stopped before it began.");
            return ExitCode.Preempted;
        }
    }

    private int Run(ParseResult arguments, CancellationToken cancellation)
    {
        StudyPlace place = StudyPlace.Find(arguments.GetValue(_part), Environment.GetEnvironmentVariable);
        StudyFolder folder = OpenFolder(arguments.GetRequiredValue(_study), arguments.GetValue(_out));
        Study study = folder.Study;
        TextWriter notes = PlainText.Out;
        notes.WriteLine(FormattableString.Invariant($"Study: {PlainText.Of(study.Name)}, {study.Runs.Count:N0} {(study.Runs.Count == 1 ? "run" : "runs")}, in {PlainText.Of(folder.FolderPath)}; {place}"));
        bool retries = arguments.GetValue(_retryFailed);
        IReadOnlyList<RunStatus> before = folder.Read();
        if (before.All(run => run.IsEnded) && !(retries && before.Any(run => run.State is RunState.Failed or RunState.Diverged)))
        {
            notes.WriteLine("All of its runs have ended already.");
            return Summarize(folder, before, notes);
        }
        DataSource.TrainingData source = DataSource.Load(new DataRequest(study.Data, study.DataReading), notes, keepsValidation: true, cancellation);
        cancellation.ThrowIfCancellationRequested();
        notes.WriteLine(PlainText.Of($"Data: {source.Parts.Source}"));
        StudyWorker worker = new(folder, source.Parts)
        {
            Part = place.Part,
            Threads = arguments.GetValue(_threads) ?? Math.Min(Environment.ProcessorCount, TrainingOptions.MaxThreads),
            CheckpointInterval = TimeSpan.FromSeconds(arguments.GetValue(_checkpointEvery) ?? 30),
            RetriesFailed = retries,
            Saving = new StudyRunFiles(folder, source).Save,
        };
        if (!StudyDisplay.Run(worker, study, () => worker.Run(cancellation)))
        {
            notes.WriteLine($"Stopped before all runs had ended. Next: {Invocation.Name} sweep {Invocation.Quote(folder.FolderPath)} goes on with it");
            return ExitCode.Preempted;
        }
        return Summarize(folder, folder.Read(), notes);
    }

    private static StudyFolder OpenFolder(string named, string? path)
    {
        if (Directory.Exists(named))
        {
            return path is null ? StudyFolder.Open(named)
                : throw new ArgumentException($"--out: found {path} beside the folder {named}, expected it with a study's file only; leave it out.");
        }
        return StudyFolder.Join(path ?? Path.GetFileNameWithoutExtension(named), Study.Load(named));
    }

    private static int Summarize(StudyFolder folder, IReadOnlyList<RunStatus> runs, TextWriter notes)
    {
        string[] counts = [.. runs.CountBy(run => run.State).OrderBy(pair => pair.Key).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value:N0} {StudyWords.Of(pair.Key)}"))];
        notes.WriteLine($"Runs: {string.Join(", ", counts)}");
        RunStatus? best = folder.Study.Best(runs);
        if (best is not null)
        {
            notes.WriteLine(PlainText.Of($"Best: run {best.Run.Name} with {StudyWords.Figure(folder.Study, best.Measure)}: {best.Run}"));
        }
        foreach (RunStatus failed in runs.Where(run => run.Message is not null).Take(3))
        {
            notes.WriteLine(PlainText.Of($"Run {failed.Run.Name} {StudyWords.Of(failed.State)}: {failed.Message}"));
        }
        notes.WriteLine($"Next: {Invocation.Name} study {Invocation.Quote(folder.FolderPath)}");
        return best is null ? ExitCode.Failure : ExitCode.Success;
    }
}
