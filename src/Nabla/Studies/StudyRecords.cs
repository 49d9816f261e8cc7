using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Who has claimed a run, as the claim's file says; nothing depends on it but what people are shown.</summary>
internal sealed record ClaimRecord
{
    [JsonRequired]
    public required string Host { get; init; }

    [JsonRequired]
    public required int Process { get; init; }
}

/// <summary>A sign of life: that it differs from the one before is what counts.</summary>
internal sealed record LifeSign
{
    [JsonRequired]
    public required long Count { get; init; }

    /// <summary>Epochs finished.</summary>
    [JsonRequired]
    public required int Epoch { get; init; }

    public double? Measure { get; init; }

    /// <summary>Seconds trained, by earlier claims, too, as far as they told.</summary>
    [JsonRequired]
    public required double Seconds { get; init; }

    /// <summary>Seconds that the training will take still, to its end or its next rung.</summary>
    public double? SecondsLeft { get; init; }
}

/// <summary>What is known of a run when it reaches a rung, or its end.</summary>
internal sealed record RunRecord
{
    /// <summary>How it ended; paused at a rung.</summary>
    [JsonRequired]
    [JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
    public required RunState State { get; init; }

    [JsonRequired]
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>The epoch whose weights are kept; null where none was finished.</summary>
    public EpochResult? Best { get; init; }

    [JsonRequired]
    public required double Seconds { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Message { get; init; }

    /// <summary>Number of the claim under which it was written.</summary>
    [JsonRequired]
    public required int Claim { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DocumentJson.TypeOf<RunRecord>());
}
