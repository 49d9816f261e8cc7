using System.Reflection;

namespace Nabla;

/// <summary>
/// Trains a network by gradient descent over batches. It prints nothing: progress bars, logs and charts listen to its
/// events.
/// </summary>
/// <param name="network">The network to train; where it has no weights yet, they are drawn first.</param>
/// <param name="loss">The loss to minimise.</param>
/// <param name="optimizer">The rule by which gradients change the weights.</param>
public sealed class Trainer(Network network, Loss loss, Optimizer optimizer)
{
    private volatile bool _stops;

    /// <summary>The network that is trained.</summary>
    public Network Network => network;

    /// <summary>Who goes along with the training, in this order.</summary>
    public IList<TrainingCallback> Callbacks { get; } = [];

    /// <summary>
    /// What the rate of optimiser and schedule is multiplied by, above 0, from the next step on: for callbacks and handlers. A training
    /// begins with 1.
    /// </summary>
    public double LearningRateFactor
    {
        get;
        set => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(LearningRateFactor)} must be a number above 0.");
    } = 1;

    /// <summary>After each step, on the training thread.</summary>
    public event Action<StepResult>? StepCompleted;

    /// <summary>After each epoch and its validation, on the training thread.</summary>
    public event Action<EpochResult>? EpochCompleted;

    /// <summary>
    /// Trains the network; afterwards it has the weights of the best epoch. Data and preprocessing must stay as they are
    /// meanwhile.
    /// </summary>
    /// <param name="data">
    /// Samples to learn from. Without <paramref name="validation"/>, a share of them is set aside for it
    /// (<see cref="TrainingOptions.ValidationFraction"/>): which, the seed, the number of samples and the network's layers
    /// decide, whether the network has weights already or not. So a training that is continued with the same seed and data
    /// does not learn what is set aside.
    /// </param>
    /// <param name="options">How long and in which portions; by default as <see cref="TrainingOptions"/> says.</param>
    /// <param name="validation">Samples that tell after each epoch how good the network is, instead of a share of <paramref name="data"/>.</param>
    /// <param name="cancellation">
    /// Cancelling is no error: training stops after the step under way, and returns with the best model so far (before
    /// the first epoch is finished, the model as it is).
    /// </param>
    /// <exception cref="ArgumentException">
    /// The network has no parameters, or a data set is empty, does not fit the network or the loss, has one class only, or leaves
    /// nothing to train on.
    /// </exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number; the network has the weights of the best epoch before.</exception>
    public TrainingHistory Fit(DataSet data, TrainingOptions? options = null, DataSet? validation = null, CancellationToken cancellation = default)
    {
        options ??= new TrainingOptions();
        return Fit(data, options, new NumPyRandom(options.Seed), validation, cancellation);
    }

    /// <summary>
    /// Trains the network with random numbers from a generator that has been drawn from already, instead of one of
    /// <see cref="TrainingOptions.Seed"/>; otherwise as the other overload.
    /// </summary>
    /// <param name="data">Samples to learn from.</param>
    /// <param name="options">How long and in which portions.</param>
    /// <param name="random">
    /// Where all random numbers come from. A training that is continued sets the same samples aside only with a generator in the
    /// state that the first one began with.
    /// </param>
    /// <param name="validation">Samples for validation, instead of a share of <paramref name="data"/>.</param>
    /// <param name="cancellation">Stops training after the step under way.</param>
    /// <exception cref="ArgumentException">As the other overload.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number; the network has the weights of the best epoch before.</exception>
    public TrainingHistory Fit(
        DataSet data, TrainingOptions options, NumPyRandom random, DataSet? validation = null, CancellationToken cancellation = default)
    {
        if (network.Parameters.IsEmpty)
        {
            throw new ArgumentException(
                $"The network ({string.Join(", ", network.Layers.Select(layer => layer.Name))}) has no parameters, so there is nothing to train; give it a layer that has, such as Layer.Dense(10).");
        }
        data = Evaluator.Fitting(network, data);
        if (validation is not null)
        {
            validation = data.Targets is ClassLabels learnt
                ? Evaluator.Fitting(network, validation, learnt.ClassNames ?? network.ClassNames)
                : Evaluator.Fitting(network, validation);
            loss.ThrowUnlessFits(validation.Targets);
        }
        int validationCount = validation is null ? ValidationCount(data, options.ValidationFraction) : 0;
        ThrowUnlessLearnable(data);
        ThrowUnlessFit(options, data.Count - validationCount);
        if (!network.IsInitialized)
        {
            network.Initialize(random, options.Initialization);
        }
        else if (validationCount > 0)
        {
            network.SkipInitialDraws(random, options.Initialization);
        }
        DataSet train = data;
        if (validationCount > 0)
        {
            // Where they are: the data may fill half of the memory.
            ReadOnlySpan<int> order = random.Permutation(data.Count);
            (train, validation) = (data.View(order[validationCount..]), data.View(order[..validationCount]));
        }
        if (options.Standardize is StandardizationScope scope)
        {
            float divisor = network.Preprocessing.ByteDivisor;
            network.Preprocessing = network.Preprocessing with { Standardization = Standardization.Fit(train.Features, divisor, scope) };
        }
        network.Loss = loss;
        network.ClassNames = (data.Targets as ClassLabels)?.ClassNames ?? network.ClassNames;

        TrainingRun run = new(network, loss, optimizer, options, train, random);
        Evaluator? evaluator = validation is null ? null : new Evaluator(network, loss, validation.Count, options.Threads);
        List<EpochResult> epochs = [];
        EpochResult? best = null;
        float[] bestParameters = network.Parameters.ToArray();
        _stops = false;
        LearningRateFactor = 1;
        TrainingCallback[] callbacks = [.. Callbacks];
        Array.ForEach(callbacks, callback => callback.TrainingStarted(this));

        for (int epoch = 1; epoch <= options.Epochs && !cancellation.IsCancellationRequested && !_stops; epoch++)
        {
            run.StartEpoch(epoch);
            StepResult step = default;
            while (!run.EpochIsDone && !cancellation.IsCancellationRequested && !_stops)
            {
                step = run.Step(LearningRateFactor);
                if (!double.IsFinite(step.Loss))
                {
                    throw Diverge(step);
                }
                foreach (TrainingCallback callback in callbacks)
                {
                    callback.StepCompleted(this, step);
                }
                StepCompleted?.Invoke(step);
            }
            if (!run.EpochIsDone)
            {
                break;
            }
            Evaluation? measured = evaluator?.Evaluate(validation!);
            // The last step of an epoch shows its damage only here: no step follows whose loss would tell.
            if (ContainsNonFinite(network.Parameters) || !double.IsFinite(measured?.Loss ?? 0))
            {
                throw Diverge(step);
            }
            EpochResult result = new(epoch, run.EpochLoss, run.EpochAccuracy, measured?.Loss, measured?.Accuracy);
            epochs.Add(result);
            if (result.IsBetterThan(best))
            {
                best = result;
                network.Parameters.CopyTo(bestParameters);
            }
            Array.ForEach(callbacks, callback => callback.EpochCompleted(this, result));
            EpochCompleted?.Invoke(result);
        }

        // Also without validation: cancelled in the middle of an epoch, it goes back to the end of the one before.
        if (best is not null)
        {
            bestParameters.CopyTo(network.Parameters);
        }
        return Finish(cancelled: epochs.Count < options.Epochs && !_stops, stoppedEarly: epochs.Count < options.Epochs && _stops);

        TrainingDivergedException Diverge(StepResult at)
        {
            // Not the weights before that step: a loss that runs away has ruined them long before it overflows.
            bestParameters.CopyTo(network.Parameters);
            return new TrainingDivergedException(at, run.LearningRate, Finish(cancelled: false, divergedInEpoch: at.Epoch));
        }

        TrainingHistory Finish(bool cancelled, bool stoppedEarly = false, int? divergedInEpoch = null)
        {
            network.Training = new TrainingRecord
            {
                Version = typeof(Trainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
                Optimizer = optimizer,
                Options = options,
                Samples = train.Count,
                BestEpoch = best?.Epoch ?? 0,
                Cancelled = cancelled,
                StoppedInEpoch = stoppedEarly ? run.Epoch : null,
                DivergedInEpoch = divergedInEpoch,
                ValidationAccuracy = best?.ValidationAccuracy,
            };
            TrainingHistory history = new(epochs, best, cancelled) { StoppedEarly = stoppedEarly };
            Array.ForEach(callbacks, callback => callback.TrainingEnded(this, history));
            return history;
        }
    }

    /// <summary>
    /// Ends the training under way after its present step, as intended: for handlers of its events, which see that it gets no
    /// better. It returns with the best model so far and is not taken as cancelled.
    /// </summary>
    public void Stop() => _stops = true;

    /// <summary>What a loss cannot compare with, or a classifier cannot learn.</summary>
    private void ThrowUnlessLearnable(DataSet data)
    {
        if (data.Targets is ClassLabels labels && labels.Values.IndexOfAnyExcept(labels.Values[0]) < 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"All {data.Count:N0} samples to learn from are of one class, {labels.NameOf(labels.Values[0])}, expected at least two: a network that always gives the same answer would be right."));
        }
        loss.ThrowUnlessFits(data.Targets);
    }

    /// <summary>Options that are right each by itself but not together, or not with the number of samples to learn from.</summary>
    private static void ThrowUnlessFit(TrainingOptions options, int samples)
    {
        if (options.StepsPerEpoch is not null && options.Order != SampleOrder.WithReplacement)
        {
            throw new ArgumentException($"{nameof(options.StepsPerEpoch)} needs {nameof(options.Order)} {SampleOrder.WithReplacement}; in the order {options.Order} an epoch is every sample once.");
        }
        if (options.DropPartialBatch && samples < options.BatchSize)
        {
            throw new ArgumentException($"{nameof(options.DropPartialBatch)} leaves nothing to train on: {samples} samples do not fill one batch of {options.BatchSize}.");
        }
    }

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

    /// <summary>How many samples a share of them is. At least one stays on either side.</summary>
    private static int ValidationCount(DataSet data, double fraction)
    {
        int count = fraction == 0 ? 0 : Math.Max(1, (int)(data.Count * fraction));
        return count < data.Count
            ? count
            : throw new ArgumentException(
                $"{data.Count} sample(s) cannot be split into a training and a validation part: set {nameof(TrainingOptions.ValidationFraction)} to 0.", nameof(data));
    }
}
