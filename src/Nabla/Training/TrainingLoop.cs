namespace Nabla;

/// <summary>Goes through the epochs of a training, tells callbacks and handlers, and keeps the best epoch's weights.</summary>
internal sealed class TrainingLoop
{
    private readonly Trainer _trainer;
    private readonly Network _network;
    private readonly TrainingOptions _options;
    private readonly TrainingRun _run;
    private readonly DataSet _train;
    private readonly DataSet? _validation;
    private readonly Evaluator? _evaluator;
    private readonly TrainingCallback[] _callbacks;
    private readonly List<EpochResult> _epochs = [];
    private readonly float[] _bestParameters;
    private readonly float[] _bestBuffers;
    private readonly Checkpoint? _resumed;
    private EpochResult? _best;
    private bool _epochIsFinished;
    private TrainingIdentity? _identity;
    private string? _checkpointPath;
    private string? _bestModelPath;
    private EpochResult? _savedBest;

    /// <param name="trainer">Who asks for it; its network has weights.</param>
    /// <param name="options">How long and in which portions.</param>
    /// <param name="train">Samples to learn from.</param>
    /// <param name="validation">Samples that tell after each epoch how good the network is; null for none.</param>
    /// <param name="random">Where all random numbers come from.</param>
    /// <param name="resumed">Where to go on; null to begin.</param>
    public TrainingLoop(Trainer trainer, TrainingOptions options, DataSet train, DataSet? validation, NumPyRandom random, Checkpoint? resumed)
    {
        _resumed = resumed;
        _trainer = trainer;
        _network = trainer.Network;
        _options = options;
        _train = train;
        _validation = validation;
        _run = new TrainingRun(_network, trainer.Loss, trainer.Optimizer, options, train, random, options.TransformsAround(trainer.GradientTransforms), trainer.Communicator);
        _evaluator = validation is null ? null : new Evaluator(_network, trainer.Loss, validation.Count, options.Threads, trainer.Communicator);
        _callbacks = [.. trainer.Callbacks];
        _bestParameters = _network.Parameters.ToArray();
        _bestBuffers = _network.Buffers.ToArray();
    }

    /// <summary>What came of it, once all <see cref="Steps"/> are done.</summary>
    public TrainingHistory? History { get; private set; }

    /// <summary>Trains, step by step as they are asked for, until all epochs are done or somebody ends it.</summary>
    /// <param name="cancellation">Stops training after the step under way.</param>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number.</exception>
    public IEnumerable<StepResult> Steps(CancellationToken cancellation)
    {
        Array.ForEach(_callbacks, callback => callback.TrainingStarted(_trainer));
        int epoch = 1;
        if (_resumed is not null)
        {
            Restore(_resumed);
            epoch = _epochIsFinished ? _run.Epoch + 1 : _run.Epoch;
        }
        for (; epoch <= _options.Epochs && !IsEnded(cancellation); epoch++)
        {
            // A resumed training is in the middle of one.
            if (_run.Epoch != epoch)
            {
                _run.StartEpoch(epoch);
                _epochIsFinished = false;
            }
            StepResult step = default;
            while (!_run.EpochIsDone && !IsEnded(cancellation))
            {
                step = Step();
                yield return step;
            }
            if (!_run.EpochIsDone)
            {
                break;
            }
            FinishEpoch(epoch, step);
        }
        History = FinishTraining();
    }

    /// <summary>Whether somebody ends the training: in any of the processes, which then end it after the same step.</summary>
    private bool IsEnded(CancellationToken cancellation)
    {
        (bool isStopped, bool isCancelled) = _trainer.Communicator.Any(_trainer.IsStopped, cancellation.IsCancellationRequested);
        if (isStopped)
        {
            _trainer.Stop();
        }
        return isStopped || isCancelled;
    }

    private StepResult Step()
    {
        StepResult step = _run.Step(_trainer.LearningRateFactor);
        if (!double.IsFinite(step.Loss))
        {
            throw Diverge(step);
        }
        foreach (TrainingCallback callback in _callbacks)
        {
            callback.StepCompleted(_trainer, step);
        }
        _trainer.RaiseStepCompleted(step);
        SaveCheckpoint();
        return step;
    }

    private void FinishEpoch(int epoch, StepResult last)
    {
        _run.Average?.Exchange();
        Evaluation? measured = _evaluator?.Evaluate(_validation!);
        // The last step of an epoch shows its damage only here: no step follows whose loss would tell.
        if (ContainsNonFinite(_network.Parameters) || ContainsNonFinite(_network.Buffers) || !double.IsFinite(measured?.Loss ?? 0))
        {
            throw Diverge(last);
        }
        EpochResult result = new(epoch, _run.EpochLoss, _run.EpochAccuracy, measured?.Loss, measured?.Accuracy);
        _epochs.Add(result);
        if (_options.KeepLastEpoch || result.IsBetterThan(_best))
        {
            _best = result;
            _network.Parameters.CopyTo(_bestParameters);
            _network.Buffers.CopyTo(_bestBuffers);
        }
        Record(cancelled: true);
        Array.ForEach(_callbacks, callback => callback.EpochCompleted(_trainer, result));
        _trainer.RaiseEpochCompleted(result);
        _run.Average?.Exchange();
        _epochIsFinished = true;
        SaveCheckpoint();
    }

