namespace Nabla;

/// <summary>
/// Reads a folder of four IDX files named as those of MNIST, whatever they hold: <c>train-images-idx3-ubyte</c>,
/// <c>train-labels-idx1-ubyte</c>, <c>t10k-images-idx3-ubyte</c> and <c>t10k-labels-idx1-ubyte</c>, each plain or with
/// .gz, also spelled with a dot before <c>idx</c>. For the official MNIST and nothing else, see <see cref="Mnist"/>.
/// </summary>
public static class IdxFolder
{
    /// <summary>Reads all four files.</summary>
    /// <param name="folder">Holds the files.</param>
    /// <param name="classCount">Number of classes, 1 to 256.</param>
    /// <param name="mapFiles">Whether plain files of images become memory of this process and all others that map them, instead of being read; they must not change then. See <c>DataFileOptions.MapFiles</c>.</param>
    /// <returns>Images of one shape with labels; the source says whether they are the official MNIST.</returns>
    /// <exception cref="MalformedFileException">A file is not what it should be, or two do not fit together.</exception>
    /// <exception cref="IOException">The folder or a file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static TrainAndTest Load(string folder, int classCount = 10, bool mapFiles = false) => Load(folder, folder, MnistFile.Official, classCount, mustBeMnist: false, mapFiles);

    /// <param name="folder">Holds the files.</param>
    /// <param name="origin">How errors name the folder.</param>
    /// <param name="files">Training images and labels, test images and labels.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="mustBeMnist">Whether other contents are an error.</param>
    /// <param name="mapFiles">Whether plain files of images are mapped.</param>
    internal static TrainAndTest Load(string folder, string origin, IReadOnlyList<MnistFile> files, int classCount, bool mustBeMnist, bool mapFiles)
    {
        Idx.CheckClassCount(classCount);
        string[] paths = FindAll(folder, origin, files);
        (DataSet train, bool trainIsMnist) = ReadPair(0);
        (DataSet test, bool testIsMnist) = ReadPair(2);
        Shape found = test.Features.SampleShape;
        Shape expected = train.Features.SampleShape;
        if (!found.Equals(expected))
        {
            throw new MalformedFileException(paths[2], $"has images of {found}, expected {expected} as in {paths[0]}.", 8);
        }
        string source = trainIsMnist && testIsMnist ? $"MNIST from {folder}, verified" : $"IDX files from {folder}, not the official MNIST";
        return new TrainAndTest(train, test, source);

        (DataSet Data, bool IsMnist) ReadPair(int first)
        {
            using DataFileReader images = DataFileReader.Open(paths[first], hash: true, mapFiles);
            using DataFileReader labels = DataFileReader.Open(paths[first + 1], hash: true);
            DataSet data = Idx.ReadPair(images, labels, classCount);
            return (data, IsMnist(images, files[first]) & IsMnist(labels, files[first + 1]));
        }

        bool IsMnist(DataFileReader reader, MnistFile file)
        {
            string hash = reader.Sha256();
            if (mustBeMnist && hash != file.Sha256)
            {
                throw new MalformedFileException(reader.FilePath,
                    $"{file.DescribeMismatch(hash)}; `nabla data fetch` downloads MNIST afresh into the cache, which is used when NABLA_DATA is not set; "
                    + "data of your own is read with `--data PATH`.");
            }
            return hash == file.Sha256;
        }
    }

    private static string[] FindAll(string folder, string origin, IReadOnlyList<MnistFile> files)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{origin}: there is no such folder; expected one with {files[0].Name} and the three other files, plain or .gz.");
        }
        return [.. files.Select(file => file.Find(folder) ?? throw new FileNotFoundException(
            $"{origin}: {file.Name} is missing, plain or .gz; the folder must hold {string.Join(", ", files.Select(f => f.Name))}.",
            Path.Combine(folder, file.Name)))];
    }
}
