namespace Nabla;

/// <summary>What a model file says about its network, as JSON in the file's metadata.</summary>
internal sealed record ModelDocument
{
    /// <summary>The version of this document that is written and read.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required int[] Input { get; init; }

    public required LayerSpec[] Layers { get; init; }

    public required Preprocessing Preprocessing { get; init; }

    public Loss? Loss { get; init; }

    public string[]? ClassNames { get; init; }

    public TableSchema? Schema { get; init; }

    public double? Temperature { get; init; }

    public TrainingRecord? Training { get; init; }
}
