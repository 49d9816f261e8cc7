using System.Text;

namespace Nabla;

/// <summary>The folders of CIFAR-10 and CIFAR-100 in their version for Python: pickles without an ending, and the names of the classes in one of them.</summary>
internal static class CifarFolder
{
    private const int Batches = 5;

    /// <summary>Whether it is such a folder.</summary>
    public static bool IsOne(string folder) => Has(folder, "data_batch_1") || (Has(folder, "train") && Has(folder, "meta"));

    /// <summary>Reads the training batches, the test batch and the names.</summary>
    public static DataParts Load(string folder, DataFileOptions options)
    {
        bool isHundred = !Has("data_batch_1");
        List<string> notes = [];
        string[] batches = isHundred ? ["train"] : [.. Enumerable.Range(1, Batches).Select(i => $"data_batch_{i}")];
        if (Array.FindAll(batches, name => !Has(name)) is { Length: > 0 } missing)
        {
            notes.Add($"not there: {string.Join(", ", missing)}");
        }
        string test = isHundred ? "test" : "test_batch";
        string[] names = [.. batches.Where(Has), .. Has(test) ? [test] : Array.Empty<string>()];
        DataSet[] sets = ArrayParts.Convert(folder, [.. names.Select(ReadBatch)], options, notes);
        IReadOnlyList<string>? classes = ReadNames(isHundred ? "meta" : "batches.meta", isHundred ? "fine_label_names" : "label_names", sets[0].Targets.Width);
        int trainCount = Has(test) ? names.Length - 1 : names.Length;
        DataSet train = sets.Take(trainCount).Aggregate((first, second) => first.Append(second));
        return new DataParts(Named(train), null, Has(test) ? Named(sets[^1]) : null, $"CIFAR-{(isHundred ? 100 : 10)} from {folder}") { Notes = notes };

        bool Has(string name) => CifarFolder.Has(folder, name);

        ArrayPart ReadBatch(string name)
        {
            string path = Path.Combine(folder, name);
            return PickleReader.Read(path) is PickledDictionary batch
                && PickleFile.ArrayOf(batch.Find("data")) is { } images && PickleFile.ArrayOf(batch.Find("labels") ?? batch.Find("fine_labels")) is { } labels
                ? new ArrayPart($"{name}, data", PickleFile.AsCifarImages(images), $"{name}, labels", labels)
                : throw new MalformedFileException(path, "is a pickle without 'data' and 'labels', expected a batch of CIFAR.");
        }

        IReadOnlyList<string>? ReadNames(string name, string key, int count) =>
            Has(name) && PickleReader.Read(Path.Combine(folder, name)) is PickledDictionary meta && meta.Find(key) is PickledSequence { Items: { } items } && items.Count == count
            && items.ConvertAll(item => item as string ?? (item is byte[] { Length: <= 100 } bytes ? Encoding.Latin1.GetString(bytes) : "")) is { } texts && texts.TrueForAll(text => text.Length is > 0 and <= 100 && !text.Any(char.IsControl))
                ? texts
                : null;

        DataSet Named(DataSet data) => new(data.Features, new ClassLabels(((ClassLabels)data.Targets).Values.ToArray(), data.Targets.Width, classes));
    }

    private static bool Has(string folder, string name) => File.Exists(Path.Combine(folder, name));
}
