using System.Text.Json.Serialization;

namespace Nabla.Cli;

/// <summary>What <c>nabla data</c> found, for --json.</summary>
/// <param name="Mnist">The folder that MNIST is taken from; null where there is none, because the system names no home folder.</param>
internal sealed record DataSummary(DataSummary.MnistSummary? Mnist)
{
    /// <summary>The folder that MNIST is taken from.</summary>
    /// <param name="Place">How the folder came up: <c>NABLA_DATA</c> or <c>cache</c>.</param>
    /// <param name="Folder">Its path.</param>
    /// <param name="Exists">Whether there is such a folder.</param>
    /// <param name="Readable">Whether all four files can be read.</param>
    /// <param name="Verified">Whether they hold the bytes of the official MNIST.</param>
    /// <param name="Files">The four files.</param>
    internal sealed record MnistSummary(string Place, string Folder, bool Exists, bool Readable, bool Verified, IReadOnlyList<FileSummary> Files);

    /// <summary>One file.</summary>
    /// <param name="Name">The official name, without .gz.</param>
    /// <param name="State">Whether it is there and right.</param>
    /// <param name="Path">Where it is; null if it is missing.</param>
    /// <param name="Bytes">Its length, compressed if it is compressed; 0 if it is missing.</param>
    /// <param name="Problem">What is wrong with it, in one line; null if nothing is or if it is missing.</param>
    internal sealed record FileSummary(string Name, [property: JsonConverter(typeof(JsonStringEnumConverter<MnistFileState>))] MnistFileState State, string? Path, long Bytes, string? Problem);

    /// <summary>The state of the first place, which is the only one that MNIST is taken from.</summary>
    public static DataSummary Create() => new(Nabla.Mnist.Status().Take(1).Select(place => new MnistSummary(
        place.Place, place.Folder, place.Exists,
        place.Files.All(file => file.State is MnistFileState.Verified or MnistFileState.Different),
        place.IsVerified,
        [.. place.Files.Select(file => new FileSummary(file.Name, file.State, file.Path, file.Length, file.Problem))])).FirstOrDefault());
}
