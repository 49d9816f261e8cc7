namespace Nabla;

/// <summary>
/// Finds a learning rate: trains a copy of a network for some hundred steps while the rate grows from 10⁻⁷ to 10 by the same factor each step, until the loss runs
/// away. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, the range test.
/// </summary>
public static class LearningRateFinder
{
    /// <summary>The rate of the first step.</summary>
    public const double MinRate = 1e-7;

    /// <summary>Steps in which the rate grows tenfold.</summary>
    public const int StepsPerDecade = 40;

    private const int Decades = 8;
    private const int Steps = Decades * StepsPerDecade + 1;

    // 10^(1 / StepsPerDecade), written out: the rates are products alone, the same on every system.
    private const double Growth = 1.0592537251772889;

    // The loss has run away when its running mean is so many times the least before.
    private const double Explosion = 4;
    private const double RunningShare = 0.9;

    // Losses of single batches jump: each is averaged with so many on either side.
    private const int SmoothedSteps = 10;

    // What the loss must fall by, as a share of that of the first steps, to be a fall and no noise.
    private const double LeastFall = 0.02;

    /// <summary>Runs the test. The network, and its weights if it has any, stay as they are: a copy begins with fresh ones.</summary>
    /// <param name="network">The network to find a rate for.</param>
    /// <param name="loss">The loss to minimise.</param>
    /// <param name="optimizer">The rule by which gradients change the weights; its own rate does not matter.</param>
    /// <param name="data">Samples to learn from; those that a training would set aside are set aside here, too.</param>
    /// <param name="options">Batch size, seed and all else that a training would have, but for epochs and schedule; by default as <see cref="TrainingOptions"/> says.</param>
    /// <param name="cancellation">Stops it after the step under way.</param>
    /// <exception cref="ArgumentException">As <see cref="Trainer.Fit(DataSet, TrainingOptions?, DataSet?, CancellationToken)"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static LearningRateRange Find(
        Network network, Loss loss, Optimizer optimizer, DataSet data, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        RisingSchedule rising = new();
        options = (options ?? new TrainingOptions()) with { Epochs = Steps, Schedule = rising };
        Trainer trainer = new(network.CopyWithoutWeights(), loss, optimizer);
        List<(double Rate, double Loss)> seen = [];
        double running = 0, least = double.PositiveInfinity;
        bool hasExploded = false;
        trainer.StepCompleted += step =>
        {
            seen.Add((rising.Rates[seen.Count], step.Loss));
            running = seen.Count == 1 ? step.Loss : RunningShare * running + (1 - RunningShare) * step.Loss;
            least = Math.Min(least, running);
            hasExploded = running > Explosion * least && seen.Count > SmoothedSteps;
            if (hasExploded || seen.Count == Steps)
            {
                trainer.Stop();
            }
        };
        try
        {
            trainer.Fit(data, options, cancellation: cancellation);
        }
        catch (TrainingDivergedException)
        {
            hasExploded = true;
        }
        cancellation.ThrowIfCancellationRequested();
        double[] smoothed = [.. Enumerable.Range(0, seen.Count).Select(i => Mean(seen, i))];
        LearningRatePoint[] points = [.. seen.Select((step, i) => new LearningRatePoint(step.Rate, step.Loss, smoothed[i]))];
        return new LearningRateRange(points, Steepest(smoothed) is int steepest ? points[steepest].LearningRate : null, hasExploded);
    }

    private static double Mean(List<(double Rate, double Loss)> seen, int at)
    {
        // As many on either side, so that the curve does not lag behind the rate.
        int reach = Math.Min(SmoothedSteps, Math.Min(at, seen.Count - 1 - at));
        double sum = 0;
        for (int i = at - reach; i <= at + reach; i++)
        {
            sum += seen[i].Loss;
        }
        return sum / (2 * reach + 1);
    }

    /// <summary>Where the smoothed loss falls most within half a decade, before its least; null where it hardly falls at all.</summary>
    private static int? Steepest(double[] smoothed)
    {
        if (smoothed.Length <= 2 * SmoothedSteps)
        {
            return null;
        }
        int least = Array.IndexOf(smoothed, smoothed.Min());
        if (!(smoothed[least] < smoothed[SmoothedSteps] * (1 - LeastFall)))
        {
            return null;
        }
        int steepest = -1;
        double fall = 0;
        for (int i = SmoothedSteps; i + SmoothedSteps < smoothed.Length && i <= least; i++)
        {
            double here = smoothed[i - SmoothedSteps] - smoothed[i + SmoothedSteps];
            (steepest, fall) = here > fall ? (i, here) : (steepest, fall);
        }
        return steepest < 0 ? null : steepest;
    }

    private sealed record RisingSchedule : Schedule
    {
        public double[] Rates { get; } = Rise();

        public override double Rate(double learningRate, int epoch, long step, long steps) => Rates[Math.Min(step, Rates.Length - 1)];

        private static double[] Rise()
        {
            double[] rates = new double[Steps];
            double rate = MinRate;
            for (int i = 0; i < rates.Length; i++, rate *= Growth)
            {
                rates[i] = rate;
            }
            return rates;
        }
    }
}

/// <summary>What a learning-rate range test has seen.</summary>
/// <param name="Points">Step after step, with growing rates.</param>
/// <param name="Suggestion">
/// The rate at which the smoothed loss fell most steeply: there a step gains most, and it is well below the rate at which the loss runs away. Null where the loss hardly fell.
/// </param>
/// <param name="HasExploded">Whether the loss ran away in the end, as it should.</param>
public sealed record LearningRateRange(IReadOnlyList<LearningRatePoint> Points, double? Suggestion, bool HasExploded);

/// <summary>One step of a learning-rate range test.</summary>
/// <param name="LearningRate">Its rate.</param>
/// <param name="Loss">Mean loss of its samples.</param>
/// <param name="SmoothedLoss">Mean of that and the losses of up to ten steps on either side.</param>
public readonly record struct LearningRatePoint(double LearningRate, double Loss, double SmoothedLoss);
