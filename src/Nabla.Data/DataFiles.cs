namespace Nabla;

/// <summary>
/// Reads data sets from files and folders of any known format, which is recognised by content, never by name: IDX, tables (CSV and the like),
/// NumPy's <c>.npy</c> and <c>.npz</c>, and Python pickles; each plain or gzip. Folders of pictures are read by Nabla.Imaging.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>IDX of all types: a folder with a set of files whose names have <c>images</c> or <c>labels</c>, <c>train</c>, <c>test</c> or <c>t10k</c>, and <c>idx</c>; or one file of a pair.</item>
/// <item>Tables: a file, or a folder with <c>mnist_train.csv</c> and perhaps <c>mnist_test.csv</c>; images where the columns are pixels.</item>
/// <item>npz, or a folder of <c>.npy</c> files: arrays by names in use (<c>x_train</c> and <c>y_train</c>, <c>images</c> and <c>labels</c>), by shape, or by those of <see cref="DataFileOptions"/>.</item>
/// <item>Pickle: (images, labels), or two such pairs for training and test, or three for training, validation and test as
/// deeplearning.net has them, or a dictionary of such arrays, or CIFAR's batches. Arrays, tuples, lists, dictionaries, numbers, strings,
/// bytes, None and booleans are read; everything else is refused by name, and nothing is ever executed.</item>
/// </list>
/// Arrays are [samples, …] of any whole, floating-point or boolean type, labels [samples]. Whole numbers of 0 to 255 become
/// <see cref="ByteFeatures"/>, also where the file has them as floats or, as deeplearning.net, as k/256: a network that is to
/// see those very floats divides by 256 (<see cref="Preprocessing.ByteDivisor"/>). Booleans, floats of 0 and 1 only, and all
/// other numbers become <see cref="FloatFeatures"/>. A row of a square number of values becomes a square image.
/// </remarks>
public static class DataFiles
{
    /// <summary>What folders are read, for errors.</summary>
    internal const string KnownFolders =
        "the four IDX files of MNIST (train-images-idx3-ubyte and so on), mnist_train.csv with mnist_test.csv, or x_train.npy with y_train.npy";

    /// <summary>Reads labelled samples.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="options">What is known about them; null for nothing.</param>
    /// <returns>The parts that the file has; a file of one part has it as training part.</returns>
    /// <exception cref="MalformedFileException">The format is unknown, or the contents are not what they should be.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static DataParts Load(string path, DataFileOptions? options = null)
    {
        options ??= new DataFileOptions();
        return Finished(Directory.Exists(path)
            ? TryLoadFolder(path, options) ?? throw new IOException($"{path}: is a folder without data; expected {KnownFolders}.")
            : LoadFile(path, options), options);
    }

    /// <summary>Reads samples without labels, to predict from: images as IDX, CSV with or without labels, or one NumPy array.</summary>
    /// <param name="path">A file.</param>
    /// <param name="options">What is known about it; null for nothing.</param>
    /// <exception cref="MalformedFileException">The format is none of these, or the contents are not what they should be.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Features LoadFeatures(string path, DataFileOptions? options = null)
    {
        options ??= new DataFileOptions();
        return InkOnLight.Apply(DataFormatDetector.Detect(path, out _) switch
        {
            DataFormat.Idx => ArrayParts.ConvertFeatures(path, [("array", ReadIdxImages(path, options.MapFiles))], options, [])[0],
            DataFormat.Csv => Csv.ReadFeatures(path),
            DataFormat.Npy => ArrayParts.ConvertFeatures(path, [("array", NpyFile.Read(path, options.MapFiles))], options, [])[0],
            DataFormat format => throw new MalformedFileException(path,
                $"is {Describe(format)}, expected images: an IDX images file, CSV or a NumPy array (.npy)."),
        }, options.Invert);
    }

    /// <summary>Light on dark, and with what is to be known beside the samples.</summary>
    internal static DataParts Finished(DataParts parts, DataFileOptions options) => InkOnLight.Apply(parts, options.Invert) with { Scale = options.Scale };

