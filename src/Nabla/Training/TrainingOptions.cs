using System.Text.Json.Serialization;
using Nabla.Numerics;

namespace Nabla;

/// <summary>How long and in which portions a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training samples, at least 1. Default: 10.</summary>
    [JsonRequired]
    public int Epochs
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(Epochs));
    } = 10;

    /// <summary>Samples per step, at least 1; the last step of an epoch may have fewer. Default: 64.</summary>
    [JsonRequired]
    public int BatchSize
    {
        get;
        init => field = OptionCheck.AtLeast(1, value, nameof(BatchSize));
    } = 64;

    /// <summary>
    /// Seed of everything that is drawn: initial weights (unless the network has some), the validation split, the order of
    /// samples, what layers do at random. Same seed and data, same bits. Default: 1.
    /// </summary>
    [JsonRequired]
    public uint Seed { get; init; } = 1;

    /// <summary>
    /// Where is drawn from what differs from sample to sample, such as which values a dropout drops. Initial weights, the validation split and the order of samples are
    /// NumPy's in any case. Default: Philox.
    /// </summary>
    // Not required: model files that do not say it are of a time when there was NumPy's only, which is the first.
    public RandomSource RandomNumbers
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(RandomNumbers), value, "There is no such source of random numbers.");
    } = RandomSource.Philox;

    /// <summary>
    /// Share of the samples that is set aside, at least 0 and below 1. They are not learnt from; after each epoch they
    /// tell how good the network is, and the best epoch's weights are kept (but see <see cref="KeepLastEpoch"/>). Default: 0.1. With 0 the last weights are kept.
    /// </summary>
    [JsonRequired]
    public double ValidationFraction
    {
        get;
        init => field = OptionCheck.BelowOne(value, nameof(ValidationFraction));
    } = 0.1;

    // Not required in documents: files from before it was there mean no.
    /// <summary>
    /// Whether the weights of the last epoch are kept instead of those of the best: where the learning rate falls to almost nothing, or weights are averaged, the last are the best, and which
    /// epoch does best on the validation samples is chance. Default: no.
    /// </summary>
    public bool KeepLastEpoch { get; init; }

    /// <summary>In which order samples are learnt from. Default: shuffled anew each epoch.</summary>
    [JsonRequired]
    public SampleOrder Order
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Order), value, "There is no such order.");
    } = SampleOrder.Shuffled;

    /// <summary>
    /// What is called an epoch where samples are drawn with replacement, in steps, at least 1; null for as many steps as
    /// would see every sample once. In the other orders it must be null. Default: null.
    /// </summary>
    public int? StepsPerEpoch
    {
        get;
        init => field = value is int steps ? OptionCheck.AtLeast(1, steps, nameof(StepsPerEpoch)) : null;
    }

    /// <summary>Whether samples that do not fill a batch at the end of an epoch are left out. Default: no, they make a smaller one.</summary>
    [JsonRequired]
    public bool DropPartialBatch { get; init; }

    /// <summary>
    /// What is done to training images at random, one after the other, before they are standardised; never to those for validation or testing. The network's input must be
    /// [height, width] or [height, width, channels]. Default: nothing. <see cref="Nabla.Augmentation.ForHandwriting"/> suits digits.
    /// </summary>
    /// <exception cref="ArgumentException">One is null, or one that mixes samples is not the last.</exception>
    // Not required: there was none when model files were written that do not say it.
    public IReadOnlyList<Augmentation> Augmentation
    {
        get;
        init => field = new AugmentationList(value ?? []);
    } = new AugmentationList([]);

    /// <summary>
    /// Over what features are standardised, by figures of the training samples which the network then keeps
    /// (<see cref="Network.Preprocessing"/>); null to leave the network's preprocessing as it is. Default: null.
    /// </summary>
    public StandardizationScope? Standardize { get; init; }

    /// <summary>How initial values are drawn where the network has none.</summary>
    [JsonRequired]
    public Initialization Initialization { get; init; } = new();

    /// <summary>How the learning rate changes. Default: it does not.</summary>
    [JsonRequired]
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>
    /// Decay of an exponential moving average of the weights, above 0 and below 1, such as 0.999: average ← decay · average + (1 − decay) · weights, after each
    /// step. The network is measured with it, and has it at the end. In the first steps the decay is n / (n + 9) where that is less. Null for none. Default: null.
    /// </summary>
    public double? AverageDecay
    {
        get;
        init => field = value is null or (> 0 and < 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(AverageDecay), value, $"{nameof(AverageDecay)} must be above 0 and below 1.");
    }

    /// <summary>
    /// Batches whose gradients are added up before the optimiser moves the weights once, by the mean gradient of their samples; at least 1, null for 1. So a
    /// large batch needs the memory of a small one. A step is still a batch, in events and for the schedule, whose rate of the last batch counts; what is left at the end of
    /// an epoch is a move of its own. Default: null.
    /// </summary>
    public int? AccumulationSteps
    {
        get;
        init => field = value is int steps ? OptionCheck.AtLeast(1, steps, nameof(AccumulationSteps)) : null;
    }

    // Not required in documents: files from before it was there mean no.
    /// <summary>
    /// Whether every class is to have the same say, however many of the samples to learn from it has: the softmax cross-entropy then gets
    /// <see cref="SoftmaxCrossEntropyLoss.BalancedWeights"/>, which the network keeps with its loss. Default: no.
    /// </summary>
    public bool BalanceClasses { get; init; }

    // Not required in documents: files from before it was there mean 0.
    /// <summary>
    /// What times itself is added to the gradient of each weight (<see cref="L2Regularization"/>), before the program's own <see cref="Trainer.GradientTransforms"/>; at least 0.
    /// Default: 0.
    /// </summary>
    public double L2
    {
        get;
        init => field = value >= 0 && float.IsFinite((float)value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(L2), value, $"{nameof(L2)} must be a number of at least 0.");
    }

    /// <summary>
    /// Greatest length of the gradient of all parameters together, above 0; a longer one is shortened to it (<see cref="GradientClipping"/>), after all that changes it
    /// before. Null for any length. Default: null.
    /// </summary>
    public double? ClipGradientNorm
    {
        get;
        init => field = value is null or > 0 && !double.IsInfinity(value ?? 0)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ClipGradientNorm), value, $"{nameof(ClipGradientNorm)} must be a number above 0.");
    }

    /// <summary>All that is done to a gradient: what the options say, around what a program adds.</summary>
    internal IReadOnlyList<GradientTransform> TransformsAround(IEnumerable<GradientTransform> own) =>
    [
        .. L2 > 0 ? [new L2Regularization(L2)] : (GradientTransform[])[],
        .. own,
        .. ClipGradientNorm is double norm ? [new GradientClipping(norm)] : (GradientTransform[])[],
    ];

    /// <summary>Most threads that a training uses: 256. Beyond a machine's processors they only take each other's time.</summary>
    public const int MaxThreads = WorkerTeam.MaxThreads;

    /// <summary>Threads to use, from 1 to <see cref="MaxThreads"/>; the result does not depend on it. Default: one per processor.</summary>
    [JsonIgnore]
    public int Threads
    {
        get;
        init => field = value is >= 1 and <= MaxThreads
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threads), value, $"{nameof(Threads)} must be from 1 to {MaxThreads}.");
    } = Math.Min(Environment.ProcessorCount, MaxThreads);
}

/// <summary>In which order training goes through the samples.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SampleOrder>))]
public enum SampleOrder
{
    /// <summary>A new random order each epoch; each sample once.</summary>
    Shuffled,

    /// <summary>As they stand in the data set, the same each epoch.</summary>
    AsGiven,

    /// <summary>Each batch drawn at random from all samples: some come several times, some never.</summary>
    WithReplacement,
}