    private TrainingHistory FinishTraining()
    {
        if (_epochs.Count < _options.Epochs && !_trainer.IsStopped)
        {
            Array.ForEach(_callbacks, callback => callback.TrainingInterrupted(_trainer));
            SaveCheckpoint();
        }
        // Also without validation: cancelled in the middle of an epoch, it goes back to the end of the one before.
        if (_best is not null)
        {
            RestoreBest();
        }
        if (_best is not null && _network.Loss is SoftmaxCrossEntropyLoss && _validation?.Targets is ClassLabels)
        {
            _network.Calibrate(_validation, _options.Threads);
        }
        bool isWhole = _epochs.Count == _options.Epochs;
        return Finish(cancelled: !isWhole && !_trainer.IsStopped, stoppedEarly: !isWhole && _trainer.IsStopped);
    }

    private void RestoreBest()
    {
        _bestParameters.CopyTo(_network.Parameters);
        _bestBuffers.CopyTo(_network.Buffers);
    }

    private TrainingDivergedException Diverge(StepResult at)
    {
        // Not the weights before that step: a loss that runs away has ruined them long before it overflows.
        RestoreBest();
        return new TrainingDivergedException(at, _run.LearningRate, Finish(cancelled: false, divergedInEpoch: at.Epoch));
    }

    private TrainingHistory Finish(bool cancelled, bool stoppedEarly = false, int? divergedInEpoch = null)
    {
        Record(cancelled, stoppedEarly, divergedInEpoch);
        TrainingHistory history = new(_epochs, _best, cancelled) { StoppedEarly = stoppedEarly };
        Array.ForEach(_callbacks, callback => callback.TrainingEnded(_trainer, history));
        return history;
    }

    /// <summary>Asks for a checkpoint as soon as all who are told of a step or an epoch have been told.</summary>
    public void RequestCheckpoint(string path, string? bestModelPath) => (_checkpointPath, _bestModelPath) = (path, bestModelPath);

    private void SaveCheckpoint()
    {
        if (_checkpointPath is not string path)
        {
            return;
        }
        _checkpointPath = null;
        if (_trainer.Communicator.Rank > 0)
        {
            return;
        }
        Checkpoint checkpoint = _run.Save(new CheckpointDocument
        {
            PlanVersion = ExecutionPlan.Version,
            Training = Identity,
            Epochs = [.. _epochs],
            BestEpoch = _best?.Epoch ?? 0,
            EpochIsFinished = _epochIsFinished,
            IsStopped = _trainer.IsStopped,
            LearningRateFactor = _trainer.LearningRateFactor,
            CallbackStates = [.. _callbacks.Select(callback => callback.SaveState())],
        });
        checkpoint.Add("best/parameters", _bestParameters);
        checkpoint.Add("best/buffers", _bestBuffers);
        checkpoint.Save(path);
        if (_bestModelPath is not null && _best is not null && _best != _savedBest)
        {
            float[] parameters = _network.Parameters.ToArray(), buffers = _network.Buffers.ToArray();
            RestoreBest();
            _network.Save(_bestModelPath);
            parameters.CopyTo(_network.Parameters);
            buffers.CopyTo(_network.Buffers);
            _savedBest = _best;
        }
    }

    private void Restore(Checkpoint checkpoint)
    {
        // The processes have been found to train the same, but for callbacks that only one has need of.
        _trainer.Communicator.FromFirst(() =>
        {
            checkpoint.ThrowUnlessOf(Identity);
            return [];
        });
        CheckpointDocument document = checkpoint.Document;
        _run.Restore(checkpoint);
        checkpoint.CopyTo("best/parameters", _bestParameters.AsSpan());
        checkpoint.CopyTo("best/buffers", _bestBuffers.AsSpan());
        _epochs.AddRange(document.Epochs);
        _best = _epochs.Find(epoch => epoch.Epoch == document.BestEpoch);
        // Interrupted before its first step, it is in the middle of none.
        _epochIsFinished = document.EpochIsFinished || document.Epoch == 0;
        _trainer.LearningRateFactor = document.LearningRateFactor;
        List<string> saved = [.. document.Training.Callbacks];
        foreach (TrainingCallback callback in _callbacks)
        {
            int place = saved.IndexOf(callback.GetType().Name);
            if (place < 0)
            {
                continue;
            }
            // Another of its kind has the next.
            saved[place] = "";
            if (document.CallbackStates[place] is { } state)
            {
                callback.RestoreState(state);
            }
        }
        if (document.IsStopped)
        {
            _trainer.Stop();
        }
    }

    private TrainingIdentity Identity => _identity ??= new TrainingIdentity
    {
        Input = [.. _network.InputShape],
        Layers = [.. _network.Graph.Specs],
        Preprocessing = _network.Preprocessing,
        Loss = _trainer.Loss,
        Optimizer = _trainer.Optimizer,
        Options = _options,
        Callbacks = [.. _callbacks.Select(callback => callback.GetType().Name)],
        GradientTransforms = [.. _trainer.GradientTransforms.Select(transform => transform.ToString()!)],
        Data = FormattableString.Invariant($"{_train.Count} samples, {_train.Fingerprint()}"),
    };

    /// <summary>Writes down in the network how it was trained up to now.</summary>
    private void Record(bool cancelled, bool stoppedEarly = false, int? divergedInEpoch = null) =>
        _network.Training = new TrainingRecord
        {
            Version = TrainingRecord.LibraryVersion,
            PlanVersion = ExecutionPlan.Version,
            Optimizer = _trainer.Optimizer,
            Options = _options,
            Samples = _train.Count,
            BestEpoch = _best?.Epoch ?? 0,
            Cancelled = cancelled,
            StoppedInEpoch = stoppedEarly ? _run.Epoch : null,
            DivergedInEpoch = divergedInEpoch,
            ValidationAccuracy = _best?.ValidationAccuracy,
        };

    private static bool ContainsNonFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return true;
            }
        }
        return false;
    }
}
