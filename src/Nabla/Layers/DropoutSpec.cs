using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>
/// Inverted dropout: in training each value is set to 0 with probability <see cref="Rate"/>, and the others are divided by
/// 1 − rate, so that in use nothing has to be done. Srivastava et al., "Dropout", JMLR 15, 2014.
/// </summary>
public sealed record DropoutSpec : LayerSpec
{
    /// <summary>Share of values dropped, at least 0 and below 1. Default: 0.5.</summary>
    [JsonRequired]
    public double Rate
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Rate), value, "The dropout rate must be at least 0 and below 1.");
    } = 0.5;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => "dropout";

    internal override Layer Build(string name, IReadOnlyList<Shape> inputShapes, int offset) => new Dropout(name, inputShapes[0], this);
}
