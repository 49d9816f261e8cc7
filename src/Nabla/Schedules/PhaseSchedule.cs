using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>One learning rate after the other, each for some epochs; the last also for all epochs beyond.</summary>
public sealed record PhaseSchedule : Schedule
{
    /// <summary>The phases, first to last, at least one. Their rates stand instead of the optimiser's.</summary>
    [JsonRequired]
    public required IReadOnlyList<Phase> Phases
    {
        get;
        init => field = value.Count == 0 ? throw new ArgumentException("A schedule of phases needs at least one.", nameof(Phases))
            : value.Any(phase => phase is null) ? throw new ArgumentException("A phase of a schedule cannot be null.", nameof(Phases))
            : value;
    }

    /// <inheritdoc/>
    public override double Rate(double learningRate, int epoch, long step, long steps)
    {
        int end = 0;
        foreach (Phase phase in Phases)
        {
            end += phase.Epochs;
            if (epoch <= end)
            {
                return phase.LearningRate;
            }
        }
        return Phases[^1].LearningRate;
    }
}

/// <summary>Some epochs at one learning rate.</summary>
public sealed record Phase
{
    /// <summary>Number of epochs, at least 1.</summary>
    [JsonRequired]
    public required int Epochs
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Epochs), value, $"{nameof(Epochs)} must be at least 1.");
    }

    /// <summary>Learning rate, above 0.</summary>
    [JsonRequired]
    public required double LearningRate
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LearningRate), value, "The learning rate must be a number above 0.");
    }
}
