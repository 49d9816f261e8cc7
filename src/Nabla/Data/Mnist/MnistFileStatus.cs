namespace Nabla;

/// <summary>One of the four MNIST files in one folder.</summary>
/// <param name="Name">The official name, without .gz: <c>train-images-idx3-ubyte</c>.</param>
/// <param name="State">Whether it is there and right.</param>
/// <param name="Path">Where it is; null if it is missing.</param>
/// <param name="Length">Bytes on the disk, compressed if it is compressed; 0 if it is missing.</param>
/// <param name="Problem">What is wrong with it, in one line; null if nothing is or if it is missing.</param>
public sealed record MnistFileStatus(string Name, MnistFileState State, string? Path, long Length, string? Problem);
