using System.Runtime.InteropServices.JavaScript;
using System.Text.Json;

namespace Nabla.Page;

// The networks of the ladder: they answer beside the one that reads, and are not offered for reading.
internal static partial class Engine
{
    private static readonly Dictionary<string, Network> Rungs = new(StringComparer.Ordinal);

    /// <summary>Takes a model file of the ladder.</summary>
    /// <param name="name">Its name from now on.</param>
    /// <param name="file">A safetensors file that Nabla has saved.</param>
    [JSExport]
    internal static void AddRung(string name, byte[] file) => Rungs[name] = Network.Load(new MemoryStream(file), name);

    /// <summary>What a network says of an image: a score for each digit, and whether these are probabilities.</summary>
    /// <param name="model">One of the ladder, or one of the models.</param>
    /// <param name="pixels">28×28 levels as they were read; the network's own preprocessing follows.</param>
    [JSExport]
    internal static string Score(string model, byte[] pixels)
    {
        Network network = Rungs.GetValueOrDefault(model) ?? Models[model].Network;
        float[] scores = new float[network.OutputShape.Size];
        network.Score(pixels, scores);
        return JsonSerializer.Serialize(new ScoreAnswer(scores, network.Loss is SoftmaxCrossEntropyLoss), PageJson.Default.ScoreAnswer);
    }
}

internal sealed record ScoreAnswer(float[] Scores, bool AreProbabilities);
