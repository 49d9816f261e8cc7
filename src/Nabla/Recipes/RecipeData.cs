using System.Text.Json.Serialization;

namespace Nabla;

/// <summary>Which samples a recipe trains and is measured on.</summary>
public sealed record RecipeData
{
    /// <summary>
    /// Whether the training part is shuffled as a whole before samples are chosen from it, with the first numbers of the
    /// recipe's seed. Default: no.
    /// </summary>
    [JsonRequired]
    public bool Shuffle { get; init; }

    /// <summary>Samples to learn from. Default: the whole training part.</summary>
    [JsonRequired]
    public RowRange Train { get; init; } = new() { Part = DataPart.Train };

    /// <summary>Samples that the result is measured on. Default: the whole test part.</summary>
    [JsonRequired]
    public RowRange Test { get; init; } = new() { Part = DataPart.Test };

    /// <summary>Chooses the samples, without copying them. A validation part of its own stays as it is.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="random">Where the order of a shuffle comes from; drawn from for that only.</param>
    /// <exception cref="ArgumentException">The data set has fewer samples than the recipe wants.</exception>
    public TrainAndTest Choose(TrainAndTest data, NumPyRandom random)
    {
        TrainAndTest all = Shuffle ? data with { Train = data.Train.View(random.Permutation(data.Train.Count)) } : data;
        return all with { Train = Train.Of(all), Test = Test.Of(all) };
    }
}
