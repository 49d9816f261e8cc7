using System.Runtime.Versioning;
using Nabla.IO;

namespace Nabla;

/// <summary>
/// The folder that keeps downloaded files. Files appear in it complete and verified or not at all, and one process at a
/// time fills it: it holds a lock file open, which the operating system closes should the process die.
/// </summary>
[UnsupportedOSPlatform("browser")]
internal sealed class MnistCache(string folder, IReadOnlyList<MnistFile> files)
{
    private const string LockName = ".lock";

    /// <summary>Room for a compressed file that is larger than its contents, which happens when nothing can be compressed.</summary>
    private const int CompressionOverhead = 1 << 16;

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>Downloads what is missing or not the official file, from the first mirror that serves it right.</summary>
    public async Task FetchAsync(IReadOnlyList<Uri> mirrors, MirrorClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using FileLock held = await LockAsync(cancellation).ConfigureAwait(false);
            // Nobody else writes here while we hold the lock: these are what a process left that died.
            foreach (string abandoned in Directory.GetFiles(folder, "*" + AtomicFile.TemporaryEnding))
            {
                File.Delete(abandoned);
            }
            // A mirror that has served a file is asked first for the next one.
            int first = 0;
            foreach (MnistFile file in files)
            {
                cancellation.ThrowIfCancellationRequested();
                if (file.Inspect(folder).State != MnistFileState.Verified)
                {
                    first = await FetchAsync(file, mirrors, first, client, progress, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is IOException and not DownloadException or UnauthorizedAccessException)
        {
            throw new DownloadException(
                $"{folder}: the cache folder cannot be written ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}); make room or change its "
                + "permissions, or set NABLA_DATA to a folder that holds the MNIST files.",
                exception);
        }
    }

    /// <summary>Returns the index of the mirror that served the file.</summary>
    private async Task<int> FetchAsync(
        MnistFile file, IReadOnlyList<Uri> mirrors, int first, MirrorClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        List<string> failures = [];
        for (int i = 0; i < mirrors.Count; i++)
        {
            int index = (first + i) % mirrors.Count;
            string mirror = Display(mirrors[index]);
            try
            {
                await FetchAsync(file, mirrors[index], mirror, client, progress, cancellation).ConfigureAwait(false);
                return index;
            }
            catch (MirrorException exception)
            {
                failures.Add($"{mirror}: {exception.Message}");
            }
        }
        string reasons = failures.Count == 0 ? "there is no mirror to ask" : string.Join("; ", failures);
        throw new DownloadException(
            $"{file.CompressedName} could not be downloaded ({reasons}); check the network, name other mirrors in {MnistDownloadOptions.MirrorsVariable}, "
            + "or set NABLA_DATA to a folder that holds the MNIST files.");
    }

    private async Task FetchAsync(
        MnistFile file, Uri mirror, string mirrorName, MirrorClient client, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        string target = Path.Combine(folder, file.CompressedName);
        string temporary = target + AtomicFile.TemporaryEnding;
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await client.DownloadAsync(
                    new Uri(mirror, file.CompressedName),
                    file.Length + CompressionOverhead,
                    stream,
                    (received, total) => progress?.Report(new DownloadProgress(file.CompressedName, received, total, mirrorName)),
                    cancellation).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }
            Verify(file, temporary);
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        // A file of another spelling that failed the check would be found before the new one.
        foreach (string name in file.Names.Where(name => name != file.CompressedName))
        {
            File.Delete(Path.Combine(folder, name));
        }
    }

    private static void Verify(MnistFile file, string path)
    {
        using (DataFileReader reader = DataFileReader.Open(path))
        {
            if (!reader.IsCompressed)
            {
                throw new MirrorException("did not send a gzip file");
            }
        }
        MnistFileState state = file.InspectFile(path).State;
        if (state != MnistFileState.Verified)
        {
            throw new MirrorException(state == MnistFileState.Unreadable ? "sent a damaged or incomplete file" : "sent another file than the official one (wrong SHA-256)");
        }
    }

    private async Task<FileLock> LockAsync(CancellationToken cancellation)
    {
        string path = Path.Combine(folder, LockName);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (FileLock.TryTake(path) is FileLock held)
            {
                return held;
            }
            await Task.Delay(LockRetry, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The address without a user name and password, which do not belong on screens or in logs.</summary>
    private static string Display(Uri mirror) => mirror.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
