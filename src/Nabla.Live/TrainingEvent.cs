using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Live;

/// <summary>Something that those who watch a training are told: exactly one of its members is there.</summary>
public sealed record TrainingEvent
{
    /// <summary>How the training is from now on.</summary>
    public TrainingStatus? Status { get; init; }

    /// <summary>How far it is; told several times a second.</summary>
    public TrainingProgress? Progress { get; init; }

    /// <summary>An epoch is done.</summary>
    public EpochResult? Epoch { get; init; }

    /// <summary>What the network can do by now; each takes the place of the one before.</summary>
    public NetworkLook? Look { get; init; }

    /// <summary>The event as JSON, in one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LiveJson.Default.TrainingEvent);
}

/// <summary>How a training is.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Message">What there is to say of that, in a sentence; null for nothing.</param>
public sealed record TrainingStatus(TrainingState State, string? Message = null)
{
    /// <summary>Whether nothing more will happen.</summary>
    [JsonIgnore]
    public bool IsOver => State is TrainingState.Finished or TrainingState.Stopped or TrainingState.Failed;

    /// <summary>The recipe's name, once it runs.</summary>
    public string? Recipe { get; init; }

    /// <summary>What it learns from, once it runs.</summary>
    public string? Data { get; init; }

    /// <summary>How many trainings come before it, while it waits.</summary>
    public int? Before { get; init; }

    /// <summary>Accuracy on the test samples at the end, 0 to 1; null before, and where there are no classes.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>How many test samples there are, at the end.</summary>
    public int? TestSamples { get; init; }

    /// <summary>What the network is called from now on, once it is a model that can be asked.</summary>
    public string? Model { get; init; }
}

/// <summary>Where a training stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrainingState>))]
public enum TrainingState
{
    /// <summary>Others come before it.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>Its samples are read.</summary>
    [JsonStringEnumMemberName("preparing")]
    Preparing,

    /// <summary>It learns.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Somebody has stopped it for a while.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>All epochs are done.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>Somebody has ended it; there is a network.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>It could not begin, or has gone wrong; the message says how.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The epoch under way, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps of an epoch.</param>
/// <param name="Loss">Mean loss of the steps since it was last told.</param>
/// <param name="SamplesPerSecond">How fast it learns, without pauses.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps, double Loss, double SamplesPerSecond);

/// <summary>All JSON of this assembly.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TrainingRequest))]
[JsonSerializable(typeof(TrainingEvent))]
internal sealed partial class LiveJson : JsonSerializerContext;
