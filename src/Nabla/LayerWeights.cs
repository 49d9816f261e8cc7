namespace Nabla;

/// <summary>
/// The weights of one layer as those of a convolution, [height, width, inputs, outputs], to look at: a dense layer that reads an image, at once or flattened, has a kernel as large as that image for each unit;
/// one that reads other numbers has kernels of 1×1.
/// </summary>
public sealed class LayerWeights
{
    private readonly float[] _values;

    private LayerWeights(float[] values, int height, int width, int inputs, int outputs) => (_values, Height, Width, Inputs, Outputs) = (values, height, width, inputs, outputs);

    /// <summary>Rows of a kernel.</summary>
    public int Height { get; }

    /// <summary>Columns of a kernel.</summary>
    public int Width { get; }

    /// <summary>How many channels each output reads; of a depthwise convolution, which reads one for each, it is 1.</summary>
    public int Inputs { get; }

    /// <summary>How many units, filters or channels the layer has.</summary>
    public int Outputs { get; }

    /// <summary>One weight.</summary>
    public float this[int y, int x, int input, int output] => _values[((y * Width + x) * Inputs + input) * Outputs + output];

    /// <summary>The greatest magnitude of a weight.</summary>
    public float Greatest
    {
        get
        {
            float greatest = 0;
            foreach (float value in _values)
            {
                greatest = Math.Max(greatest, Math.Abs(value));
            }
            return greatest;
        }
    }

    /// <summary>A copy of a layer's weights; null for a layer that has none, such as pooling.</summary>
    /// <param name="network">A network with weights.</param>
    /// <param name="layer">The layer's index in <see cref="Network.Layers"/>.</param>
    public static LayerWeights? Of(Network network, int layer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)network.Layers.Count, nameof(layer));
        if (ParameterOf(network.Layers[layer]) is not Parameter weight)
        {
            return null;
        }
        float[] values = weight.Of((ReadOnlySpan<float>)network.Parameters).ToArray();
        Shape shape = weight.Shape;
        if (shape is [int inputs, int units])
        {
            return ImageBefore(network, layer) is Shape image && image.Size == inputs
                ? new LayerWeights(values, image[0], image[1], image.Count == 3 ? image[2] : 1, units)
                : new LayerWeights(values, 1, 1, inputs, units);
        }
        return shape.Count == 4
            ? new LayerWeights(values, shape[0], shape[1], shape[2], shape[3])
            : new LayerWeights(values, shape[0], shape[1], 1, shape[2]);
    }

    /// <summary>The parameter that has a layer's weights; null for a layer that has none.</summary>
    internal static Parameter? ParameterOf(Layer layer) => layer.Parameters.FirstOrDefault(parameter => parameter.Role == ParameterRole.Weight) is { Shape.Count: >= 2 and <= 4 } weight ? weight : null;

    /// <summary>The image, [height, width] or [height, width, channels], that a dense layer reads as a row of numbers, at once or after layers that change no order; null where it reads none.</summary>
    internal static Shape? ImageBefore(Network network, int layer)
    {
        for (int at = layer; ;)
        {
            int value = network.Graph.InputsOf(at)[0];
            Shape shape = network.Graph.ShapeOf(value);
            if (shape.Count is 2 or 3)
            {
                return shape;
            }
            if (value == 0 || network.Layers[value - 1] is not (Flatten or Dropout or GaussianNoise or ElementwiseLayer))
            {
                return null;
            }
            at = value - 1;
        }
    }
}
