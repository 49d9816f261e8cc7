using System.Security.Cryptography;

namespace Nabla.IO;

/// <summary>
/// A file that one process at a time holds open. The operating system closes it should the process die, so a lock that is
/// left behind is no lock any more.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    private FileLock(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The file, which is made if it is not there; its folder must exist.</param>
    /// <returns>Null where another process, or another part of this one, has it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be made.</exception>
    public static FileLock? TryTake(string path)
    {
        while (true)
        {
            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
            }
            catch (IOException exception) when (IsHeldByAnother(exception))
            {
                return null;
            }
            // Between opening and locking, whoever had it may have deleted it: then the name is another file's by now, or nobody's.
            if (IsStillAt(path, file))
            {
                return new FileLock(path, file);
            }
            file.Dispose();
        }
    }

    /// <summary>Gives the lock back and leaves no file.</summary>
    public void Dispose()
    {
        // While it is held: after that it may be another's.
        if (_file.CanRead)
        {
            File.Delete(_path);
        }
        _file.Dispose();
    }

    /// <summary>Files of one name are told apart by their lengths: nobody else can open one that is locked.</summary>
    private static bool IsStillAt(string path, FileStream file)
    {
        file.SetLength(RandomNumberGenerator.GetInt32(1, 1 << 16));
        FileInfo named = new(path);
        return named.Exists && named.Length == file.Length;
    }

    /// <summary>Sharing and lock violation of Windows; "try again" of Linux and of macOS.</summary>
    private static bool IsHeldByAnother(IOException exception) =>
        OperatingSystem.IsWindows() ? exception.HResult is unchecked((int)0x80070020) or unchecked((int)0x80070021)
        : exception.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);
}
