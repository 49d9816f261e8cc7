using System.Text.Json.Serialization;

namespace Nabla;

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
