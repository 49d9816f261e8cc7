using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla;

/// <summary>
/// Goes along with a training: it sees steps and epochs, may change the learning rate (<see cref="Trainer.LearningRateFactor"/>) and
/// may end the training (<see cref="Trainer.Stop"/>). Derive from it, and add what you made to <see cref="Trainer.Callbacks"/>: they are
/// called in that order, on the training thread, before the trainer's events. What one throws ends the training.
/// </summary>
/// <remarks>A training stays the same, bit for bit, where a callback decides by what it is given alone, not by a clock.</remarks>
public abstract class TrainingCallback
{
    /// <summary>Before the first step: the place to forget a training before.</summary>
    public virtual void TrainingStarted(Trainer trainer)
    {
    }

    /// <summary>After a step.</summary>
    public virtual void StepCompleted(Trainer trainer, StepResult step)
    {
    }

    /// <summary>After an epoch and its validation.</summary>
    public virtual void EpochCompleted(Trainer trainer, EpochResult epoch)
    {
    }

    /// <summary>Where the training was cancelled before its end, before the network gets the weights of the best epoch: the place to save a checkpoint.</summary>
    public virtual void TrainingInterrupted(Trainer trainer)
    {
    }

    /// <summary>What it has to remember for a training that is resumed; null for nothing. Default: nothing.</summary>
    public virtual JsonNode? SaveState() => null;

    /// <summary>Goes on from what <see cref="SaveState"/> gave, after <see cref="TrainingStarted"/>.</summary>
    public virtual void RestoreState(JsonNode state)
    {
    }

    /// <summary>At the end, also where the training was ended early, was cancelled or diverged; the network has the weights of the best epoch.</summary>
    public virtual void TrainingEnded(Trainer trainer, TrainingHistory history)
    {
    }
}

/// <summary>
/// Ends a training that gets no better: after so many epochs in a row none of which is better than the best before, by validation
/// accuracy, between equals by validation loss; without validation by the training loss.
/// </summary>
public sealed class EarlyStopping : TrainingCallback
{
    private EpochResult? _best;
    private int _epochsSince;

    /// <param name="patience">Epochs that may pass without a better one, at least 1.</param>
    public EarlyStopping(int patience)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        Patience = patience;
    }

    /// <summary>Epochs that may pass without a better one.</summary>
    public int Patience { get; }

    /// <inheritdoc/>
    public override void TrainingStarted(Trainer trainer) => (_best, _epochsSince) = (null, 0);

    /// <inheritdoc/>
    public override JsonNode SaveState() => new JsonObject { ["best"] = _best is null ? null : JsonSerializer.SerializeToNode(_best, DocumentJson.TypeOf<EpochResult>()), ["epochsSince"] = _epochsSince };

    /// <inheritdoc/>
    public override void RestoreState(JsonNode state) =>
        (_best, _epochsSince) = (state["best"]?.Deserialize(DocumentJson.TypeOf<EpochResult>()), (int)state["epochsSince"]!);

    /// <inheritdoc/>
    public override void EpochCompleted(Trainer trainer, EpochResult epoch)
    {
        bool isBetter = epoch.ValidationLoss is null ? !(epoch.Loss >= _best?.Loss) : epoch.IsBetterThan(_best);
        (_best, _epochsSince) = isBetter ? (epoch, 0) : (_best, _epochsSince + 1);
        if (_epochsSince >= Patience)
        {
            trainer.Stop();
        }
    }
}

/// <summary>
/// Makes the learning rate smaller where the loss no longer falls: after so many epochs in a row in which the validation loss (without validation, the training loss) was not below the
/// least before. As Keras's and PyTorch's <c>ReduceLROnPlateau</c>; it changes <see cref="Trainer.LearningRateFactor"/>, so a schedule goes on beside it.
/// </summary>
public sealed class ReduceOnPlateau : TrainingCallback
{
    private double _least;
    private int _epochsSince;

    /// <param name="factor">What the rate is multiplied by, above 0 and below 1.</param>
    /// <param name="patience">Epochs that may pass without a smaller loss, at least 1.</param>
    /// <param name="minRate">The optimiser's rate is not made smaller than this, at least 0.</param>
    /// <param name="threshold">Share of the least loss by which another must be below it to count, at least 0 and below 1.</param>
    public ReduceOnPlateau(double factor = 0.1, int patience = 10, double minRate = 0, double threshold = 1e-4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, 1);
        Factor = factor is > 0 and < 1 ? factor : throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor must be above 0 and below 1.");
        Patience = patience;
        MinRate = minRate >= 0 && double.IsFinite(minRate) ? minRate : throw new ArgumentOutOfRangeException(nameof(minRate), minRate, "The smallest rate must be a number of at least 0.");
        Threshold = threshold is >= 0 and < 1 ? threshold : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The threshold must be at least 0 and below 1.");
    }

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>Epochs that may pass without a smaller loss.</summary>
    public int Patience { get; }

    /// <summary>The optimiser's rate is not made smaller than this.</summary>
    public double MinRate { get; }

    /// <summary>Share of the least loss by which another must be below it to count.</summary>
    public double Threshold { get; }

    /// <inheritdoc/>
    public override void TrainingStarted(Trainer trainer) => (_least, _epochsSince) = (double.PositiveInfinity, 0);

    /// <inheritdoc/>
    public override JsonNode SaveState() => new JsonObject { ["least"] = double.IsFinite(_least) ? _least : null, ["epochsSince"] = _epochsSince };

    /// <inheritdoc/>
    public override void RestoreState(JsonNode state) => (_least, _epochsSince) = ((double?)state["least"] ?? double.PositiveInfinity, (int)state["epochsSince"]!);

    /// <inheritdoc/>
    public override void EpochCompleted(Trainer trainer, EpochResult epoch)
    {
        double loss = epoch.ValidationLoss ?? epoch.Loss;
        (_least, _epochsSince) = loss < _least - Threshold * Math.Abs(double.IsFinite(_least) ? _least : 0) ? (loss, 0) : (_least, _epochsSince + 1);
        if (_epochsSince >= Patience)
        {
            double least = MinRate / trainer.Optimizer.LearningRate;
            double reduced = Math.Max(trainer.LearningRateFactor * Factor, least);
            // Not larger, where it is below the least already; and never 0, which a rate cannot be.
            trainer.LearningRateFactor = reduced > 0 ? Math.Min(trainer.LearningRateFactor, reduced) : trainer.LearningRateFactor;
            _epochsSince = 0;
        }
    }
}

/// <summary>Writes a line for each epoch, for programs that run in a console: <c>epoch 3: loss 0.0849, validation accuracy 97.31%</c>.</summary>
/// <param name="output">Where to; by default the console's standard output.</param>
public sealed class ConsoleProgress(TextWriter? output = null) : TrainingCallback
{
    /// <inheritdoc/>
    public override void EpochCompleted(Trainer trainer, EpochResult epoch) => (output ?? Console.Out).WriteLine(epoch);
}
