namespace Nabla.Benchmarks.Training;

/// <summary>Counts the arithmetic of the matrix products of a network.</summary>
internal static class TrainingFlops
{
    /// <summary>Forward, and backward for weights and inputs; the first layer's inputs need no gradient.</summary>
    public static double OfStep(Network network, int batch)
    {
        Layer[] learning = [.. network.Layers.Where(HasProducts)];
        return batch * learning.Select((layer, index) => (index == 0 ? 2 : 3) * OfSample(layer)).Sum();
    }

    /// <summary>Forward only.</summary>
    public static double OfPrediction(Network network) => network.Layers.Where(HasProducts).Sum(OfSample);

    /// <summary>Normalisation has parameters, but no products of matrices.</summary>
    private static bool HasProducts(Layer layer) => layer is Dense or Convolution2D or DepthwiseConvolution2D;

    /// <summary>Every weight is multiplied once for each position at which it is used.</summary>
    private static double OfSample(Layer layer)
    {
        double positions = layer is Convolution2D or DepthwiseConvolution2D ? layer.OutputShape[0] * layer.OutputShape[1] : 1;
        return 2 * positions * layer.Parameters[0].Shape.Size;
    }
}
