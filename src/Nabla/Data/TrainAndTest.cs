namespace Nabla;

/// <summary>A part to train on, a part to test on once at the end, and where both came from.</summary>
/// <param name="Train">Samples to learn from.</param>
/// <param name="Test">Samples that no choice may depend on.</param>
/// <param name="Source">What the data is, for people: <c>MNIST from /data/mnist, verified</c>.</param>
public sealed record TrainAndTest(DataSet Train, DataSet Test, string Source)
{
    /// <summary>Samples that choices are made on, where the data has such a part; else null, and some are split off <see cref="Train"/>.</summary>
    public DataSet? Validation { get; init; }

    /// <summary>What the values of samples are to be divided by, above 0, where somebody has said so; null for the rule of <see cref="ValueScale"/>.</summary>
    public float? Scale { get; init; }
}

/// <summary>What a file or folder holds: one part of samples or several.</summary>
/// <param name="Train">Samples to learn from, or all there are.</param>
/// <param name="Validation">Samples that choices are made on; null where the file has none.</param>
/// <param name="Test">Samples that no choice may depend on; null where the file has none.</param>
/// <param name="Source">What the data is, for people: <c>npz file mnist.npz</c>.</param>
public sealed record DataParts(DataSet Train, DataSet? Validation, DataSet? Test, string Source)
{
    /// <summary>What its reader guessed and what it left out, each in one line for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the values of samples are to be divided by, above 0, where somebody has said so; null for the rule of <see cref="ValueScale"/>.</summary>
    public float? Scale { get; init; }

    /// <summary>Whether <see cref="Train"/> is not to be learnt from, since the file or folder has a test part alone.</summary>
    public bool IsTestOnly { get; init; }
}
