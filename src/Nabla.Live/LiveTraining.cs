using System.Diagnostics;

namespace Nabla.Live;

/// <summary>
/// A training that somebody watches, pauses and stops. All its commands may come from any thread; what they change is seen after the step under way.
/// </summary>
/// <param name="request">What is to be trained on what.</param>
/// <param name="mnist">Where MNIST is to be had; null for nowhere.</param>
public sealed class LiveTraining(TrainingRequest request, Func<TrainAndTest>? mnist = null)
{
    private const int WatchedSamples = 500;

    // How often progress is told, how often the network is looked at at most, and which share of the time that may take.
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250), LookInterval = TimeSpan.FromSeconds(1);
    private const int LookShare = 5;

    // A thread that has other things to do is left to them so often.
    private static readonly TimeSpan BreathInterval = TimeSpan.FromMilliseconds(30);

    private readonly Stopwatch _sinceProgress = new(), _sinceLook = new(), _sinceBreath = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource? _paused;
    private DataSet? _watched;
    private TimeSpan _lookTook;
    private double _lossSum;
    private int _steps, _samples;
    private volatile bool _isStopped;

    /// <summary>Told what happens, on the thread that trains.</summary>
    public event Action<TrainingEvent>? Happened;

    /// <summary>Whether the thread that trains is to be left to others now and then, as in a browser.</summary>
    public bool SharesThread { get; init; }

    /// <summary>Where the training is saved every half minute and when it is cancelled, and from where it goes on if the file is there; null for nowhere.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>How long it waits after each step, to be watched.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>28×28 levels that somebody has drawn, whose scores are told with each look; null for none.</summary>
    public byte[]? Drawing { get; set; }

    /// <summary>Stops for a while, after the step under way.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Goes on.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _paused?.SetResult();
            _paused = null;
        }
    }

    /// <summary>Takes one step, and pauses again.</summary>
    public void Step()
    {
        lock (_lock)
        {
            _paused?.SetResult();
            _paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends the training after the step under way; what it has learnt is kept.</summary>
    public void Stop()
    {
        _isStopped = true;
        Resume();
    }

    /// <summary>Trains, to the end or until it is stopped or cancelled.</summary>
    /// <param name="cancellation">Interrupts the training, which goes on from its checkpoint another time.</param>
    /// <returns>The network; null where it was cancelled, or has failed, which was told.</returns>
    public async Task<Network?> RunAsync(CancellationToken cancellation = default)
    {
        try
        {
            Tell(new TrainingStatus(TrainingState.Preparing));
            request.ThrowUnlessRecipe();
            await Breathe().ConfigureAwait(true);
            TrainAndTest data = request.Data.Load(mnist);
            Recipe recipe = request.RecipeFor(data);
            if (_isStopped)
            {
                Tell(new TrainingStatus(TrainingState.Failed, "It was stopped before it began."));
                return null;
            }
            return await Train(recipe, recipe.Prepare(data), cancellation).ConfigureAwait(true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or MalformedFileException or IOException or UnauthorizedAccessException or TrainingDivergedException or OutOfMemoryException)
        {
            Tell(new TrainingStatus(TrainingState.Failed, exception.Message));
            return null;
        }
    }

    private async Task<Network?> Train(Recipe recipe, RecipeTraining training, CancellationToken cancellation)
    {
        TrainingStatus running = new(TrainingState.Running) { Recipe = recipe.Name, Data = training.Data.Source };
        Tell(running);
        string? resumed = Checkpoint is not null && File.Exists(Checkpoint) ? Checkpoint : null;
        if (Checkpoint is not null)
        {
            training.Trainer.Callbacks.Add(new Checkpoints(Checkpoint));
        }
        training.Trainer.EpochCompleted += epoch => Happened?.Invoke(new TrainingEvent { Epoch = epoch });
        foreach (Stopwatch watch in (Stopwatch[])[_sinceProgress, _sinceLook, _sinceBreath])
        {
            watch.Restart();
        }
        TrainingHistory history = await training.FitAsync(step => StepCompleted(training, step, running, cancellation), resumed, cancellation).ConfigureAwait(true);
        if (history.Cancelled)
        {
            return null;
        }
        Network network = training.Network;
        DataSet test = training.Data.Test;
        Evaluation measured = network.Evaluate(network.MatchClasses(test));
        network.Training = network.Training! with { TestAccuracy = measured.Accuracy, Data = training.Data.Source };
        Look(training);
        Tell(new TrainingStatus(history.StoppedEarly ? TrainingState.Stopped : TrainingState.Finished)
        {
            Recipe = recipe.Name,
            Data = training.Data.Source,
            TestAccuracy = measured.Accuracy,
            TestSamples = measured.Samples,
        });
        return network;
    }

    private async Task StepCompleted(RecipeTraining training, StepResult step, TrainingStatus running, CancellationToken cancellation)
    {
        _lossSum += step.Loss;
        _steps++;
        _samples += step.Samples;
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, CancellationToken.None).ConfigureAwait(true);
        }
        else if (SharesThread && _sinceBreath.Elapsed >= BreathInterval)
        {
            await Breathe().ConfigureAwait(true);
        }
        Task? paused = _isStopped ? null : IsPaused;
        if (paused is not null || Delay > TimeSpan.Zero || step.Step == step.Steps || _sinceProgress.Elapsed >= ProgressInterval)
        {
            TellProgress(step);
        }
        if (paused is not null || (_sinceLook.Elapsed >= LookInterval && _sinceLook.Elapsed >= LookShare * _lookTook))
        {
            Look(training);
        }
        if (paused is not null)
        {
            Tell(running with { State = TrainingState.Paused });
            await paused.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            // After a single step it says so again.
            if (IsPaused is null)
            {
                Tell(running);
            }
        }
        if (_isStopped)
        {
            training.Trainer.Stop();
        }
    }

    private Task? IsPaused
    {
        get
        {
            lock (_lock)
            {
                return _paused?.Task;
            }
        }
    }

    private void TellProgress(StepResult step)
    {
        double seconds = Math.Max(_sinceProgress.Elapsed.TotalSeconds, 1e-6);
        Happened?.Invoke(new TrainingEvent { Progress = new TrainingProgress(step.Epoch, step.Epochs, step.Step, step.Steps, _lossSum / _steps, _samples / seconds) });
        (_lossSum, _steps, _samples) = (0, 0, 0);
        _sinceProgress.Restart();
    }

    private void Look(RecipeTraining training)
    {
        long start = Stopwatch.GetTimestamp();
        _watched ??= Watched(training);
        Happened?.Invoke(new TrainingEvent { Look = NetworkLook.At(training.Network, _watched, Drawing) });
        _lookTook = Stopwatch.GetElapsedTime(start);
        _sinceLook.Restart();
    }

    /// <summary>Samples that are not learnt from: those for validation, or where there are none, as in the notebooks, those for testing.</summary>
    private static DataSet Watched(RecipeTraining training)
    {
        DataSet samples = training.Network.MatchClasses(training.Trainer.Validation ?? training.Data.Test);
        return samples.Count <= WatchedSamples ? samples : samples.Slice(0, WatchedSamples);
    }

    private void Tell(TrainingStatus status) => Happened?.Invoke(new TrainingEvent { Status = status });

    private async Task Breathe()
    {
        if (SharesThread)
        {
            await Task.Delay(1, CancellationToken.None).ConfigureAwait(true);
            _sinceBreath.Restart();
        }
    }
}
