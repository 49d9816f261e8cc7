namespace Nabla;

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
