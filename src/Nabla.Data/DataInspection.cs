using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>What data holds, and what is doubtful about it, before anyone trains on it.</summary>
public sealed record DataInspection
{
    /// <summary>So many times as many samples in one class as in another are a doubt: 10.</summary>
    public const int Imbalance = 10;

    // Fewer in a class than this cannot be learnt from and validated on.
    private const int Few = 10;

    private const int ShownNames = 12;

    private DataInspection(DataParts parts)
    {
        Source = parts.Source;
        Notes = parts.Notes;
        Scale = ValueScale.Of(parts.Train.Features, parts.Scale);
        Parts = [.. new (string Name, DataSet? Data)[] { (parts.IsTestOnly ? "test" : "train", parts.Train), ("validation", parts.Validation), ("test", parts.Test) }
            .Where(part => part.Data is not null).Select(part => PartInspection.Of(part.Name, part.Data!))];
        ConstantValues = CountConstant(parts.Train.Features);
        Background = ImageBackgrounds.Of(parts.Train.Features, parts.Train.Targets as ClassLabels);
        Doubts = [.. FindDoubts(parts)];
    }

    /// <summary>What the data is, for people: <c>npz file mnist.npz</c>.</summary>
    public string Source { get; }

    /// <summary>What its reader guessed and left out.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The parts that there are, training first.</summary>
    public IReadOnlyList<PartInspection> Parts { get; }

    /// <summary>The values of the training part, and what a training divides them by.</summary>
    public ValueScale Scale { get; }

    /// <summary>How many values of a sample are the same in all of the training part.</summary>
    public int ConstantValues { get; }

    /// <summary>What is around that which the images of the training part show.</summary>
    public ImageBackground Background { get; }

    /// <summary>What may be a mistake, each in one line for people.</summary>
    public IReadOnlyList<string> Doubts { get; }

    /// <summary>Looks at data.</summary>
    /// <param name="parts">As it was read.</param>
    public static DataInspection Of(DataParts parts) => new(parts);

