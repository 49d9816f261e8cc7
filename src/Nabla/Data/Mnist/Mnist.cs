using System.Runtime.Versioning;

namespace Nabla;

/// <summary>
/// The official MNIST: 60,000 images of handwritten digits to train on and 10,000 to test on, 28×28, grey levels from 0
/// (background) to 255 (full ink), labels 0 to 9. Data of another kind in the same format is read by <see cref="IdxFolder"/>.
/// </summary>
public static class Mnist
{
    private static readonly MnistStore Store = new(MnistFile.Official, Environment.GetEnvironmentVariable), MappingStore = new(MnistFile.Official, Environment.GetEnvironmentVariable) { MapFiles = true };

    /// <summary>Where downloads are kept: <c>nabla/mnist</c> in the user's cache folder; null where the system has none.</summary>
    public static string? CacheFolder => Store.CacheFolder();

    /// <summary>
    /// Reads MNIST from <paramref name="folder"/>; if that is null from the folder that the environment variable
    /// NABLA_DATA names; if that is not set from the cache, into which it is downloaded if files are missing there. What
    /// was asked for is taken or refused, never replaced by the next place. The files may be plain or .gz, and their
    /// decompressed bytes must have the official SHA-256.
    /// </summary>
    /// <param name="folder">Folder with the four files, or null.</param>
    /// <param name="download">Mirrors, time-outs and cache; null for the defaults.</param>
    /// <param name="progress">Told how a download goes, possibly on another thread.</param>
    /// <param name="mapFiles">Whether plain files of images become memory of this process and all others that map them, instead of being read; they must not change then. See <c>DataFileOptions.MapFiles</c>.</param>
    /// <param name="cancellation">Stops a download, and waiting for another process that downloads.</param>
    /// <exception cref="MalformedFileException">A file is damaged or not the official one.</exception>
    /// <exception cref="DownloadException">MNIST is in none of the places and cannot be downloaded.</exception>
    /// <exception cref="IOException">A file is missing in the folder that was named, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="ArgumentException">An option, or NABLA_MIRRORS, is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the cache holds complete files only.</exception>
    [UnsupportedOSPlatform("browser")]
    public static TrainAndTest Load(
        string? folder = null,
        MnistDownloadOptions? download = null,
        IProgress<DownloadProgress>? progress = null,
        bool mapFiles = false,
        CancellationToken cancellation = default) => (mapFiles ? MappingStore : Store).Load(folder, download, progress, cancellation);

    /// <summary>
    /// Says what is in the places where <see cref="Load"/> looks, in its order, and whether it is right. Reads every file
    /// there is. Missing and unreadable files are part of the answer, not exceptions.
    /// </summary>
    /// <param name="folder">A folder to look at before the others, or null.</param>
    /// <param name="download">Names another cache; null for the default.</param>
    public static IReadOnlyList<MnistFolderStatus> Status(string? folder = null, MnistDownloadOptions? download = null) =>
        Store.Status(folder, download);
}
