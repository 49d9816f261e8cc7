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

    // Share of data of one part that is set aside for testing: every tenth sample, by chance.
    private const int TestShare = 10;

    /// <summary>
    /// Its parts for training and testing; where there is none for testing, a tenth of the samples, chosen at random but always the same of the same data. Of fewer than ten samples
    /// all are for both.
    /// </summary>
    public TrainAndTest SetTestAside()
    {
        if (Test is not null)
        {
            return new TrainAndTest(Train, Test, Source) { Validation = Validation, Scale = Scale };
        }
        if (Train.Count < TestShare)
        {
            return new TrainAndTest(Train, Train, $"{Source}, so few samples that the same ones are for training and for testing") { Validation = Validation, Scale = Scale };
        }
        ReadOnlySpan<int> order = new NumPyRandom(1).Permutation(Train.Count);
        int test = Train.Count / TestShare;
        return new TrainAndTest(Train.View(order[test..]), Train.View(order[..test]), $"{Source}, a tenth of it set aside for testing") { Validation = Validation, Scale = Scale };
    }
}
