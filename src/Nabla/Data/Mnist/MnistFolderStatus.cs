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
