using System.Text;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// A study as a folder that any number of processes share: <c>study.json</c>, <c>runs/0001</c> and so on, each with the result of a run that has ended, and <c>work</c>, in which processes
/// claim runs and keep checkpoints. On a network file system, too: it needs exclusive creation of files and atomic renames, but no locks, and no clocks that agree.
/// </summary>
public sealed class StudyFolder
{
    /// <summary>Name of the study's document in the folder.</summary>
    public const string StudyName = "study.json";

    /// <summary>Name of the file that says in a run's folder how the run ended.</summary>
    public const string ResultName = "result.json";

    /// <summary>Name of the model in a run's folder.</summary>
    public const string ModelName = "model.safetensors";

    private const string RunsName = "runs", WorkName = "work";

    // What never changes any more: results and rungs.
    private readonly Dictionary<int, RunRecord> _results = [];
    private readonly Dictionary<int, List<RunRecord>> _rungs = [];

    // Runs that have ended and all of whose rungs were read.
    private readonly HashSet<int> _whole = [];

    private readonly ClaimWatch _watch;

    private StudyFolder(string path, Study study)
    {
        FolderPath = path;
        Study = study;
        _watch = new ClaimWatch(study.Lease);
    }

    /// <summary>Where it is.</summary>
    public string FolderPath { get; }

    /// <summary>The study.</summary>
    public Study Study { get; }

    /// <summary>Whether a folder is that of a study.</summary>
    public static bool IsStudy(string path) => File.Exists(Path.Combine(path, StudyName));

    /// <summary>Opens the folder of a study that was begun.</summary>
    /// <exception cref="IOException">There is no study.</exception>
    /// <exception cref="MalformedFileException">Its document is damaged.</exception>
    public static StudyFolder Open(string path) => IsStudy(path)
        ? new StudyFolder(path, Study.Load(Path.Combine(path, StudyName)))
        : throw new FileNotFoundException($"{path}: has no {StudyName}, expected the folder of a study; 'nabla sweep' makes one.");

    /// <summary>Begins a study, or joins those who work on it in that folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="study">The study.</param>
    /// <exception cref="ArgumentException">The folder is that of another study.</exception>
    /// <exception cref="IOException">The folder has something else in it, or cannot be written.</exception>
    public static StudyFolder Join(string path, Study study)
    {
        if (!IsStudy(path))
        {
            Create(path, study);
        }
        StudyFolder folder = Open(path);
        return folder.Study.IsSameAs(study) ? folder
            : throw new ArgumentException($"{path} is the folder of another study, or of this one before something was changed in it; name another folder, or go on with it as it is: nabla sweep {path}");
    }

    /// <summary>The folder of a run that has ended: its model and figures. It is there as a whole or not at all.</summary>
    public string PathOf(StudyRun run) => Path.Combine(FolderPath, RunsName, run.Name);

    /// <summary>What is known of each run. Results are read once; all else is looked at anew.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<RunStatus> Read()
    {
        RungProgress[] progress = [.. Study.Runs.Select(ProgressOf)];
        Promotions promotions = new(Study, progress);
        return [.. Study.Runs.Select(run => StatusOf(run, progress[run.Index], promotions))];
    }

    /// <summary>Claims of a run.</summary>
    internal RunClaims ClaimsOf(StudyRun run) => new(Path.Combine(FolderPath, WorkName, run.Name));

    /// <summary>Whether a run has a result.</summary>
    internal bool IsPublished(StudyRun run) => File.Exists(Path.Combine(PathOf(run), ResultName));

    /// <summary>How a run ended; null where it has not.</summary>
    internal RunRecord? ResultOf(StudyRun run)
    {
        if (!_results.TryGetValue(run.Index, out RunRecord? result) && RunClaims.Read<RunRecord>(Path.Combine(PathOf(run), ResultName)) is { } read)
        {
            _results.Add(run.Index, result = read);
        }
        return result;
    }

    /// <summary>The hash of the data that the first process on the study had: of two that come at once, one is first.</summary>
    /// <param name="own">The hash of this process's data.</param>
    internal string FirstData(string own)
    {
        const string HashName = "sha256";
        string known = Path.Combine(FolderPath, WorkName, "data"), file = Path.Combine(known, HashName);
        if (!File.Exists(file))
        {
            string made = $"{known}.{Path.GetRandomFileName()}{AtomicFile.TemporaryEnding}";
            Directory.CreateDirectory(made);
            File.WriteAllText(Path.Combine(made, HashName), own);
            if (!RunClaims.TryPublish(made, known, HashName))
            {
                Directory.Delete(made, recursive: true);
            }
        }
        return File.ReadAllText(file);
    }

    /// <summary>Publishes what was put together for a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="prepared">A folder with all of it, which is then the run's.</param>
    /// <returns>Whether it was the first; else another was, and the folder is still there.</returns>
    internal bool TryPublish(StudyRun run, string prepared) => RunClaims.TryPublish(prepared, PathOf(run), ResultName);

