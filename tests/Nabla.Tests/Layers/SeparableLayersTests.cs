namespace Nabla.Tests.Layers;

/// <summary>Depthwise convolution, layer normalisation and global pooling by hand, and what they refuse.</summary>
public sealed class SeparableLayersTests
{
    [Fact]
    public void Depthwise_convolution_keeps_channels_apart()
    {
        // Two channels: 1 2 3 / 4 5 6 and its negative; kernels of 2×2, all ones and a single 10 at the lower right.
        float[] image = [1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6];
        float[] parameters = [1, 0, 1, 0, 1, 0, 1, 10, /* biases */ 0.5f, -1];
        Assert.Equal([12.5f, -51, 16.5f, -61], Output(image, [2, 3, 2], parameters, Layer.DepthwiseConvolution2D(2, 2)));
        Assert.Equal([12.5f, 0, 16.5f, 0], Output(image, [2, 3, 2], parameters, Layer.DepthwiseConvolution2D(2, 2, Activation.ReLU)));
        // With a border of zeros and every second position: the corner, then columns 2 and 3; below it rows 2 and nothing.
        Assert.Equal(
            [1.5f, -11, 5.5f, -31, 4.5f, -1, 11.5f, -1],
            Output(image, [2, 3, 2], parameters, Layer.DepthwiseConvolution2D(2, 2, stride: 2, padding: 1)));
        Assert.Equal([12f, -50, 16f, -60], Output(image, [2, 3, 2], parameters[..8], Layer.DepthwiseConvolution2D(2, 2, bias: false)));
    }

    [Fact]
    public void Layer_normalisation_by_hand()
    {
        // Mean 2 and variance 8/3: 1 over the deviation is 0.61237; the second position has mean 0 and deviation 1.
        float[] rows = [0, 2, 4, -1.2247449f, 0, 1.2247449f];
        float[] parameters = [1, 2, 3, /* offsets */ 0, 10, 0];
        float[] output = Output(rows, [1, 2, 3], parameters, Layer.LayerNormalization(1e-12));
        double[] expected = [-1.2247449, 10, 3.6742346, -1.2247449, 10, 3.6742346];
        Assert.All(expected.Zip(output), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        // All the same: nothing but the offset, and no division by zero.
        Assert.Equal([0f, 10, 0], Output([5, 5, 5], [3], parameters, Layer.LayerNormalization()));
    }

    [Fact]
    public void Layer_normalisation_begins_with_a_scale_of_1_and_an_offset_of_0()
    {
        Network network = Network.Create([3], Layer.LayerNormalization());
        network.Initialize(new NumPyRandom(1));
        Assert.Equal([1f, 1, 1, 0, 0, 0], network.Parameters.ToArray());
        Assert.Equal(["layernormalization1/scale [3]", "layernormalization1/bias [3]"], network.Layers[0].Parameters.Select(parameter => $"{parameter}"));
        Assert.Equal([ParameterRole.Scale, ParameterRole.Bias], network.Layers[0].Parameters.Select(parameter => parameter.Role));
    }

    [Fact]
    public void Global_pooling_averages_each_channel()
    {
        Assert.Equal([3.5f, -3.5f], Output([1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6], [2, 3, 2], [], Layer.GlobalAveragePooling2D()));
        Assert.Equal([2.5f], Output([1, 2, 3, 4], [2, 2], [], Layer.GlobalAveragePooling2D()));
    }

    [Fact]
    public void They_print_themselves()
    {
        Network network = Network.Create(
            [28, 28], Layer.Convolution2D(16, 1, 1), Layer.DepthwiseConvolution2D(3, 3, Activation.ReLU), Layer.DepthwiseConvolution2D(2, 4, stride: 2, padding: 1, bias: false),
            Layer.LayerNormalization(), Layer.GlobalAveragePooling2D());
        Assert.Equal("DepthwiseConvolution2D 28×28×16 → 26×26×16, 3×3, ReLU  (160 parameters)", $"{network.Layers[1]}");
        Assert.Equal("DepthwiseConvolution2D 26×26×16 → 14×13×16, 2×4, stride 2, padding 1, no bias  (128 parameters)", $"{network.Layers[2]}");
        Assert.Equal("LayerNormalization 14×13×16  (32 parameters)", $"{network.Layers[3]}");
        Assert.Equal("GlobalAveragePooling2D 14×13×16 → 16", $"{network.Layers[4]}");
    }

    [Fact]
    public void What_cannot_be_is_refused_with_layer_and_sizes()
    {
        Assert.Equal("KernelHeight", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.DepthwiseConvolution2D(0, 1)).ParamName);
        Assert.Equal("KernelWidth", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.DepthwiseConvolution2D(1, 0)).ParamName);
        Assert.Equal("Stride", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.DepthwiseConvolution2D(1, 1, stride: 0)).ParamName);
        Assert.Equal("Padding", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.DepthwiseConvolution2D(1, 1, padding: -1)).ParamName);
        Assert.Equal("Activation", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.DepthwiseConvolution2D(1, 1, (Activation)99)).ParamName);
        Assert.Equal(
            "depthwiseconvolution2d1: a kernel of 5×3 does not fit into an image of 4×4×1 with a padding of 0.",
            Assert.Throws<ArgumentException>(() => Network.Create([4, 4], Layer.DepthwiseConvolution2D(5, 3))).Message);
        Assert.Throws<ArgumentException>(() => Network.Create([4], Layer.DepthwiseConvolution2D(1, 1)));
        Assert.Throws<ArgumentException>(() => Network.Create([4], Layer.GlobalAveragePooling2D()));
        foreach (double epsilon in (double[])[0, -1, 1e-60, 1e60, double.NaN, double.PositiveInfinity])
        {
            Assert.Equal("Epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.LayerNormalization(epsilon)).ParamName);
        }
        Assert.Equal(
            "layernormalization1 normalises the last extent of samples of shape 4×4×1, expected at least 2 numbers there: a single one less its mean is always 0.",
            Assert.Throws<ArgumentException>(() => Network.Create([4, 4], Layer.LayerNormalization())).Message);
    }

    private static float[] Output(float[] input, Shape shape, float[] parameters, LayerSpec layer)
    {
        Network network = Network.Create(shape, layer);
        parameters.CopyTo(network.Parameters);
        Workspace workspace = new(network, 1, training: false);
        input.CopyTo(workspace.Input);
        network.Forward(workspace, 1);
        return workspace.Output.ToArray();
    }
}
