using System.Text;

namespace Nabla.IO;

/// <summary>Writes files so that whoever looks at the path sees the old contents or the new ones, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Ending of the temporary files, which stand beside their target while they are written.</summary>
    public const string TemporaryEnding = ".partial";

    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file in the same folder, flushes it to the disk and renames it to
    /// <paramref name="path"/>. Where anything fails, the temporary file is deleted and what stood at
    /// <paramref name="path"/> is untouched.
    /// </summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="write">Writes the contents. What it throws is passed on.</param>
    /// <exception cref="IOException">The file cannot be written: no such folder, disk full, name of a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        if (Directory.Exists(target))
        {
            throw new IOException($"{path}: cannot be written because it is a folder; name a file in it.");
        }
        if (SpecialFile.KindOf(target) is string kind)
        {
            throw new IOException($"{path}: cannot be written because it is {kind}, which a file would replace; name a file.");
        }
        DeleteAbandoned(Path.GetDirectoryName(target)!, Path.GetFileName(target) + ".");
        // A rename within one folder is atomic; from the system's temporary folder it could be a copy across disks.
        string temporary = $"{target}.{Path.GetRandomFileName()}{TemporaryEnding}";
        try
        {
            // Open until it has its name: what is not open belongs to nobody any more.
            using FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
            write(stream);
            stream.Flush(flushToDisk: true);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception)
        {
            Delete(temporary);
            // Only failures of our own file get the target's name; those of other files that the callback uses keep theirs.
            if (exception.Message.Contains(temporary, StringComparison.Ordinal))
            {
                Explain(path, temporary, exception);
            }
            throw;
        }
    }

    /// <summary>Writes a text, as UTF-8, in the same way.</summary>
    /// <param name="path">The file to make or replace; its folder must exist.</param>
    /// <param name="text">Its contents.</param>
    /// <exception cref="IOException">As the other overload.</exception>
    /// <exception cref="UnauthorizedAccessException">As the other overload.</exception>
    public static void Write(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Deletes the temporary files of processes that died while they wrote, but none that is being written.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="beginning">What their names begin with; empty for all.</param>
    public static void DeleteAbandoned(string folder, string beginning)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }
        // As many characters as Path.GetRandomFileName gives.
        foreach (string path in Directory.GetFiles(folder, $"{beginning}*????????.???{TemporaryEnding}"))
        {
            try
            {
                using FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
                File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody is at it, or it is not ours to delete.
            }
        }
    }

    private static void Explain(string path, string temporary, Exception exception)
    {
        switch (exception)
        {
            case UnauthorizedAccessException:
                throw new UnauthorizedAccessException(
                    $"{path}: cannot be written, access is denied; choose another place or change the permissions.", exception);
            case DirectoryNotFoundException:
                throw new DirectoryNotFoundException(
                    $"{path}: cannot be written, there is no folder {Path.GetDirectoryName(Path.GetFullPath(path))}; make it first.", exception);
            case IOException:
                string reason = exception.Message.Replace($" : '{temporary}'", "", StringComparison.Ordinal).TrimEnd('.');
                throw new IOException($"{path}: cannot be written ({reason}); choose another place or make room.", exception);
        }
    }

    /// <summary>Deletes a file that is of no use any more; that it cannot be deleted must not hide why it is of no use.</summary>
    private static void Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }
}
