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

    // Not required in documents: files from before it was there mean none.
    /// <summary>
    /// How many built-in digits (<see cref="Nabla.SyntheticDigits"/>) are added to the samples to learn from, at least 0: other pens and other ways of writing, for digits that are not
    /// like the data's. The data must be of 28×28 bytes and ten classes. Default: 0.
    /// </summary>
    public int SyntheticDigits
    {
        get;
        init => field = OptionCheck.AtLeast(0, value, nameof(SyntheticDigits));
    }

    /// <summary>Chooses the samples, without copying them unless some are added. A validation part of its own stays as it is.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="random">Where the order of a shuffle comes from; drawn from for that only.</param>
    /// <exception cref="ArgumentException">The data set has fewer samples than the recipe wants, or is of other samples than those that are to be added.</exception>
    public TrainAndTest Choose(TrainAndTest data, NumPyRandom random)
    {
        TrainAndTest all = Shuffle ? data with { Train = data.Train.View(random.Permutation(data.Train.Count)) } : data;
        TrainAndTest chosen = all with { Train = Train.Of(all), Test = Test.Of(all) };
        if (SyntheticDigits == 0)
        {
            return chosen;
        }
        DataSet added = Nabla.SyntheticDigits.Generate(SyntheticDigits, seed: 1);
        return chosen.Train.Features.SampleShape.Equals(added.Features.SampleShape) && chosen.Train.Targets is ClassLabels { Width: 10 }
            ? chosen with { Train = chosen.Train.Append(added), Source = FormattableString.Invariant($"{data.Source}, and {SyntheticDigits:N0} {Nabla.SyntheticDigits.SourceName}") }
            : throw new ArgumentException($"The recipe adds built-in digits, so it needs images of {added.Features.SampleShape} bytes and ten classes, but {data.Source} has samples of {chosen.Train.Features.SampleShape} and {chosen.Train.Targets.Width} classes; leave out 'data.syntheticDigits'.");
    }
}
