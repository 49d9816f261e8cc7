namespace Nabla;

/// <summary>
/// Reads data sets from files and folders of any known format, which is recognised by content, never by name: IDX, CSV,
/// NumPy's <c>.npy</c> and <c>.npz</c>, and Python pickles; each plain or gzip. Folders of images are read by Nabla.Imaging.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>IDX: a folder as <see cref="IdxFolder"/> reads it, or one file of a pair whose names differ in <c>images-idx3</c> and
/// <c>labels-idx1</c>.</item>
/// <item>CSV: see <see cref="Csv"/>; a file, or a folder with <c>mnist_train.csv</c> and perhaps <c>mnist_test.csv</c>.</item>
/// <item>npz with <c>x_train</c>, <c>y_train</c> and perhaps <c>x_test</c>, <c>y_test</c>, <c>x_val</c>, <c>y_val</c>, or a folder with such <c>.npy</c> files.</item>
/// <item>Pickle: (images, labels), or two such pairs for training and test, or three for training, validation and test as
/// deeplearning.net has them, or a dictionary with the names above. Arrays, tuples, lists, dictionaries, numbers, strings,
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
        int? classCount = options.ClassCount;
        if (Directory.Exists(path))
        {
            return TryLoadFolder(path, options)
                ?? throw new IOException($"{path}: is a folder without data; expected {KnownFolders}.");
        }
        DataFormat format = DataFormatDetector.Detect(path, out bool isCompressed);
        if (format != DataFormat.Csv)
        {
            options.ThrowIfForTables(path, Describe(format));
        }
        string name = Path.GetFileName(path);
        switch (format)
        {
            case DataFormat.IdxImages or DataFormat.IdxLabels:
                return LoadIdxPair(path, format, classCount);
            case DataFormat.Csv:
                TableData table = TableFile.Read(path, options, needsAnswers: true);
                return new DataParts(table.ToDataSet(), null, null, $"CSV file {name}") { Notes = table.Notes };
            case DataFormat.Npz:
                CheckNotCompressed(path, isCompressed);
                using (NpzReader npz = NpzReader.Open(path))
                {
                    return KerasLayout.Read(path, npz.Read, npz.Names, $"npz file {name}", classCount);
                }
            case DataFormat.Pickle:
                return PickleFile.Load(path, classCount);
            default:
                throw new MalformedFileException(path,
                    "is one NumPy array, images or labels but not both; expected an npz file or a folder with x_train.npy and y_train.npy.");
        }
    }

    /// <summary>Reads samples without labels, to predict from: images as IDX, CSV with or without labels, or one NumPy array.</summary>
    /// <param name="path">A file.</param>
    /// <exception cref="MalformedFileException">The format is none of these, or the contents are not what they should be.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Features LoadFeatures(string path) => DataFormatDetector.Detect(path, out _) switch
    {
        DataFormat.IdxImages => Idx.ReadImages(path),
        DataFormat.Csv => Csv.ReadFeatures(path),
        DataFormat.Npy => ArrayParts.ConvertFeatures(path, [("array", NpyFile.Read(path))])[0],
        DataFormat format => throw new MalformedFileException(path,
            $"is {Describe(format)}, expected images: an IDX images file, CSV or a NumPy array (.npy)."),
    };

    /// <summary>Reads a folder of one of the known kinds.</summary>
    /// <returns>Null where it is of none.</returns>
    internal static DataParts? TryLoadFolder(string folder, DataFileOptions options)
    {
        int? classCount = options.ClassCount;
        if (!CsvFolder.IsOne(folder))
        {
            options.ThrowIfForTables(folder, "a folder of other files");
        }
        if (MnistFile.Official.Any(file => file.Find(folder) is not null))
        {
            TrainAndTest idx = IdxFolder.Load(folder, classCount ?? 10);
            return new DataParts(idx.Train, null, idx.Test, idx.Source);
        }
        if (CsvFolder.IsOne(folder))
        {
            return CsvFolder.Load(folder, options);
        }
        string[] arrays = [.. KerasLayout.Names.Where(name => File.Exists(PathOf(name)))];
        return arrays.Length == 0
            ? null
            : KerasLayout.Read(folder, name => arrays.Contains(name) ? NpyFile.Read(PathOf(name)) : null, arrays, $"npy files from {folder}", classCount);

        string PathOf(string name) => Path.Combine(folder, name + ".npy");
    }

    private static DataParts LoadIdxPair(string path, DataFormat format, int? classCount)
    {
        const string Images = "images-idx3";
        const string Labels = "labels-idx1";
        string name = Path.GetFileName(path);
        (string own, string others) = format == DataFormat.IdxImages ? (Images, Labels) : (Labels, Images);
        string other = name.Replace(own, others, StringComparison.Ordinal);
        string[] candidates = [other, other + ".gz", other.EndsWith(".gz", StringComparison.Ordinal) ? other[..^3] : other];
        string? partner = other == name
            ? null
            : candidates.Select(candidate => Path.Combine(Path.GetDirectoryName(path) ?? "", candidate)).FirstOrDefault(File.Exists);
        if (partner is null)
        {
            throw new IOException(
                $"{path}: is {Describe(format)} without its {(format == DataFormat.IdxImages ? "labels" : "images")}; expected "
                + (other == name ? $"{own} in its name and {others} in that of the other" : $"{other} beside it") + ", or give the folder of all four files.");
        }
        DataSet data = format == DataFormat.IdxImages ? Idx.ReadPair(path, partner, classCount ?? 10) : Idx.ReadPair(partner, path, classCount ?? 10);
        return new DataParts(data, null, null, $"IDX files {Path.GetFileName(format == DataFormat.IdxImages ? path : partner)} and its labels");
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
        DataFormat.IdxImages => "an IDX images file",
        DataFormat.IdxLabels => "an IDX labels file",
        DataFormat.Npz => "an npz file",
        DataFormat.Pickle => "a pickle",
        _ => "of another format",
    };
}
