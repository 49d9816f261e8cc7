namespace Nabla;

/// <summary>What one of the places where <see cref="Mnist"/> looks holds.</summary>
/// <param name="Place">How the folder came up: <c>folder</c> (named by the caller), <c>NABLA_DATA</c> or <c>cache</c>.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Exists">Whether there is such a folder.</param>
/// <param name="Files">The four files: training images and labels, test images and labels.</param>
public sealed record MnistFolderStatus(string Place, string Folder, bool Exists, IReadOnlyList<MnistFileStatus> Files)
{
    /// <summary>Whether all four files are the official ones.</summary>
    public bool IsVerified => Files.All(file => file.State == MnistFileState.Verified);
}

/// <summary>One of the four MNIST files in one folder.</summary>
/// <param name="Name">The official name, without .gz: <c>train-images-idx3-ubyte</c>.</param>
/// <param name="State">Whether it is there and right.</param>
/// <param name="Path">Where it is; null if it is missing.</param>
/// <param name="Length">Bytes on the disk, compressed if it is compressed; 0 if it is missing.</param>
/// <param name="Problem">What is wrong with it, in one line; null if nothing is or if it is missing.</param>
public sealed record MnistFileStatus(string Name, MnistFileState State, string? Path, long Length, string? Problem);

/// <summary>What is to be said of one of the four MNIST files.</summary>
public enum MnistFileState
{
    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>The decompressed bytes are those of the official MNIST.</summary>
    Verified,

    /// <summary>The file can be read but holds other bytes than the official MNIST.</summary>
    Different,

    /// <summary>The file cannot be read, or its compressed data is damaged or cut short.</summary>
    Unreadable,
}
