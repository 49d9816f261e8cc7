namespace Nabla.IO;

/// <summary>Opens files for reading, with errors that name the file and say what to do.</summary>
public static class InputFile
{
    /// <summary>Opens a regular file.</summary>
    /// <exception cref="IOException">There is no such file, or it is a folder or a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: is a folder, expected a file.");
        }
        if (SpecialFile.KindOf(path) is string kind)
        {
            throw NotRegular(path, kind);
        }
        FileStream file;
        try
        {
            // Delete: on Windows, too, a writer may then replace the file by a new one while the old one is read.
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file; check the path.", path, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"{path}: may not be read; change its permissions or give another file.", exception);
        }
        if (!file.CanSeek)
        {
            file.Dispose();
            throw NotRegular(path, "not a regular file");
        }
        return file;
    }

    private static IOException NotRegular(string path, string kind) => new($"{path}: is {kind}, expected a regular file; save its contents to a file first.");
}
