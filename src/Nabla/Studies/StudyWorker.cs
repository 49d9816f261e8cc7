using System.Diagnostics;
using System.Security.Cryptography;

namespace Nabla;

/// <summary>
/// One process that works on a study: it takes one run after the other until all have ended, those of processes that died, too. Several share a study by having its folder in common.
/// </summary>
/// <param name="folder">The study's folder.</param>
/// <param name="data">The data that all runs train on.</param>
public sealed class StudyWorker(StudyFolder folder, TrainAndTest data)
{
    // A run that has killed so many processes in a row, none of which got to a checkpoint, is left alone.
    private const int MostDeaths = 5;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100), LongestWait = TimeSpan.FromSeconds(2);

    private readonly Study _study = folder.Study;

    // Runs that failed before, and by which claim: those are tried again.
    private readonly Dictionary<int, int> _retried = [];

    /// <summary>Which runs it begins with; null for the first.</summary>
    public StudyPart? Part { get; init; }

    /// <summary>Threads of a training. Default: one per processor.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, TrainingOptions.MaxThreads);

    /// <summary>Time from one checkpoint to the next, at least 0. Default: 30 seconds.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether runs that have failed or diverged are tried again, once. Default: no.</summary>
    public bool RetriesFailed { get; init; }

    /// <summary>Called when a run has been trained, before its result is published: the place to write further files into its folder, and to complete the network's record.</summary>
    public Action<TrainedStudyRun>? Saving { get; init; }

    /// <summary>Something happened to a run that this process has or had.</summary>
    public event Action<StudyNotice>? Noticed;

    /// <summary>A step of the training under way is done.</summary>
    public event Action<StudyRun, StepResult>? StepCompleted;

    /// <summary>There is nothing to do until others have come further.</summary>
    public event Action? Waiting;

    /// <summary>Works until all runs have ended.</summary>
    /// <param name="cancellation">Ends it: the run under way is given back, with a checkpoint.</param>
    /// <returns>Whether all runs have ended; else it was cancelled.</returns>
    /// <exception cref="ArgumentException">The data is not that which others train the study's runs on.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public bool Run(CancellationToken cancellation = default)
    {
        CheckData();
        if (RetriesFailed)
        {
            foreach (StudyRun run in _study.Runs.Where(run => folder.ResultOf(run) is { State: RunState.Failed or RunState.Diverged }))
            {
                _retried.Add(run.Index, folder.ClaimsOf(run).Newest());
            }
        }
        StudyRun[] order = [.. _study.Runs.OrderBy(run => Part?.DistanceOf(run, _study.Runs.Count) ?? run.Index)];
        TimeSpan wait = ShortestWait;
        while (!cancellation.IsCancellationRequested)
        {
            RungProgress[] progress = [.. _study.Runs.Select(folder.ProgressOf)];
            Promotions promotions = new(_study, progress);
            bool hasWorked = false, allEnded = true;
            // Those that are furthest first.
            foreach (StudyRun run in order.OrderByDescending(run => progress[run.Index].Rungs.Count))
            {
                bool isRetried = progress[run.Index].IsOver && MayRetry(run);
                if (!isRetried && (progress[run.Index].IsOver || promotions.IsStopped(run.Index)))
                {
                    continue;
                }
                allEnded = false;
                if (promotions.Allowed(run.Index) < progress[run.Index].Rungs.Count)
                {
                    continue;
                }
                (bool isFree, int next) = isRetried ? (true, _retried[run.Index] + 1) : folder.Availability(run);
                RunClaims claims = folder.ClaimsOf(run);
                if (!isFree || !claims.TryClaim(next))
                {
                    continue;
                }
                _retried.Remove(run.Index);
                using RunClaim claim = new(claims, next, _study.Lease, () => folder.IsPublished(run) && !isRetried);
                Work(run, claims, claim, isRetried, cancellation);
                hasWorked = true;
                break;
            }
            if (allEnded)
            {
                // Runs that ended at a rung had kept their checkpoints up to now.
                foreach (StudyRun run in _study.Runs.Where(run => promotions.IsStopped(run.Index)))
                {
                    folder.ClaimsOf(run).DeleteFiles();
                }
                return true;
            }
            if (!hasWorked)
            {
                Waiting?.Invoke();
                cancellation.WaitHandle.WaitOne(wait);
            }
            wait = hasWorked ? ShortestWait : wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
        return false;
    }

    /// <summary>Whether a failed run is one that is to be tried again and that nobody has tried since.</summary>
    private bool MayRetry(StudyRun run) => _retried.TryGetValue(run.Index, out int claim) && folder.ClaimsOf(run).Newest() == claim;

    private void Work(StudyRun run, RunClaims claims, RunClaim claim, bool isRetried, CancellationToken cancellation)
    {
        if (isRetried && folder.IsPublished(run))
        {
            folder.TakeBack(run, Path.Combine(claims.FilesOf(claim.Number), "failed"));
        }
        // Now that it is ours: what was seen before may be old.
        int stage = folder.ProgressOf(run).Rungs.Count;
        if (!claim.IsOurs())
        {
            return;
        }
        if (stage > 0)
        {
            if (new Promotions(_study, [.. _study.Runs.Select(folder.ProgressOf)]).Allowed(run.Index) < stage)
            {
                claim.Release();
                return;
            }
            claims.Promote(stage - 1);
        }
        int deaths = claims.DeathsBefore(claim.Number);
        Notice(run, deaths > 0 || (claim.Number > 1 && !claims.IsReleased(claim.Number - 1)) ? StudyEvent.TakenOver : StudyEvent.Taken, claim);
        if (deaths >= MostDeaths)
        {
            string place = claims.OwnerOf(claim.Number - 1) is { } owner ? $", at last on {owner.Host}" : "";
            Fail(run, claims, claim, $"{deaths} processes in a row died while they trained it, before their first checkpoint{place}; does it need more memory than there is?");
            return;
        }
        try
        {
            Train(run, claims, claim, stage, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StudyWorkerException)
        {
            // What was ours may be another's by now, who has cleared up.
            if (!claim.IsOurs())
            {
                Leave(run, claims, claim);
                return;
            }
            // Not the run's fault, but this process's or its machine's.
            TryRelease(claim);
            throw exception is StudyWorkerException { InnerException: { } inner } ? inner : exception;
        }
#pragma warning disable CA1031 // Whatever is wrong with one run, the others go on; it is written down.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Fail(run, claims, claim, exception is OutOfMemoryException ? "there was not enough memory for it" : MalformedFileException.ReasonOf(exception));
        }
    }

    private void Train(StudyRun run, RunClaims claims, RunClaim claim, int stage, CancellationToken cancellation)
    {
        Recipe recipe = (run.Recipe with { Training = run.Recipe.Training with { Threads = Threads } }).For(data.Train, data.Scale);
        RecipeTraining training = recipe.Prepare(data);
        IReadOnlyList<int> rungs = _study.Rungs;
        int target = stage < rungs.Count ? rungs[stage] : recipe.Training.Epochs;
        bool pauses = stage < rungs.Count;

        (string Path, CheckpointDocument Document)? checkpoint = claims.NewestCheckpoint(claim.Number - 1);
        List<EpochResult> epochs = [.. checkpoint?.Document.Epochs ?? []];
        if (pauses && epochs.Count >= target)
        {
            // It was there already: its owner died before it could say so.
            Pause(run, claims, claim, stage, [.. epochs.Take(target)]);
            return;
        }
        using CancellationTokenSource pause = new();
        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(cancellation, claim.Lost, pause.Token);
        Stopwatch clock = new();
        long steps = 0;
        Tell();
        training.Trainer.Callbacks.Add(new Checkpoints(claims.CheckpointOf(claim.Number)) { Interval = CheckpointInterval, Stays = true });
        training.Trainer.StepCompleted += step =>
        {
            // The first one is slower than the others.
            if (steps++ == 0)
            {
                clock.Start();
            }
            else
            {
                long left = (long)(target - step.Epoch) * step.Steps + step.Steps - step.Step;
                claim.Progress = claim.Progress with { SecondsLeft = Math.Round(clock.Elapsed.TotalSeconds / (steps - 1) * left, 1) };
            }
            StepCompleted?.Invoke(run, step);
        };
        training.Trainer.EpochCompleted += epoch =>
        {
            epochs.Add(epoch);
            Tell();
            if (pauses && epoch.Epoch == target)
            {
                pause.Cancel();
            }
        };
        TrainingHistory history;
        try
        {
            history = checkpoint is null ? training.Fit(any.Token) : training.Resume(checkpoint.Value.Path, any.Token);
        }
        catch (TrainingDivergedException exception)
        {
            Publish(run, claims, claim, recipe, training, exception.History, exception.Message);
            return;
        }
        catch (ArgumentException exception) when (checkpoint is not null && steps == 0)
        {
            // The checkpoint is of other data, or of another version: others can go on with it, this process cannot.
            throw new StudyWorkerException(exception);
        }
        if (!history.Cancelled)
        {
            Publish(run, claims, claim, recipe, training, history, message: null);
        }
        else if (pauses && epochs.Count == target)
        {
            Pause(run, claims, claim, stage, epochs);
        }
        else if (claim.Lost.IsCancellationRequested)
        {
            Leave(run, claims, claim);
        }
        else if (cancellation.IsCancellationRequested)
        {
            claim.Release();
            Notice(run, StudyEvent.Preempted, claim);
        }
        else
        {
            // Never seen but in a mistake of ours; given back, it would be taken up again for ever.
            throw new InvalidOperationException(FormattableString.Invariant($"The training ended with {epochs.Count} of {target} epochs, and nobody asked it to."));
        }

        void Tell() => claim.Progress = (epochs.Count, _study.FigureOf(BestOf(run, epochs)), claim.Progress.SecondsLeft);
    }

    /// <summary>The epoch whose weights a training keeps, as the trainer decides it.</summary>
    private static EpochResult? BestOf(StudyRun run, List<EpochResult> epochs)
    {
        EpochResult? best = null;
        foreach (EpochResult epoch in epochs)
        {
            best = run.Recipe.Training.KeepLastEpoch || epoch.IsBetterThan(best) ? epoch : best;
        }
        return best;
    }

    private void Pause(StudyRun run, RunClaims claims, RunClaim claim, int rung, List<EpochResult> epochs)
    {
        claims.SaveRung(rung, new RunRecord { State = RunState.Paused, Epochs = [.. epochs], Best = BestOf(run, epochs), Seconds = Math.Round(claim.Seconds, 3), Claim = claim.Number });
        claim.Progress = (epochs.Count, _study.FigureOf(BestOf(run, epochs)), null);
        claim.Release();
        Notice(run, StudyEvent.Paused, claim);
    }

    private void Publish(StudyRun run, RunClaims claims, RunClaim claim, Recipe recipe, RecipeTraining training, TrainingHistory history, string? message)
    {
        string prepared = Directory.CreateDirectory(claims.ResultOf(claim.Number)).FullName;
        if (message is null || history.Best is not null)
        {
            Saving?.Invoke(new TrainedStudyRun(run, recipe, training, history, Math.Round(claim.Seconds, 3), prepared, folder.PathOf(run), message));
            training.Network.Save(Path.Combine(prepared, StudyFolder.ModelName));
        }
        Publish(run, claims, claim, new RunRecord
        {
            State = message is null ? RunState.Done : RunState.Diverged,
            Epochs = history.Epochs,
            Best = history.Best,
            Seconds = Math.Round(claim.Seconds, 3),
            Message = message,
            Claim = claim.Number,
        });
    }

    private void Fail(StudyRun run, RunClaims claims, RunClaim claim, string message)
    {
        // A folder of its own, so that nothing of a result that came to nothing is in it.
        string prepared = claims.ResultOf(claim.Number);
        if (Directory.Exists(prepared))
        {
            Directory.Delete(prepared, recursive: true);
        }
        Directory.CreateDirectory(prepared);
        Publish(run, claims, claim, new RunRecord { State = RunState.Failed, Epochs = [], Seconds = Math.Round(claim.Seconds, 3), Message = message, Claim = claim.Number });
    }

    private void Publish(StudyRun run, RunClaims claims, RunClaim claim, RunRecord record)
    {
        string prepared = claims.ResultOf(claim.Number);
        RunClaims.Replace(Path.Combine(prepared, StudyFolder.ResultName), record.ToBytes(), claims.FilesOf(claim.Number));
        if (!claim.IsOurs() || !folder.TryPublish(run, prepared))
        {
            Leave(run, claims, claim);
            return;
        }
        claim.Progress = (record.Epochs.Count, _study.FigureOf(record.Best), null);
        claim.Release();
        claims.DeleteFiles();
        Notice(run, record.State switch { RunState.Done => StudyEvent.Done, RunState.Diverged => StudyEvent.Diverged, _ => StudyEvent.Failed }, claim, record.Message);
    }

    /// <summary>Leaves a run that is another's by now, or has ended.</summary>
    private void Leave(StudyRun run, RunClaims claims, RunClaim claim)
    {
        // It says that nobody died here; the run is not free by it, since this is not the highest number.
        TryRelease(claim);
        if (folder.IsPublished(run))
        {
            claims.DeleteFiles();
        }
        Notice(run, StudyEvent.Lost, claim);
    }

    private static void TryRelease(RunClaim claim)
    {
        try
        {
            claim.Release();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then others wait for the lease.
        }
    }

    private void Notice(StudyRun run, StudyEvent kind, RunClaim claim, string? message = null)
    {
        (int epoch, double? measure, _) = claim.Progress;
        Noticed?.Invoke(new StudyNotice(run, kind, claim.Number, epoch, measure ?? double.NaN, claim.Seconds, message));
    }

    /// <summary>Makes sure that all processes train on the same samples: a file may be another one on another machine, and MNIST may be missing there.</summary>
    private void CheckData()
    {
        string own = Convert.ToHexStringLower(SHA256.HashData(Convert.FromHexString(data.Train.Fingerprint() + data.Test.Fingerprint())));
        string first = folder.FirstData(own);
        if (own != first)
        {
            throw new ArgumentException($"{folder.FolderPath}: the study was begun with other data than {data.Source}; give every process the same: set 'data' in the study, and see that its files are the same everywhere.");
        }
    }

    /// <summary>Something is wrong with this process, not with the run.</summary>
    private sealed class StudyWorkerException(Exception inner) : Exception(inner.Message, inner);
}

