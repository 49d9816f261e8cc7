namespace Nabla;

/// <summary>Where a run of a study stands.</summary>
public enum RunState
{
    /// <summary>Nobody has begun it.</summary>
    Waiting,

    /// <summary>A process trains it.</summary>
    Running,

    /// <summary>A process trained it and has shown no sign of life for the length of the lease.</summary>
    Stale,

    /// <summary>A process trained it and gave it back, or it may go on from a rung: the next free process takes it up.</summary>
    Preempted,

    /// <summary>At a rung, until it is known whether it goes on.</summary>
    Paused,

    /// <summary>Trained to its end.</summary>
    Done,

    /// <summary>Ended at a rung by the study's rule.</summary>
    StoppedEarly,

    /// <summary>Its loss became infinite or not a number.</summary>
    Diverged,

    /// <summary>It ended with an error of its own.</summary>
    Failed,
}

/// <summary>What is known of a run of a study.</summary>
/// <param name="Run">The run.</param>
/// <param name="State">Where it stands.</param>
public sealed record RunStatus(StudyRun Run, RunState State)
{
    /// <summary>How often it was claimed.</summary>
    public int Claims { get; init; }

    /// <summary>Who claimed it last: host and process number; null where nobody did.</summary>
    public string? Owner { get; init; }

    /// <summary>Epochs finished, as far as is known.</summary>
    public int Epoch { get; init; }

    /// <summary>The figure by which it is compared, as far as is known; not a number where there is none.</summary>
    public double Measure { get; init; } = double.NaN;

    /// <summary>Seconds trained, by all who did, as far as they told.</summary>
    public double Seconds { get; init; }

    /// <summary>Seconds to its end or next rung, as its owner expects; null where nobody trains it.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Message { get; init; }

    /// <summary>The epochs up to its end or its last rung.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; init; } = [];

    /// <summary>Whether nobody has to do anything for it any more, as long as the others stand where they do.</summary>
    public bool IsEnded => State is RunState.Done or RunState.StoppedEarly or RunState.Diverged or RunState.Failed;
}