    private IEnumerable<string> FindDoubts(DataParts parts)
    {
        PartInspection train = Parts[0];
        if (parts.Train.Targets is ClassLabels)
        {
            ClassSize[] there = [.. train.Classes.Where(size => size.Count > 0)];
            string[] empty = [.. train.Classes.Where(size => size.Count == 0).Select(size => size.Name)];
            if (there.Length == 1)
            {
                yield return $"all samples are of one class, {there[0].Name}: a network that always answers that would be right";
            }
            if (empty.Length > 0 && there.Length > 1)
            {
                yield return $"no samples of {Show(empty)} in the {train.Name} part";
            }
            ClassSize most = there.MaxBy(size => size.Count)!, least = there.MinBy(size => size.Count)!;
            if (most.Count >= (long)Imbalance * least.Count)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{most.Name} has {most.Count:N0} samples, {least.Name} {least.Count:N0}: a network may well pass the rare classes over");
            }
            string[] few = [.. there.Where(size => size.Count < Few).Select(size => $"{size.Name} ({size.Count})")];
            if (few.Length > 0 && there.Length > 1)
            {
                yield return $"fewer than {Few} samples of {Show(few)}";
            }
            if (there.Length > Few && 2 * there.Length > train.Count)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{there.Length:N0} classes for {train.Count:N0} samples: these may be no labels of classes");
            }
        }
        if (ConstantValues == parts.Train.Features.SampleShape.Size && train.Count > 1)
        {
            yield return "all samples are the same";
        }
        else if (parts.Train.Features.SampleShape.Count == 1 && ConstantValues > 0)
        {
            yield return $"{ConstantValues} of {parts.Train.Features.SampleShape.Size} values never change";
        }
        Dictionary<UInt128, int> seen = [];
        (int again, int contradicted) = Enter(parts.Train, seen);
        if (again > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{again:N0} {Samples(again)} of the {train.Name} part {(again == 1 ? "stands" : "stand")} there before{(contradicted > 0 ? string.Create(CultureInfo.InvariantCulture, $", {contradicted:N0} of them with another label") : "")}");
        }
        foreach ((string name, DataSet? data) in new[] { ("validation", parts.Validation), ("test", parts.Test) })
        {
            int both = data is null ? 0 : CountKnown(data.Features, seen);
            if (both > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{both:N0} of {data!.Count:N0} {Samples(data.Count)} of the {name} part {(both == 1 ? "stands" : "stand")} in the training part, too: a network can know them by heart");
            }
        }
    }

    private static string Samples(int count) => count == 1 ? "sample" : "samples";

    private static string Show(string[] names) => string.Join(", ", names.Take(ShownNames)) + (names.Length > ShownNames ? "…" : "");

    private static int CountConstant(Features features)
    {
        int size = features.SampleShape.Size;
        float[] first = new float[size], sample = new float[size];
        bool[] changes = new bool[size];
        for (int row = 0; row < features.Count; row++)
        {
            features.CopyRow(row, byteDivisor: 1, row == 0 ? first : sample);
            for (int i = 0; i < size && row > 0; i++)
            {
                changes[i] |= sample[i] != first[i];
            }
        }
        return changes.Count(change => !change);
    }

    /// <returns>How many samples were there before, and how many of these with another label.</returns>
    private static (int Again, int Contradicted) Enter(DataSet data, Dictionary<UInt128, int> seen)
    {
        int again = 0, contradicted = 0;
        float[] sample = new float[data.Features.SampleShape.Size];
        for (int row = 0; row < data.Count; row++)
        {
            int label = data.Targets is ClassLabels labels ? labels.Values[row] : 0;
            UInt128 hash = Hash(data.Features, row, sample);
            if (!seen.TryAdd(hash, label))
            {
                again++;
                contradicted += seen[hash] == label ? 0 : 1;
            }
        }
        return (again, contradicted);
    }

    private static int CountKnown(Features features, Dictionary<UInt128, int> seen)
    {
        int known = 0;
        float[] sample = new float[features.SampleShape.Size];
        for (int row = 0; row < features.Count; row++)
        {
            known += seen.ContainsKey(Hash(features, row, sample)) ? 1 : 0;
        }
        return known;
    }

    private static UInt128 Hash(Features features, int row, float[] sample)
    {
        features.CopyRow(row, byteDivisor: 1, sample);
        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes<float>(sample));
    }
}

/// <summary>What a part of data holds.</summary>
/// <param name="Name">train, validation or test.</param>
/// <param name="Count">Number of samples.</param>
/// <param name="Shape">Shape of a sample.</param>
/// <param name="Least">The least value of all samples.</param>
/// <param name="Greatest">The greatest value of all samples.</param>
/// <param name="Classes">How many samples each class has; empty where the targets are numbers.</param>
public sealed record PartInspection(string Name, int Count, IReadOnlyList<int> Shape, float Least, float Greatest, IReadOnlyList<ClassSize> Classes)
{
    /// <summary>Looks at a part.</summary>
    internal static PartInspection Of(string name, DataSet data)
    {
        ValueScale values = ValueScale.Of(data.Features);
        int[] counts = new int[data.Targets is ClassLabels ? data.Targets.Width : 0];
        if (data.Targets is ClassLabels labels)
        {
            foreach (int label in labels.Values)
            {
                counts[label]++;
            }
        }
        return new PartInspection(
            name, data.Count, [.. data.Features.SampleShape], values.Least, values.Greatest, [.. counts.Select((count, label) => new ClassSize(((ClassLabels)data.Targets).NameOf(label), count))]);
    }
}

/// <summary>How many samples a class has.</summary>
/// <param name="Name">Its name, or its number where it has none.</param>
/// <param name="Count">Number of samples.</param>
public sealed record ClassSize(string Name, int Count);
