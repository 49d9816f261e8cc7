using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>Makes data of a pickle in one of the layouts that are in use.</summary>
internal static class PickleFile
{
    // A row of CIFAR: red, green and blue of 32×32, one after the other.
    private const int CifarSide = 32, CifarChannels = 3;

    /// <summary>Reads (images, labels), two or three such pairs, or a dictionary of arrays. Labels may be a list.</summary>
    public static DataParts Load(string path, DataFileOptions options)
    {
        string source = $"pickle file {Path.GetFileName(path)}";
        object? value = PickleReader.Read(path);
        if (value is PickledDictionary dictionary)
        {
            // What is beside arrays, such as names of files, is no data.
            string[] arrays = [.. dictionary.Names.Distinct().Where(name => Find(name) is not null)];
            return ArrayLayout.Read(path, new NamedArrays(arrays, name => Find(name) is { } array ? new ArrayOutline(array.Type, array.Shape.ToArray()) : null, Find), source, options);
        }
        DataFileOptions.ThrowIfUseless(path, "a pickle without names of arrays", options.OfArrays());
        List<string> notes = [];
        if (value is not PickledSequence { Items: { Count: 2 or 3 } items })
        {
            throw Unknown(PickleReader.Describe(value));
        }
        if (items is [PickledArray, _])
        {
            return new DataParts(ArrayParts.Convert(path, [ReadPair(value, "training")], options, notes)[0], null, null, source) { Notes = notes };
        }
        string[] names = items.Count == 2 ? ["training", "test"] : ["training", "validation", "test"];
        DataSet[] sets = ArrayParts.Convert(path, [.. items.Select((item, i) => ReadPair(item, names[i]))], options, notes);
        return new DataParts(sets[0], items.Count == 3 ? sets[1] : null, sets[^1], source) { Notes = notes };

        NumericArray? Find(string name) => ArrayOf(dictionary.Find(name)) is { } array ? name == "data" ? AsCifarImages(array) : array : null;

        ArrayPart ReadPair(object? pair, string name) =>
            pair is PickledSequence { Items: [PickledArray { Value: { } images }, var second] } && ArrayOf(second) is { } labels
                ? new ArrayPart($"{name} images", images, $"{name} labels", labels)
                : throw Unknown(pair is PickledSequence { Items: { Count: 2 } members }
                    ? $"{PickleReader.Describe(members[0])} and {PickleReader.Describe(members[1])} as its {name} part"
                    : $"{PickleReader.Describe(pair)} as its {name} part");

        MalformedFileException Unknown(string found) => new(path,
            $"the pickle holds {found}, expected NumPy arrays as (images, labels), a tuple of two or three such pairs, or a dictionary of {ArrayLayout.Expected}; labels may be a list of numbers.");
    }

    /// <summary>Rows as CIFAR has them in their real shape; other arrays as they are.</summary>
    public static NumericArray AsCifarImages(NumericArray array) => array.Shape is [_, CifarChannels * CifarSide * CifarSide]
        ? array.Reshaped([array.Shape[0], CifarChannels, CifarSide, CifarSide])
        : array;

    /// <summary>An array, or a list of whole numbers as one; null for everything else.</summary>
    public static NumericArray? ArrayOf(object? value) => value switch
    {
        PickledArray array => array.Value,
        PickledSequence { Items: { Count: > 0 } items } when items.TrueForAll(item => item is long) => new NumericArray(
            new NumericType(NumericKind.Signed, sizeof(long), IsBigEndian: !BitConverter.IsLittleEndian),
            [items.Count], isFortran: false, MemoryMarshal.AsBytes<long>(items.Select(item => (long)item!).ToArray()).ToArray()),
        _ => null,
    };
}
