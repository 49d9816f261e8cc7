namespace Nabla.Benchmarks.Training;

/// <summary>Parameters of image layers, transposed from Nabla's layout, channels last, to that of libtorch and ONNX, channels first.</summary>
internal static class ImageLayout
{
    /// <summary>[kernel height, kernel width, channels in, channels out] → [channels out, channels in, kernel height, kernel width].</summary>
    public static (Shape Shape, float[] Values) Kernels((Shape Shape, float[] Values) kernels)
    {
        (int height, int width, int inputs, int outputs) = (kernels.Shape[0], kernels.Shape[1], kernels.Shape[2], kernels.Shape[3]);
        float[] transposed = new float[kernels.Values.Length];
        for (int i = 0; i < transposed.Length; i++)
        {
            (int position, int output) = Math.DivRem(i, outputs);
            (int pixel, int input) = Math.DivRem(position, inputs);
            transposed[(output * inputs + input) * height * width + pixel] = kernels.Values[i];
        }
        return ([outputs, inputs, height, width], transposed);
    }

    /// <summary>A parameter of a network whose dense layers read no images: kernels transposed, all else as it is.</summary>
    public static (Shape Shape, float[] Values) ChannelsFirst((Shape Shape, float[] Values) parameter) => parameter.Shape.Count switch
    {
        4 => Kernels(parameter),
        // Depthwise: one input channel for each output channel.
        3 => Kernels(([parameter.Shape[0], parameter.Shape[1], 1, parameter.Shape[2]], parameter.Values)),
        _ => parameter,
    };

    /// <summary>Weights of a dense layer over an image [pixels, channels] → the same over [channels, pixels].</summary>
    public static (Shape Shape, float[] Values) DenseWeights((Shape Shape, float[] Values) weights, int pixels)
    {
        int outputs = weights.Shape[1], channels = weights.Shape[0] / pixels;
        float[] transposed = new float[weights.Values.Length];
        for (int row = 0; row < weights.Shape[0]; row++)
        {
            (int pixel, int channel) = Math.DivRem(row, channels);
            weights.Values.AsSpan(row * outputs, outputs).CopyTo(transposed.AsSpan((channel * pixels + pixel) * outputs));
        }
        return (weights.Shape, transposed);
    }
}
