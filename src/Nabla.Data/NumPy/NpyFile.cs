namespace Nabla;

/// <summary>Reads a <c>.npy</c> file, plain or gzip.</summary>
internal static class NpyFile
{
    /// <summary>Reads the array, and nothing may follow it.</summary>
    public static NumericArray Read(string path)
    {
        using DataFileReader reader = DataFileReader.Open(path);
        return NpyHeader.Read(reader).ReadArray(reader);
    }
}
