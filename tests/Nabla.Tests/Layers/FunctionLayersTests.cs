namespace Nabla.Tests.Layers;

/// <summary>Layers that apply a function to each number.</summary>
public sealed class FunctionLayersTests
{
    [Fact]
    public void Outputs_by_hand()
    {
        float[] input = [-2, -0.5f, 0, 1, 3];
        AssertClose([-0.5, -0.125, 0, 1, 3], Output(input, Layer.LeakyReLU(0.25)));
        AssertClose([-0.02, -0.005, 0, 1, 3], Output(input, Layer.LeakyReLU()));
        // Φ(−2) = 0.0227501, Φ(−½) = 0.3085375, Φ(1) = 0.8413447, Φ(3) = 0.9986501
        AssertClose([-0.0455003, -0.1542688, 0, 0.8413447, 2.9959503], Output(input, Layer.GELU()));
        // 1 / (1 + e²) = 0.1192029, 1 / (1 + e^½) = 0.3775407, 1 / (1 + e⁻¹) = 0.7310586, 1 / (1 + e⁻³) = 0.9525741
        AssertClose([-0.2384058, -0.1887703, 0, 0.7310586, 2.8577224], Output(input, Layer.SiLU()));
        AssertClose([-3, 0, 1, 3, 7], Output(input, Layer.Rescaling(2, 1)));
        AssertClose([0, 0, 0, 1, 3], Output(input, Layer.ReLU()));
        AssertClose([0.1192029, 0.3775407, 0.5, 0.7310586, 0.9525741], Output(input, Layer.Sigmoid()));
        AssertClose([-0.9640276, -0.4621172, 0, 0.7615942, 0.9950548], Output(input, Layer.Tanh()));
        AssertClose([-1, -0.5, 0, 1, 2], Output(input, Layer.Clip(-1, 2)));
        AssertClose([0, 0, 0, 1, 3], Output(input, Layer.Clip()));
        AssertClose([0.1269280, 0.4740770, 0.6931472, 1.3132617, 3.0485874], Output(input, Layer.Softplus()));
    }

    [Fact]
    public void They_keep_the_shape_and_print_themselves()
    {
        Network network = Network.Create([4, 5, 3], Layer.LeakyReLU(0.2), Layer.GELU(), Layer.SiLU(), Layer.Dense(7), Layer.Softplus(), Layer.Rescaling(2.5, -10), Layer.Tanh(), Layer.Clip(-0.5, 2));
        Assert.Equal("LeakyReLU 4×5×3, slope 0.2", $"{network.Layers[0]}");
        Assert.Equal("GELU 4×5×3", $"{network.Layers[1]}");
        Assert.Equal("SiLU 4×5×3", $"{network.Layers[2]}");
        Assert.Equal("Softplus 7", $"{network.Layers[4]}");
        Assert.Equal("Rescaling 7, × 2.5 + -10", $"{network.Layers[5]}");
        Assert.Equal("Tanh 7", $"{network.Layers[6]}");
        Assert.Equal("Clip 7, -0.5 to 2", $"{network.Layers[7]}");
        Assert.Equal(["leakyrelu1", "gelu1", "silu1", "dense1", "softplus1", "rescaling1", "activation1", "clip1"], network.Layers.Select(layer => layer.Name));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_slope_that_is_none_is_refused(double slope) =>
        Assert.Equal("NegativeSlope", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.LeakyReLU(slope)).ParamName);

    [Fact]
    public void A_range_to_clip_to_that_is_none_is_refused()
    {
        Assert.Equal("Maximum", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.Clip(0, double.PositiveInfinity)).ParamName);
        Assert.Equal("clip1 clips to 6 to 6, expected a minimum below the maximum.", Assert.Throws<ArgumentException>(() => Network.Create([2], Layer.Clip(6, 6))).Message);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(1e-60, 0)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(1, 1e39)]
    public void A_scale_or_an_offset_that_is_none_is_refused(double scale, double offset) =>
        Assert.Equal(scale == 1 ? "Offset" : "Scale", Assert.Throws<ArgumentOutOfRangeException>(() => Layer.Rescaling(scale, offset)).ParamName);

    [Fact]
    public void Rescaling_takes_the_unit_of_targets()
    {
        Assert.Equal(Layer.Rescaling(2, 11), RescalingSpec.ForTargets(new TargetVectors([9, 13, 9, 13], 1)));
        Assert.Equal(Layer.Rescaling(1, 5), RescalingSpec.ForTargets(new TargetVectors([5, 5], 1)));
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-7));
    }

    private static float[] Output(float[] input, LayerSpec layer)
    {
        Network network = Network.Create([input.Length], layer);
        Workspace workspace = new(network, 1, training: false);
        input.CopyTo(workspace.Input);
        network.Forward(workspace, 1);
        return workspace.Output.ToArray();
    }
}
