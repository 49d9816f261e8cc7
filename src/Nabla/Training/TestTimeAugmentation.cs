using Nabla.Numerics;

namespace Nabla;

/// <summary>
/// Looks at each image several times, as it is and changed a little at random, and averages what the network says of the views: fewer mistakes for as many times the work. The same views for the
/// same image at the same place, on any number of threads.
/// </summary>
public sealed class TestTimeAugmentation
{
    // Views of so many images are in memory at once.
    private const int Portion = 2048;

    private readonly Network _network;
    private readonly Augmenter _augmenter;
    private readonly uint _seed;

    /// <param name="network">The network, which takes images.</param>
    /// <param name="views">How often each image is looked at, at least 1: once as it is.</param>
    /// <param name="augmentations">How the others are changed; null for <see cref="DefaultAugmentations"/>.</param>
    /// <param name="seed">Seed of the changes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="views"/> is below 1.</exception>
    /// <exception cref="ArgumentException">The network takes no images, or an augmentation mixes samples.</exception>
    public TestTimeAugmentation(Network network, int views, IReadOnlyList<Augmentation>? augmentations = null, uint seed = 1)
    {
        augmentations ??= DefaultAugmentations;
        if (augmentations.FirstOrDefault(augmentation => augmentation.MixesPairs) is Augmentation mixing)
        {
            throw new ArgumentException($"{mixing.GetType().Name} mixes samples, expected augmentations that change each for itself.", nameof(augmentations));
        }
        _network = network;
        Views = OptionCheck.AtLeast(1, views, nameof(views));
        // The network standardises what it is given.
        _augmenter = new Augmenter(augmentations, network.InputShape, network.Preprocessing with { Standardization = null });
        _seed = seed;
    }

    /// <summary>What suits small images of digits: turned by up to 6 degrees, scaled and slanted a little, moved by up to a pixel.</summary>
    public static IReadOnlyList<Augmentation> DefaultAugmentations { get; } = [new AffineAugmentation { Rotation = 6, MinScale = 0.94, MaxScale = 1.06, Shear = 6, Shift = 1 }];

    /// <summary>How often each image is looked at.</summary>
    public int Views { get; }

    /// <summary>What the network says of images, averaged over their views: probabilities where it was trained with softmax cross-entropy.</summary>
    /// <param name="features">The images, of the network's input size.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    /// <returns>[images, classes].</returns>
    /// <exception cref="ArgumentException">The images do not fit the network.</exception>
    public float[] Score(Features features, int? threads = null)
    {
        float[] scores = _network.Score(features, threads);
        int size = features.SampleShape.Size, width = _network.OutputShape.Size;
        float[] changed = new float[Math.Min(Portion, features.Count) * size];
        for (int start = 0; start < features.Count; start += Portion)
        {
            int[] rows = [.. Enumerable.Range(start, Math.Min(Portion, features.Count - start))];
            Span<float> sums = scores.AsSpan(start * width, rows.Length * width);
            for (int view = 1; view < Views; view++)
            {
                _augmenter.Load(features, rows, new SampleRandom(_seed, view, start), changed.AsSpan(0, rows.Length * size), [], 0, threads ?? Environment.ProcessorCount);
                float[] own = _network.Score(new FloatFeatures(changed[..(rows.Length * size)], features.SampleShape), threads);
                for (int i = 0; i < own.Length; i++)
                {
                    sums[i] += own[i];
                }
            }
            foreach (ref float sum in sums)
            {
                sum /= Views;
            }
        }
        return scores;
    }

    /// <summary>Measures the network on a data set by the average over views.</summary>
    /// <param name="data">At least one image, of the network's input size and classes.</param>
    /// <param name="threads">Threads to use, at least 1; the result does not depend on it. Default: one per processor.</param>
    /// <exception cref="ArgumentException">The data set is empty, or does not fit the network or its loss.</exception>
    public Evaluation Evaluate(DataSet data, int? threads = null)
    {
        data = Evaluator.Fitting(_network, data);
        Loss loss = _network.Loss ?? Loss.Quadratic;
        loss.ThrowUnlessFits(data.Targets);
        float[] outputs = Score(data.Features, threads), targets = new float[outputs.Length];
        int width = _network.OutputShape.Size;
        ConfusionMatrix? confusion = data.Targets is ClassLabels ? new ConfusionMatrix(width) : null;
        for (int row = 0; row < data.Count && data.Targets is ClassLabels labels; row++)
        {
            confusion!.Add(labels.Values[row], Reductions.IndexOfMax(outputs.AsSpan(row * width, width)));
        }
        if (loss is SoftmaxCrossEntropyLoss)
        {
            // The loss takes what comes before the temperature and the softmax; so that of one view is the network's own.
            foreach (ref float output in outputs.AsSpan())
            {
                output = (float)(_network.Temperature * Math.Log(Math.Max(output, float.Epsilon)));
            }
        }
        Batch.CopyTargets(data.Targets, 0, data.Count, targets);
        return new Evaluation(data.Count, loss.Value(outputs, targets, data.Count, threads ?? Environment.ProcessorCount) / data.Count, confusion)
        {
            Regression = data.Targets is TargetVectors numbers && loss is not SoftmaxCrossEntropyLoss ? RegressionFigures.Of(outputs, numbers) : null,
        };
    }
}
