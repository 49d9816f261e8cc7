using System.Runtime.InteropServices.JavaScript;

namespace Nabla.Page;

// The networks of the ladder: they answer beside the one that reads, and are not offered for reading.
internal static partial class Engine
{
    private static readonly Dictionary<string, Network> Rungs = new(StringComparer.Ordinal);

    /// <summary>Takes a model file of the ladder.</summary>
    /// <param name="name">Its name from now on.</param>
    /// <param name="file">A safetensors file that Nabla has saved.</param>
    /// <returns>Whether its scores are probabilities; else they are outputs as they are, of a network that was trained with the squared error.</returns>
    [JSExport]
    internal static bool AddRung(string name, byte[] file)
    {
        Rungs[name] = Network.Load(new MemoryStream(file), name);
        return Rungs[name].Loss is SoftmaxCrossEntropyLoss;
    }

    /// <summary>The scores of an image: little-endian floats. Its pixels go through the network's own preprocessing.</summary>
    /// <param name="name">A network of the ladder.</param>
    /// <param name="pixels">28×28 levels as they were read.</param>
    [JSExport]
    internal static byte[] ScoreRung(string name, byte[] pixels) => Score(Rungs[name], pixels);
}
