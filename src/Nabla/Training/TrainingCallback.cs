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

/// <summary>Writes a line for each epoch, for programs that run in a console: <c>epoch 3: loss 0.0849, validation accuracy 97.31%</c>.</summary>
/// <param name="output">Where to; by default the console's standard output.</param>
public sealed class ConsoleProgress(TextWriter? output = null) : TrainingCallback
{
    /// <inheritdoc/>
    public override void EpochCompleted(Trainer trainer, EpochResult epoch) => (output ?? Console.Out).WriteLine(epoch);
}
