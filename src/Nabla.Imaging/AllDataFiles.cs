namespace Nabla;

/// <summary>Reads what <see cref="DataFiles"/> reads, and folders of images as <see cref="ImageFolder"/> does.</summary>
public static class AllDataFiles
{
    /// <summary>Reads labelled samples of any known format, recognised by content.</summary>
    /// <param name="path">A file, or a folder of data files or of a subfolder of pictures for each class.</param>
    /// <param name="options">What is known about them; null for nothing.</param>
    /// <returns>The parts that there are; data of one part has it as training part.</returns>
    /// <exception cref="MalformedFileException">The format is unknown, or the contents are not what they should be.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static DataParts Load(string path, DataFileOptions? options = null)
    {
        options ??= new DataFileOptions();
        if (!Directory.Exists(path))
        {
            return DataFiles.Load(path, options);
        }
        return DataFiles.TryLoadFolder(path, options) is { } found ? DataFiles.Finished(found, options)
            : ImageFolder.IsOne(path) ? ImageFolder.Load(path, options)
            : throw new IOException($"{path}: is a folder without data; expected {DataFiles.KnownFolders}, or a subfolder of pictures for each class.");
    }
}
