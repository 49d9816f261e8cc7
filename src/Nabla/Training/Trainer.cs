using System.Runtime.InteropServices;
using System.Text.Json;

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
    private const int SamplesToCompare = 64;

    private volatile bool _stops;
    private TrainingLoop? _loop;
    private Loss? _balanced;

    /// <summary>The loss to minimise; from the beginning of a training with <see cref="TrainingOptions.BalanceClasses"/> on with its weights.</summary>
    public Loss Loss => _balanced ?? loss;

    /// <summary>The rule by which gradients change the weights.</summary>
    public Optimizer Optimizer => optimizer;

    /// <summary>The network that is trained.</summary>
    public Network Network => network;

    /// <summary>The samples that tell after each epoch how good the network is, those given or those set aside; null where there are none, and before a training begins.</summary>
    public DataSet? Validation { get; private set; }

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

    /// <summary>
    /// The processes that train the network together; by default this one alone. Each takes some of a batch's shards (<see cref="Network.Explain(TrainingOptions)"/> tells how many there are). The weights are, bit for bit,
    /// those that one process trains, whatever the number of processes. All must train with the same network, data, options and callbacks; the first one's weights are taken, and it alone writes checkpoints.
    /// </summary>
    public ICommunicator Communicator { get; set; } = SingleProcess.Instance;

    /// <summary>What is done to the gradient of each batch before the optimiser sees it, in this order.</summary>
    public IList<GradientTransform> GradientTransforms { get; } = [];

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
    /// Where initial weights, the validation split and the order of samples come from; what differs from sample to sample follows from <see cref="TrainingOptions.Seed"/>, unless
    /// <see cref="TrainingOptions.RandomNumbers"/> says NumPy. A training that is continued sets the same samples aside only with a generator in the
    /// state that the first one began with.
    /// </param>
    /// <param name="validation">Samples for validation, instead of a share of <paramref name="data"/>.</param>
    /// <param name="cancellation">Stops training after the step under way.</param>
    /// <exception cref="ArgumentException">As the other overload.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number; the network has the weights of the best epoch before.</exception>
    public TrainingHistory Fit(
        DataSet data, TrainingOptions options, NumPyRandom random, DataSet? validation = null, CancellationToken cancellation = default)
    {
        return Fit(data, options, random, validation, resumed: null, cancellation);
    }

    /// <summary>
    /// Trains as <see cref="Fit(DataSet, TrainingOptions?, DataSet?, CancellationToken)"/>, to the same bits, and awaits <paramref name="stepCompleted"/> after each step: for programs that have
    /// one thread, such as a page in a browser, which awaits a <see cref="Task.Delay(int)"/> now and then to show how it goes. All is done on the thread that asks for it; a
    /// program with threads leaves it free by <c>Task.Run(() =&gt; trainer.Fit(data))</c> instead.
    /// </summary>
    /// <param name="data">Samples to learn from.</param>
    /// <param name="stepCompleted">Awaited after each step, after callbacks and handlers were told. The network may be used meanwhile, with the weights of that step.</param>
    /// <param name="options">How long and in which portions; by default as <see cref="TrainingOptions"/> says.</param>
    /// <param name="validation">Samples for validation, instead of a share of <paramref name="data"/>.</param>
    /// <param name="cancellation">Stops training after the step under way; this is no error.</param>
    /// <exception cref="InvalidOperationException">A training of this trainer is under way.</exception>
    /// <exception cref="ArgumentException">What <see cref="Fit(DataSet, TrainingOptions?, DataSet?, CancellationToken)"/> refuses.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number; the network has the weights of the best epoch before.</exception>
    public Task<TrainingHistory> FitAsync(
        DataSet data, Func<StepResult, Task> stepCompleted, TrainingOptions? options = null, DataSet? validation = null, CancellationToken cancellation = default)
    {
        options ??= new TrainingOptions();
        return FitAsync(data, stepCompleted, options, new NumPyRandom(options.Seed), validation, resumed: null, cancellation);
    }

    /// <summary>The same with a generator that has been drawn from already, from a checkpoint on where there is one.</summary>
    internal async Task<TrainingHistory> FitAsync(
        DataSet data, Func<StepResult, Task> stepCompleted, TrainingOptions options, NumPyRandom random, DataSet? validation, Checkpoint? resumed, CancellationToken cancellation)
    {
        TrainingLoop loop = Begin(data, options, random, validation, resumed);
        try
        {
            foreach (StepResult step in loop.Steps(cancellation))
            {
                await stepCompleted(step).ConfigureAwait(true);
            }
            return loop.History!;
        }
        finally
        {
            _loop = null;
        }
    }

    /// <summary>
    /// Goes on with a training from a checkpoint (<see cref="Checkpoints"/>), with the same network, options, callbacks and data, to the same weights, bit for bit, as if it had
    /// never ended; on another number of threads, too.
    /// </summary>
    /// <param name="checkpoint">Path of the checkpoint.</param>
    /// <param name="data">The samples to learn from that it had.</param>
    /// <param name="options">Its options.</param>
    /// <param name="random">A generator in the state that the first one began with; by default one of <see cref="TrainingOptions.Seed"/>.</param>
    /// <param name="validation">Its samples for validation, where it had some beside <paramref name="data"/>.</param>
    /// <param name="cancellation">Stops training after the step under way.</param>
    /// <exception cref="ArgumentException">The checkpoint is of another training (the message says what differs), or what <see cref="Fit(DataSet, TrainingOptions?, DataSet?, CancellationToken)"/> refuses.</exception>
    /// <exception cref="MalformedFileException">The checkpoint is damaged, or none.</exception>
    /// <exception cref="IOException">The checkpoint cannot be read.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or not a number; the network has the weights of the best epoch before.</exception>
    public TrainingHistory Resume(
        string checkpoint, DataSet data, TrainingOptions options, NumPyRandom? random = null, DataSet? validation = null, CancellationToken cancellation = default) =>
        Fit(data, options, random ?? new NumPyRandom(options.Seed), validation, Checkpoint.Load(checkpoint, Communicator), cancellation);

    /// <summary>
    /// Saves all that the training under way needs to go on later (<see cref="Resume"/>), as soon as all callbacks and handlers have been told of the
    /// present step or epoch: for callbacks and handlers. <see cref="Checkpoints"/> calls it now and then. Of several processes the first one does.
    /// </summary>
    /// <param name="path">The file, which is replaced once the new one is complete.</param>
    /// <param name="bestModelPath">Where the network of the best epoch so far, if there is one, is saved as a model; null for nowhere.</param>
    /// <exception cref="InvalidOperationException">There is no training under way.</exception>
    public void SaveCheckpoint(string path, string? bestModelPath = null) =>
        (_loop ?? throw new InvalidOperationException("There is no training under way, so there is nothing to save a checkpoint of.")).RequestCheckpoint(path, bestModelPath);

    private TrainingHistory Fit(DataSet data, TrainingOptions options, NumPyRandom random, DataSet? validation, Checkpoint? resumed, CancellationToken cancellation)
    {
        TrainingLoop loop = Begin(data, options, random, validation, resumed);
        try
        {
            foreach (StepResult step in loop.Steps(cancellation))
            {
                // Callbacks and handlers have been told.
            }
            return loop.History!;
        }
        finally
        {
            _loop = null;
        }
    }

    private TrainingLoop Begin(DataSet data, TrainingOptions options, NumPyRandom random, DataSet? validation, Checkpoint? resumed)
    {
        if (_loop is not null)
        {
            throw new InvalidOperationException("This trainer's training is still under way; stop it and await its end before another begins.");
        }
        (DataSet train, DataSet? measured) = Prepare(data, options, random, validation);
        Validation = measured;
        if (Communicator.Size > 1)
        {
            Share(options, train);
        }
        _stops = false;
        LearningRateFactor = 1;
        return _loop = new TrainingLoop(this, options, train, measured, random, resumed);
    }

    /// <summary>
    /// Ends the training under way after its present step, as intended: for handlers of its events, which see that it gets no
    /// better. It returns with the best model so far and is not taken as cancelled.
    /// </summary>
    public void Stop() => _stops = true;

    /// <summary>Whether <see cref="Stop"/> was called.</summary>
    internal bool IsStopped => _stops;

    /// <summary>Tells handlers of a step.</summary>
    internal void RaiseStepCompleted(StepResult step) => StepCompleted?.Invoke(step);

    /// <summary>Tells handlers of an epoch.</summary>
    internal void RaiseEpochCompleted(EpochResult epoch) => EpochCompleted?.Invoke(epoch);

    /// <summary>Checks that all fits, gives the network weights, preprocessing and names where it is to have them, and sets validation samples aside.</summary>
    /// <returns>The samples to learn from, and those that tell after each epoch how good the network is; null where there are none.</returns>
    private (DataSet Train, DataSet? Validation) Prepare(DataSet data, TrainingOptions options, NumPyRandom random, DataSet? validation)
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
        ThrowUnlessRoom(options, data.Count - validationCount);
        if (options.Augmentation.Count > 0 && !ImageShape.IsImage(network.InputShape))
        {
            throw new ArgumentException(
                $"{nameof(options.Augmentation)} changes images, but the network takes samples of [{network.InputShape}], expected [height, width] or [height, width, channels], such as [28, 28]: a dense layer reads them as well.");
        }
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
            network.Preprocessing = network.Preprocessing with { Standardization = Standardization.Fit(train.Features, network.Preprocessing, scope) };
        }
        network.Preprocessing = network.Preprocessing.Remembering(train);
        _balanced = options.BalanceClasses ? Balanced(train.Targets) : null;
        network.Loss = Loss;
        network.Temperature = 1;
        network.ClassNames = (data.Targets as ClassLabels)?.ClassNames ?? network.ClassNames;
        network.Schema = data.Features.Schema ?? network.Schema;
        return (train, validation);
    }

    /// <summary>Makes sure that the processes train the same, and that there is something for each, and gives them the first one's weights.</summary>
    private void Share(TrainingOptions options, DataSet train)
    {
        int processes = Communicator.Size;
        ExecutionPlan plan = ExecutionPlan.Of(network, options, train.Count);
        if (plan.Shards < processes)
        {
            string reason = network.Layers.FirstOrDefault(layer => layer.NeedsOneShard(options.RandomNumbers)) is Layer ordered
                ? $"{ordered.Name} {(options.RandomNumbers == RandomSource.NumPy && ordered.FollowsStream ? "draws from NumPy's stream, sample after sample (randomNumbers NumPy)" : "needs all samples of a batch at a place")}"
                : "so few samples are less work than adding up the gradients of several processes; a larger batch has more";
            throw new ArgumentException(FormattableString.Invariant(
                $"{processes} processes have nothing to share: a batch of {plan.BatchSize:N0} samples is {(plan.Shards == 1 ? "one shard" : $"{plan.Shards} shards")}, expected one for each process at least, since {reason}; train on {(plan.Shards == 1 ? "one process" : $"at most {plan.Shards} processes")}, or several networks at once ('nabla sweep')."));
        }
        Communicator.ThrowUnlessSame("versions of the library", FormattableString.Invariant($"{TrainingRecord.LibraryVersion}, {ExecutionPlan.Version}"));
        // Some of the samples tell whether they are the same; no process has to read them all.
        int[] some = [.. Enumerable.Range(0, SamplesToCompare).Select(i => (int)((long)train.Count * i / SamplesToCompare)).Distinct()];
        Communicator.ThrowUnlessSame("layers, loss, optimizer or options", string.Join('\n', [
            .. network.Graph.Specs.Select(Describe), Describe(network.Preprocessing), Describe(Loss), Describe(optimizer), Describe(options), .. GradientTransforms.Select(transform => transform.ToString()!)]));
        Communicator.ThrowUnlessSame("samples", FormattableString.Invariant($"{train.Count}, {train.View(some).Fingerprint()}"));
        Communicator.Broadcast(MemoryMarshal.AsBytes(network.Parameters), root: 0);
        Communicator.Broadcast(MemoryMarshal.AsBytes(network.Buffers), root: 0);
    }

    /// <summary>All that can be known of a part of the training.</summary>
    private static string Describe<T>(T part)
    {
        try
        {
            return JsonSerializer.Serialize(part, DocumentJson.TypeOf<T>());
        }
        catch (NotSupportedException)
        {
            // Of a program's own kind that has no name in documents.
            return part!.ToString()!;
        }
    }

    /// <summary>What a loss cannot compare with, or a classifier cannot learn.</summary>
    private void ThrowUnlessLearnable(DataSet data)
    {
        if (data.Targets is ClassLabels labels && labels.Values.IndexOfAnyExcept(labels.Values[0]) < 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"All {data.Count:N0} samples to learn from are of one class, {labels.NameOf(labels.Values[0])}, expected at least two: a network that always gives the same answer would be right; add samples of other classes."));
        }
        loss.ThrowUnlessFits(data.Targets);
    }

    /// <summary>The loss with weights that even out how many samples classes have.</summary>
    private SoftmaxCrossEntropyLoss Balanced(Targets targets) => loss is SoftmaxCrossEntropyLoss { ClassWeights: null } softmax && targets is ClassLabels labels
        ? softmax with { ClassWeights = SoftmaxCrossEntropyLoss.BalancedWeights(labels) }
        : throw new ArgumentException(
            $"{nameof(TrainingOptions.BalanceClasses)} needs class labels and softmax cross-entropy without weights of its own, not {loss} and {(targets is ClassLabels ? "labels" : "vectors of targets")}.");

    /// <summary>A batch that has to go through as a whole, but needs more memory than there is.</summary>
    private void ThrowUnlessRoom(TrainingOptions options, int samples)
    {
        int rows = Math.Min(options.BatchSize, samples);
        if (network.Layers.FirstOrDefault(layer => layer.NeedsWholeBatch) is not Layer whole)
        {
            return;
        }
        long needed = network.MemoryFor(rows, training: true, options.Threads), available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > available)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"A batch of {rows:N0} samples needs {needed:N0} bytes, and there are {available:N0}: {whole.Name} takes it as a whole; make {nameof(options.BatchSize)} smaller, with {nameof(options.AccumulationSteps)} for the gradient of as many samples."));
        }
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
