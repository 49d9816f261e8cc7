namespace Nabla;

/// <summary>How far a download has come. Reported at the beginning of each attempt and as bytes come in.</summary>
/// <param name="File">Name of the file, such as <c>train-images-idx3-ubyte.gz</c>.</param>
/// <param name="BytesReceived">Bytes of this attempt so far; a new attempt begins with 0.</param>
/// <param name="TotalBytes">Bytes to come in all, or null where the server does not say.</param>
/// <param name="Mirror">Address of the mirror, without user name and password.</param>
public sealed record DownloadProgress(string File, long BytesReceived, long? TotalBytes, string Mirror);