    /// <summary>Reads a folder of one of the known kinds.</summary>
    /// <returns>Null where it is of none.</returns>
    internal static DataParts? TryLoadFolder(string folder, DataFileOptions options)
    {
        if (IdxSets.TryLoadFolder(folder, options) is { } idx)
        {
            DataFileOptions.ThrowIfUseless(folder, "a folder of IDX files", options.OfTables(), options.OfPictures(), options.OfArrays());
            return idx;
        }
        if (CsvFolder.IsOne(folder))
        {
            DataFileOptions.ThrowIfUseless(folder, "a folder of CSV files", options.OfPictures(), options.OfArrays(), options.OfImages());
            return CsvFolder.Load(folder, options);
        }
        if (CifarFolder.IsOne(folder))
        {
            DataFileOptions.ThrowIfUseless(folder, "the folder of CIFAR's pickles", options.OfTables(), options.OfPictures(), options.OfArrays());
            return CifarFolder.Load(folder, options);
        }
        string[] names = [.. Directory.EnumerateFiles(folder, "*.npy").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];
        if (names.Length == 0 || (!ArrayLayout.Knows(names) && options is { FeaturesArray: null, LabelsArray: null } && names.Length != 2))
        {
            return null;
        }
        DataFileOptions.ThrowIfUseless(folder, "a folder of NumPy arrays", options.OfTables(), options.OfPictures());
        return ArrayLayout.Read(
            folder, new NamedArrays(names, name => NpyFile.Describe(PathOf(name)), name => NpyFile.Read(PathOf(name), options.MapFiles)), $"npy files from {folder}", options);

        string PathOf(string name) => Path.Combine(folder, name + ".npy");
    }

    private static DataParts LoadFile(string path, DataFileOptions options)
    {
        if (!File.Exists(path) && IdxSets.TryLoadNamed(path, options) is { } set)
        {
            return set;
        }
        DataFormat format = DataFormatDetector.Detect(path, out bool isCompressed);
        string name = Path.GetFileName(path);
        DataFileOptions.ThrowIfUseless(path, Describe(format), format == DataFormat.Csv ? [] : options.OfTables(), options.OfPictures(), format is DataFormat.Npz or DataFormat.Pickle ? [] : options.OfArrays(), format == DataFormat.Csv ? options.OfImages() : []);
        switch (format)
        {
            case DataFormat.Idx:
                return IdxSets.LoadPair(path, options);
            case DataFormat.Csv:
                TableData table = TableFile.Read(path, options, needsAnswers: true);
                return new DataParts(table.ToDataSet(), null, null, $"CSV file {name}") { Notes = table.Notes };
            case DataFormat.Npz:
                CheckNotCompressed(path, isCompressed);
                using (NpzReader npz = NpzReader.Open(path, options.MapFiles))
                {
                    return ArrayLayout.Read(path, new NamedArrays([.. npz.Names], npz.Describe, npz.Read), $"npz file {name}", options);
                }
            case DataFormat.Pickle:
                return PickleFile.Load(path, options);
            default:
                throw new MalformedFileException(path,
                    "is one NumPy array, images or labels but not both; expected an npz file or a folder with x_train.npy and y_train.npy.");
        }
    }

    private static NumericArray ReadIdxImages(string path, bool map)
    {
        NumericArray array = IdxFile.Read(path, map);
        return array.Shape.Length > 1 ? array : throw new MalformedFileException(path, "is an IDX labels file, expected images: an IDX images file, CSV or a NumPy array (.npy).");
    }

    private static void CheckNotCompressed(string path, bool isCompressed)
    {
        if (isCompressed)
        {
            throw new MalformedFileException(path, "is an npz file within gzip, expected it plain: npz is compressed already; decompress it with gunzip.");
        }
    }

    private static string Describe(DataFormat format) => format switch
    {
        DataFormat.Idx => "an IDX file",
        DataFormat.Csv => "a CSV file",
        DataFormat.Npy => "a NumPy array",
        DataFormat.Npz => "an npz file",
        DataFormat.Pickle => "a pickle",
        _ => "of another format",
    };
}
