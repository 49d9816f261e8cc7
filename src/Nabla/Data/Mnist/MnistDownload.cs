using System.Runtime.Versioning;

namespace Nabla;

/// <summary>Downloads MNIST into the cache.</summary>
public static class MnistDownload
{
    private static readonly MnistStore Store = new(MnistFile.Official, Environment.GetEnvironmentVariable);

    /// <summary>
    /// Makes the cache hold the official files: keeps those that are right, downloads those that are missing, damaged or
    /// different. Each file is asked of one mirror after the other until its decompressed bytes have the official SHA-256,
    /// and only then appears in the cache. Several processes may do this at once: one downloads, the others wait for it.
    /// </summary>
    /// <param name="options">Mirrors, time-outs and cache; null for the defaults.</param>
    /// <param name="progress">Told how the download goes, on threads of the pool.</param>
    /// <param name="cancellation">Stops downloading and waiting; no partial file remains.</param>
    /// <returns>The cache folder.</returns>
    /// <exception cref="DownloadException">No mirror served a file, or the cache cannot be written.</exception>
    /// <exception cref="ArgumentException">An option, or NABLA_MIRRORS, is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    [UnsupportedOSPlatform("browser")]
    public static Task<string> FetchAsync(
        MnistDownloadOptions? options = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default) => Store.FetchAsync(options, progress, cancellation);
}

/// <summary>How far a download has come. Reported at the beginning of each attempt and as bytes come in.</summary>
/// <param name="File">Name of the file, such as <c>train-images-idx3-ubyte.gz</c>.</param>
/// <param name="BytesReceived">Bytes of this attempt so far; a new attempt begins with 0.</param>
/// <param name="TotalBytes">Bytes to come in all, or null where the server does not say.</param>
/// <param name="Mirror">Address of the mirror, without user name and password.</param>
public sealed record DownloadProgress(string File, long BytesReceived, long? TotalBytes, string Mirror);

/// <summary>
/// Data could not be downloaded: no mirror served the right file, or the cache folder cannot be written. The message is
/// one line that says for each mirror what went wrong, and what to do.
/// </summary>
public sealed class DownloadException : IOException
{
    /// <param name="message">What went wrong and what to do.</param>
    /// <param name="inner">The exception that led here, if any.</param>
    public DownloadException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
