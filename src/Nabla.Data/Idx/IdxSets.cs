namespace Nabla;

/// <summary>Finds the IDX files that belong together by their names, and makes data of them.</summary>
internal static class IdxSets
{
    // QMNIST says with each label who wrote the digit, and more.
    private const int QmnistColumns = 8;

    /// <summary>Reads the set of a folder.</summary>
    /// <returns>Null where it has none.</returns>
    public static DataParts? TryLoadFolder(string folder, DataFileOptions options)
    {
        Dictionary<string, List<(IdxName Name, string Path)>> sets = FindSets(folder);
        return sets.Count switch
        {
            0 => null,
            1 => Load(folder, sets.Values.First(), options),
            _ => throw new IOException($"{folder}: has several sets of IDX files, expected one: {string.Join(", ", sets.Keys.Select(Show).Order(StringComparer.Ordinal))}; name one as {Path.Combine(folder, sets.Keys.Where(set => set.Length > 0).Order(StringComparer.Ordinal).First())}, or give a folder with its files alone."),
        };
    }

    /// <summary>Reads the set whose files begin with a path that is no file itself, such as <c>gzip/emnist-letters</c>.</summary>
    /// <returns>Null where there is none.</returns>
    public static DataParts? TryLoadNamed(string path, DataFileOptions options)
    {
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        return Path.GetFileName(path) is { Length: > 0 } set && Directory.Exists(folder) && FindSets(folder).TryGetValue(set, out List<(IdxName, string)>? files)
            ? Load(path, files, options)
            : null;
    }

    /// <summary>Reads a file and the one that belongs to it.</summary>
    public static DataParts LoadPair(string path, DataFileOptions options)
    {
        string fileName = Path.GetFileName(path), folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        IdxName? name = IdxName.TryParse(fileName);
        bool isImages = name?.IsImages ?? IdxFile.Read(path).Shape.Length > 1;
        string? partner = name is null ? null : FindSets(folder).GetValueOrDefault(name.Set)?.Find(file => file.Name == name with { IsImages = !name.IsImages }).Path;
        if (partner is null)
        {
            (string own, string other) = isImages ? ("images", "labels") : ("labels", "images");
            (string ownIdx, string otherIdx) = isImages ? ("idx3", "idx1") : ("idx1", "idx3");
            throw new IOException($"{path}: is an IDX {own} file without its {other}; expected "
                + (name is null ? $"{own}-{ownIdx} in its name and {other}-{otherIdx} in that of the other"
                    : $"{fileName.Replace(own, other, StringComparison.OrdinalIgnoreCase).Replace(ownIdx, otherIdx, StringComparison.OrdinalIgnoreCase)} beside it") + ", or give the folder of all files.");
        }
        (string images, string labels) = isImages ? (path, partner) : (partner, path);
        List<string> notes = [];
        DataSet data = Convert(path, [ReadPart(images, labels, options.MapFiles, notes, out _)], name!.Set, options, notes)[0];
        return new DataParts(data, null, null, $"IDX files {Path.GetFileName(images)} and its labels") { Notes = notes };
    }

