namespace Nabla.Live;

/// <summary>What a network can do, measured on samples that it does not learn from.</summary>
public sealed record NetworkLook
{
    private const int MostClasses = 40, MostMistakes = 8, MostKernels = 32;

    /// <summary>How many samples were measured.</summary>
    public required int Samples { get; init; }

    /// <summary>Share of them that it has right, 0 to 1; null where there are no classes.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Names of the classes; null where they have none, or are too many to show.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>How many samples of each class, row by row, were taken for each; null where there are no classes, or too many to show.</summary>
    public IReadOnlyList<int>? Confusion { get; init; }

    /// <summary>The samples that are wrong with the greatest confidence, the worst first; none where they are no images.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; init; } = [];

    /// <summary>The weights of the first layer that reads images; null where there is none.</summary>
    public KernelSheet? Kernels { get; init; }

    /// <summary>The scores of what somebody has drawn; null where nothing is drawn, or the network takes other samples.</summary>
    public IReadOnlyList<float>? Drawing { get; init; }

    /// <summary>Measures a network.</summary>
    /// <param name="network">Has weights, which do not change meanwhile.</param>
    /// <param name="samples">What it is measured on.</param>
    /// <param name="drawing">28×28 levels; null for none.</param>
    public static NetworkLook At(Network network, DataSet samples, byte[]? drawing)
    {
        NetworkLook look = new() { Samples = samples.Count, Kernels = KernelSheet.Of(network, MostKernels), Drawing = ScoresOf(network, drawing) };
        if (samples.Targets is not ClassLabels labels || labels.Width != network.OutputShape.Size)
        {
            return look;
        }
        int classes = labels.Width;
        float[] scores = network.Score(samples.Features);
        int[] confusion = new int[classes <= MostClasses ? classes * classes : 0];
        List<(int Sample, int Label, float Confidence)> mistakes = [];
        for (int sample = 0; sample < samples.Count; sample++)
        {
            Prediction prediction = Prediction.FromScores(scores.AsSpan(sample * classes, classes));
            int actual = labels.Values[sample];
            if (confusion.Length > 0)
            {
                confusion[actual * classes + prediction.Label]++;
            }
            if (prediction.Label != actual)
            {
                mistakes.Add((sample, prediction.Label, prediction.Confidence));
            }
        }
        return look with
        {
            Accuracy = 1 - (double)mistakes.Count / samples.Count,
            ClassNames = confusion.Length > 0 ? network.ClassNames : null,
            Confusion = confusion.Length > 0 ? confusion : null,
            Mistakes = samples.Features is { SampleShape: [_, _] or [_, _, 1 or 3] } && ByteRows(samples.Features) is { } rows
                ? [.. mistakes.OrderByDescending(mistake => mistake.Confidence).Take(MostMistakes).Select(mistake => new Mistake(
                    [.. samples.Features.SampleShape], rows(mistake.Sample), labels.NameOf(labels.Values[mistake.Sample]), labels.NameOf(mistake.Label), mistake.Confidence))]
                : [],
        };
    }

    /// <summary>What gives the bytes of a sample; null where samples are no bytes.</summary>
    private static Func<int, byte[]>? ByteRows(Features features) => features.Take([0]) is ByteFeatures
        ? row => ((ByteFeatures)features.Take([row])).Values.ToArray()
        : null;

    private static float[]? ScoresOf(Network network, byte[]? drawing)
    {
        if (drawing is null || network.InputShape.Size != drawing.Length)
        {
            return null;
        }
        float[] scores = new float[network.OutputShape.Size];
        network.Score(drawing, scores);
        return scores;
    }
}

/// <summary>A sample that a network has wrong.</summary>
/// <param name="Shape">Rows, columns and perhaps channels.</param>
/// <param name="Pixels">A byte for each value.</param>
/// <param name="Actual">What it is.</param>
/// <param name="Predicted">What the network takes it for.</param>
/// <param name="Confidence">The score of that.</param>
public sealed record Mistake(int[] Shape, byte[] Pixels, string Actual, string Predicted, float Confidence);

/// <summary>Weights of a layer as small images.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Limit">The weight that 127 stands for.</param>
/// <param name="Values">Image after image: a weight in two's complement, −127 for −<paramref name="Limit"/> to 127; of several input channels their mean.</param>
public sealed record KernelSheet(string Layer, int Height, int Width, float Limit, byte[] Values)
{
    /// <summary>Those of the first layer that reads an image; null where there is none.</summary>
    /// <param name="network">Has weights.</param>
    /// <param name="most">At most so many images.</param>
    public static KernelSheet? Of(Network network, int most)
    {
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            if (LayerWeights.Of(network, layer) is LayerWeights weights && weights.Height * weights.Width > 1)
            {
                return Of(weights, network.Layers[layer].Name, Math.Min(most, weights.Outputs));
            }
        }
        return null;
    }

    private static KernelSheet Of(LayerWeights weights, string layer, int count)
    {
        float limit = Math.Max(weights.Greatest, float.Epsilon);
        byte[] values = new byte[count * weights.Height * weights.Width];
        int at = 0;
        for (int output = 0; output < count; output++)
        {
            for (int y = 0; y < weights.Height; y++)
            {
                for (int x = 0; x < weights.Width; x++)
                {
                    float sum = 0;
                    for (int input = 0; input < weights.Inputs; input++)
                    {
                        sum += weights[y, x, input, output];
                    }
                    values[at++] = (byte)(sbyte)MathF.Round(sum / weights.Inputs / limit * sbyte.MaxValue);
                }
            }
        }
        return new KernelSheet(layer, weights.Height, weights.Width, limit, values);
    }
}
