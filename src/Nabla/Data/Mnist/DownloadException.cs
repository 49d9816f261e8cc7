namespace Nabla;

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