    /// <summary>What is an official MNIST file of these is read with its hash, so that it can be said.</summary>
    private static DataParts Load(string path, List<(IdxName Name, string Path)> files, DataFileOptions options)
    {
        string set = files[0].Name.Set;
        List<string> notes = [];
        // Without a word for its part it is all there is.
        string first = files.Exists(file => file.Name.Part == IdxName.Train) ? IdxName.Train : "";
        (ArrayPart Part, bool IsMnist)? train = Read(first), test = Read(IdxName.Test);
        if (first.Length > 0 && files.Exists(file => file.Name.Part.Length == 0))
        {
            notes.Add($"left out: {string.Join(", ", files.Where(file => file.Name.Part.Length == 0).Select(file => Path.GetFileName(file.Path)))}");
        }
        ArrayPart[] parts = [.. new[] { train?.Part, test?.Part }.OfType<ArrayPart>()];
        DataSet[] data = Convert(path, parts, set, options, notes);
        string source = set.Length == 0 && train is { IsMnist: true } && test is { IsMnist: true }
            ? $"MNIST from {path}, verified"
            : $"IDX files from {path}{(set.Length == 0 ? ", not the official MNIST" : "")}";
        if (train is null)
        {
            notes.Add("only a test part");
        }
        return new DataParts(data[0], null, parts.Length == 2 ? data[1] : null, source) { Notes = notes, IsTestOnly = train is null };

        (ArrayPart, bool)? Read(string part)
        {
            string? images = Find(isImages: true), labels = Find(isImages: false);
            if (images is null && labels is null)
            {
                return null;
            }
            if (images is null || labels is null)
            {
                string there = Path.GetFileName(images ?? labels)!;
                (string has, string lacks) = images is null ? ("labels", "images") : ("images", "labels");
                throw new FileNotFoundException($"{path}: the {lacks} to {there} are missing; expected a file named as it, with '{lacks}' in place of '{has}', plain or .gz.", images ?? labels);
            }
            return (ReadPart(images, labels, options.MapFiles, notes, out bool isMnist), isMnist);

            string? Find(bool isImages) => files.Find(file => file.Name.Part == part && file.Name.IsImages == isImages).Path;
        }
    }

    private static ArrayPart ReadPart(string imagesPath, string labelsPath, bool map, List<string> notes, out bool isMnist)
    {
        (NumericArray images, string imagesHash) = Read(imagesPath, map);
        (NumericArray labels, string labelsHash) = Read(labelsPath, map: false);
        isMnist = MnistFile.Official.Any(file => file.Sha256 == imagesHash) && MnistFile.Official.Any(file => file.Sha256 == labelsHash);
        if (images.Shape.Length < 2)
        {
            throw new MalformedFileException(imagesPath, $"has one number for each sample, expected images; this is a file of labels.", 3);
        }
        if (labels.Shape.Length == 2 && labels.Shape[1] == QmnistColumns)
        {
            labels = labels.FirstColumn();
            notes.Add($"{Path.GetFileName(labelsPath)}: {QmnistColumns} numbers a label, as QMNIST has them: the first is the class");
        }
        if (labels.Shape[0] != images.Shape[0])
        {
            throw new MalformedFileException(labelsPath,
                $"has {labels.Shape[0]} labels, expected {images.Shape[0]}, one for each image of {imagesPath}; the two files do not belong together.", 4);
        }
        return new ArrayPart(Path.GetFileName(imagesPath), images, Path.GetFileName(labelsPath), labels);

        static (NumericArray Array, string Hash) Read(string path, bool map)
        {
            using DataFileReader reader = DataFileReader.Open(path, hash: true, map);
            NumericArray array = IdxFile.Read(reader);
            return (array, reader.Sha256());
        }
    }

    private static DataSet[] Convert(string path, ArrayPart[] parts, string set, DataFileOptions options, List<string> notes)
    {
        DataSet[] data = ArrayParts.Convert(path, parts, options, notes);
        if (!options.Transpose && set.Contains("emnist", StringComparison.OrdinalIgnoreCase))
        {
            notes.Add("these are EMNIST's files by their names: their images lie on their side; --transpose puts them upright");
        }
        return data;
    }

    private static string Show(string set) => set.Length == 0 ? "MNIST's own names" : set;

    /// <summary>The files of a folder whose names are those of IDX files, by set; of the same file plain before compressed.</summary>
    private static Dictionary<string, List<(IdxName Name, string Path)>> FindSets(string folder)
    {
        Dictionary<string, List<(IdxName Name, string Path)>> sets = [];
        foreach (string path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            string fileName = Path.GetFileName(path);
            if (fileName[0] != '.' && IdxName.TryParse(fileName) is { } name)
            {
                List<(IdxName Name, string Path)> files = sets.TryGetValue(name.Set, out List<(IdxName, string)>? found) ? found : sets[name.Set] = [];
                if (!files.Exists(file => file.Name == name))
                {
                    files.Add((name, path));
                }
            }
        }
        return sets;
    }
}
