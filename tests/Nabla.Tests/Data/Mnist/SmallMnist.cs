using System.Security.Cryptography;

namespace Nabla.Tests.Data;

/// <summary>Four files of a few kilobytes that stand in for MNIST, so that its loader is tested on any machine.</summary>
internal static class SmallMnist
{
    private static readonly byte[][] Contents =
    [
        IdxBytes.Images(200, 28, 28, IdxBytes.Pixels(200 * 784)),
        IdxBytes.Labels([.. Enumerable.Range(0, 200).Select(i => (byte)(i % 10))]),
        IdxBytes.Images(30, 28, 28, IdxBytes.Pixels(30 * 784, seed: 2)),
        IdxBytes.Labels([.. Enumerable.Range(0, 30).Select(i => (byte)(i % 7))]),
    ];

    /// <summary>Names, lengths and hashes, as MnistFile.Official has them for the real ones.</summary>
    public static IReadOnlyList<MnistFile> Files { get; } =
        [.. MnistFile.Official.Select((file, i) => new MnistFile(file.Name, Contents[i].Length, Convert.ToHexStringLower(SHA256.HashData(Contents[i]))))];

    private static readonly Dictionary<string, byte[]> Compressed =
        Files.Select((file, i) => (file.CompressedName, Bytes: IdxBytes.Compress(Contents[i]))).ToDictionary(f => f.CompressedName, f => f.Bytes);

    /// <summary>Names of the four .gz files, sorted.</summary>
    public static string[] CompressedNames { get; } = [.. Files.Select(file => file.CompressedName).Order(StringComparer.Ordinal)];

    /// <summary>The decompressed bytes of one of the files.</summary>
    public static byte[] Raw(int index) => Contents[index];

    /// <summary>The compressed bytes under a name, or null.</summary>
    public static byte[]? Find(string name) => Compressed.GetValueOrDefault(name);

    /// <summary>Writes all four into a folder, plain or compressed.</summary>
    public static void WriteTo(string folder, bool compressed)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < Files.Count; i++)
        {
            File.WriteAllBytes(
                Path.Combine(folder, compressed ? Files[i].CompressedName : Files[i].Name),
                compressed ? Compressed[Files[i].CompressedName] : Contents[i]);
        }
    }
}
