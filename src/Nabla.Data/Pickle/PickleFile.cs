using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>Makes data of a pickle in one of the layouts that are in use.</summary>
internal static class PickleFile
{
    /// <summary>Reads (images, labels), two or three such pairs, or a dictionary with the names of Keras. Labels may be a list.</summary>
    public static DataParts Load(string path, int? classCount)
    {
        string source = $"pickle file {Path.GetFileName(path)}";
        object? value = PickleReader.Read(path);
        if (value is PickledDictionary dictionary)
        {
            return KerasLayout.Read(path, name => ArrayOf(dictionary.Find(name)), dictionary.Names, source, classCount);
        }
        if (value is not PickledSequence { Items: { Count: 2 or 3 } items })
        {
            throw Unknown(PickleReader.Describe(value));
        }
        if (items is [PickledArray, _])
        {
            return new DataParts(ArrayParts.Convert(path, [ReadPair(value, "training")], classCount)[0], null, null, source);
        }
        string[] names = items.Count == 2 ? ["training", "test"] : ["training", "validation", "test"];
        DataSet[] sets = ArrayParts.Convert(path, [.. items.Select((item, i) => ReadPair(item, names[i]))], classCount);
        return new DataParts(sets[0], items.Count == 3 ? sets[1] : null, sets[^1], source);

        ArrayPart ReadPair(object? pair, string name) =>
            pair is PickledSequence { Items: [PickledArray { Value: { } images }, var second] } && ArrayOf(second) is { } labels
                ? new ArrayPart($"{name} images", images, $"{name} labels", labels)
                : throw Unknown(pair is PickledSequence { Items: { Count: 2 } members }
                    ? $"{PickleReader.Describe(members[0])} and {PickleReader.Describe(members[1])} as its {name} part"
                    : $"{PickleReader.Describe(pair)} as its {name} part");

        MalformedFileException Unknown(string found) => new(path,
            $"the pickle holds {found}, expected NumPy arrays as (images, labels), a tuple of two or three such pairs, or a dictionary of {KerasLayout.Expected}; labels may be a list of numbers.");
    }

    /// <summary>An array, or a list of whole numbers as one; null for everything else.</summary>
    private static NumericArray? ArrayOf(object? value) => value switch
    {
        PickledArray array => array.Value,
        PickledSequence { Items: { Count: > 0 } items } when items.TrueForAll(item => item is long) => new NumericArray(
            new NumericType(NumericKind.Signed, sizeof(long), IsBigEndian: !BitConverter.IsLittleEndian),
            [items.Count], isFortran: false, MemoryMarshal.AsBytes<long>(items.Select(item => (long)item!).ToArray()).ToArray()),
        _ => null,
    };
}