    /// <summary>Takes the result of a run that failed away, so that it is tried again.</summary>
    internal void TakeBack(StudyRun run, string into)
    {
        Directory.Move(PathOf(run), into);
        _results.Remove(run.Index);
        _whole.Remove(run.Index);
    }

    /// <summary>Whether nobody has a run that may go on up to a rung; and under which number it could be claimed.</summary>
    internal (bool IsFree, int Next) Availability(StudyRun run)
    {
        RunClaims claims = ClaimsOf(run);
        int newest = claims.Newest();
        return (_watch.IsFree(run.Index, claims, newest), newest + 1);
    }

    internal RungProgress ProgressOf(StudyRun run)
    {
        if (!_rungs.TryGetValue(run.Index, out List<RunRecord>? rungs))
        {
            _rungs.Add(run.Index, rungs = []);
        }
        // First: all rungs of a run that has ended were written before its result.
        bool isOver = ResultOf(run) is not null;
        if (isOver && _whole.Contains(run.Index))
        {
            return new RungProgress(rungs, rungs.Count, IsOver: true);
        }
        RunClaims claims = ClaimsOf(run);
        while (rungs.Count < Study.Rungs.Count && claims.Rung(rungs.Count) is { } next)
        {
            rungs.Add(next);
        }
        if (isOver)
        {
            _whole.Add(run.Index);
            return new RungProgress(rungs, rungs.Count, IsOver: true);
        }
        int promoted = 0;
        while (promoted < rungs.Count && claims.IsPromoted(promoted))
        {
            promoted++;
        }
        return new RungProgress([.. rungs], promoted, IsOver: false);
    }

    private RunStatus StatusOf(StudyRun run, RungProgress progress, Promotions promotions)
    {
        RunClaims claims = ClaimsOf(run);
        int newest = claims.Newest();
        ClaimRecord? owner = newest > 0 ? claims.OwnerOf(newest) : null;
        string? place = owner is null ? null : FormattableString.Invariant($"{owner.Host}:{owner.Process}");
        if (ResultOf(run) is { } result)
        {
            // Its own claim is who published it, whoever came after.
            return Told(result, result.State) with { Message = result.Message };
        }
        RunRecord? rung = progress.Rungs.Count > 0 ? progress.Rungs[^1] : null;
        bool isOwned = newest > 0 && !claims.IsReleased(newest);
        if (rung is not null && promotions.IsStopped(run.Index))
        {
            return Told(rung, RunState.StoppedEarly);
        }
        if (!isOwned)
        {
            bool mayGoOn = promotions.Allowed(run.Index) >= progress.Rungs.Count;
            RunState state = newest == 0 ? RunState.Waiting : mayGoOn ? RunState.Preempted : RunState.Paused;
            return rung is null ? Working(state) with { SecondsLeft = null } : Told(rung, state);
        }
        return Working(_watch.IsStale(run.Index, newest, claims.LifeText(newest)) ? RunState.Stale : RunState.Running);

        RunStatus Told(RunRecord record, RunState state) => new(run, state)
        {
            Claims = newest,
            Owner = place,
            Epoch = record.Epochs.Count,
            Measure = Study.FigureOf(record.Best),
            Seconds = record.Seconds,
            Epochs = record.Epochs,
        };

        RunStatus Working(RunState state)
        {
            LifeSign? sign = newest > 0 ? claims.Life(newest) : null;
            return new RunStatus(run, state)
            {
                Claims = newest,
                Owner = place,
                Epoch = sign?.Epoch ?? 0,
                Measure = sign?.Measure ?? double.NaN,
                Seconds = sign?.Seconds ?? 0,
                SecondsLeft = sign?.SecondsLeft,
                Epochs = rung?.Epochs ?? [],
            };
        }
    }

    /// <summary>Makes the folder beside its place, and renames it: so the study is there as a whole, and of two who come at once one is first.</summary>
    private static void Create(string path, Study study)
    {
        string target = Path.GetFullPath(path);
        if (File.Exists(target))
        {
            throw new IOException($"{path} is a file, expected a folder for the study; name another.");
        }
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string made = $"{target}.{Path.GetRandomFileName()}{AtomicFile.TemporaryEnding}";
        try
        {
            Directory.CreateDirectory(Path.Combine(made, RunsName));
            Directory.CreateDirectory(Path.Combine(made, WorkName));
            using (FileStream file = new(Path.Combine(made, StudyName), FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Encoding.UTF8.GetBytes(study.ToJson() + "\n"));
                file.Flush(flushToDisk: true);
            }
            if (Directory.Exists(target) && !Directory.EnumerateFileSystemEntries(target).Any())
            {
                Directory.Delete(target);
            }
            Directory.Move(made, target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(made))
            {
                Directory.Delete(made, recursive: true);
            }
            // Another was first: then its study is there now.
            if (!IsStudy(path))
            {
                throw new IOException(Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()
                    ? $"{path} has files in it and is no study; name another folder, or an empty one."
                    : $"{path} cannot be made ({exception.Message.TrimEnd('.')}); name another folder.", exception);
            }
        }
    }
}
