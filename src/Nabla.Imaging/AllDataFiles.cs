namespace Nabla;

/// <summary>Reads what <see cref="DataFiles"/> reads, and folders of images as <see cref="ImageFolder"/> does.</summary>
public static class AllDataFiles
{
    /// <summary>Reads labelled samples of any known format, recognised by content.</summary>
    /// <param name="path">A file, or a folder of data files or of a subfolder of PNG images for each class.</param>
    /// <param name="classCount">Number of classes, 1 to 1000; null for what the data needs, see <see cref="DataFiles.Load"/>.</param>
    /// <returns>The parts that there are; data of one part has it as training part.</returns>
    /// <exception cref="MalformedFileException">The format is unknown, or the contents are not what they should be.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classCount"/> is out of its range.</exception>
    public static DataParts Load(string path, int? classCount = null)
    {
        ClassCount.Check(classCount);
        if (!Directory.Exists(path))
        {
            return DataFiles.Load(path, classCount);
        }
        return DataFiles.TryLoadFolder(path, classCount)
            ?? (ImageFolder.IsOne(path)
                ? ImageFolder.Load(path, classCount)
                : throw new IOException($"{path}: is a folder without data; expected {DataFiles.KnownFolders}, or a subfolder of PNG images for each class."));
    }
}