/// <summary>Which share of a study's runs a process begins with; then it helps with the others.</summary>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">How many parts there are; null where that is not known.</param>
public sealed record StudyPart(int Index, int? Count)
{
    /// <summary>How late a run comes: those of this part first, then those of the next, and so on around.</summary>
    internal long DistanceOf(StudyRun run, int runs)
    {
        int parts = Count ?? runs;
        return (long)((run.Index - Index % parts + parts) % parts) * runs + run.Index;
    }
}

/// <summary>What happened to a run.</summary>
public enum StudyEvent
{
    /// <summary>This process has it now.</summary>
    Taken,

    /// <summary>This process has it now, from one that died or seems to have.</summary>
    TakenOver,

    /// <summary>It has come to a rung.</summary>
    Paused,

    /// <summary>This process gave it back.</summary>
    Preempted,

    /// <summary>Another process took it from this one, which had shown no sign of life for too long.</summary>
    Lost,

    /// <summary>It has been trained to its end.</summary>
    Done,

    /// <summary>Its loss became infinite or not a number.</summary>
    Diverged,

    /// <summary>It ended with an error of its own.</summary>
    Failed,
}

/// <summary>Something happened to a run that this process has or had.</summary>
/// <param name="Run">The run.</param>
/// <param name="Event">What happened.</param>
/// <param name="Claim">The number of this process's claim.</param>
/// <param name="Epoch">Epochs finished.</param>
/// <param name="Measure">The figure by which it is compared; not a number where there is none.</param>
/// <param name="Seconds">Seconds trained, by earlier processes, too.</param>
/// <param name="Message">Why it failed; null where it did not.</param>
public sealed record StudyNotice(StudyRun Run, StudyEvent Event, int Claim, int Epoch, double Measure, double Seconds, string? Message);

/// <summary>A run that has just been trained, before its result is published.</summary>
/// <param name="Run">The run.</param>
/// <param name="Recipe">Its recipe, fitted to the data.</param>
/// <param name="Training">Its training, with network and data.</param>
/// <param name="History">How it went.</param>
/// <param name="Seconds">Seconds trained, by earlier processes, too.</param>
/// <param name="Folder">Where its files are put together.</param>
/// <param name="PublishedFolder">Where they will be.</param>
/// <param name="Divergence">What is said where it diverged; null where it did not.</param>
public sealed record TrainedStudyRun(StudyRun Run, Recipe Recipe, RecipeTraining Training, TrainingHistory History, double Seconds, string Folder, string PublishedFolder, string? Divergence);
