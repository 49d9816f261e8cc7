namespace Nabla.Cli.Tests;

/// <summary>A folder of four IDX files with a few built-in digits, for tests without MNIST.</summary>
internal static class SmallDigits
{
    public static string Write(string folder, int train = 400, int test = 100)
    {
        Directory.CreateDirectory(folder);
        Write(folder, "train", SyntheticDigits.Generate(train, seed: 1));
        Write(folder, "t10k", SyntheticDigits.Generate(test, seed: 2));
        return folder;
    }

    private static void Write(string folder, string part, DataSet digits)
    {
        Idx.WriteImages(Path.Combine(folder, $"{part}-images-idx3-ubyte.gz"), (ByteFeatures)digits.Features);
        Idx.WriteLabels(Path.Combine(folder, $"{part}-labels-idx1-ubyte.gz"), (ClassLabels)digits.Targets);
    }
}
