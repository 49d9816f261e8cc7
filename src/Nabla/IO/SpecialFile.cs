using System.Formats.Tar;

namespace Nabla.IO;

/// <summary>
/// Recognises what is no regular file before it is opened: opening a pipe waits for someone at its other end, a device may
/// be read without end, and renaming a file onto either takes its place.
/// </summary>
internal static class SpecialFile
{
    /// <summary>What a path leads to: <c>a named pipe</c>, <c>a device</c> or <c>a socket</c>; null for regular files, folders and nothing at all.</summary>
    public static string? KindOf(string path)
    {
        // Windows has neither in its folders, and a browser has no such files.
        if (OperatingSystem.IsWindows() || OperatingSystem.IsBrowser())
        {
            return null;
        }
        try
        {
            FileInfo file = new(path);
            if (file.LinkTarget is not null)
            {
                // Of /dev/stdin the target is a name in no folder, such as pipe:[77].
                string target = file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
                if (!Path.Exists(target))
                {
                    return target.Contains("pipe:[", StringComparison.Ordinal) ? "a pipe" : target.Contains("socket:[", StringComparison.Ordinal) ? "a socket" : null;
                }
                file = new FileInfo(target);
            }
            // Special files have no length.
            return file.Exists && file.Length == 0 ? KindOfEmpty(file.FullName) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whoever opens it gets, and explains, the error.
            return null;
        }
    }

    /// <summary>.NET tells the kinds of files apart in one place only: where it puts them into an archive. It asks for them without opening them.</summary>
    private static string? KindOfEmpty(string path)
    {
        using MemoryStream archive = new();
        try
        {
            using TarWriter writer = new(archive, TarEntryFormat.Pax, leaveOpen: true);
            writer.WriteEntry(path, "file");
        }
        catch (IOException) when (archive.Length == 0)
        {
            return "a socket";
        }
        archive.Position = 0;
        using TarReader reader = new(archive);
        return reader.GetNextEntry()?.EntryType switch
        {
            TarEntryType.Fifo => "a named pipe",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "a device",
            _ => null,
        };
    }
}
