namespace Nabla.Tests.Onnx;

/// <summary>Networks of ours in ONNX Runtime, and back.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void A_thousand_networks_at_random_agree_with_ONNX_Runtime_and_come_back_to_the_byte()
    {
        RandomNetworks networks = new(seed: 15);
        using TemporaryFolder folder = new();
        for (int i = 0; i < 1000; i++)
        {
            Network network = networks.Next();
            float[] samples = networks.Samples(3, network.InputShape.Size);
            byte[] model = OnnxRuntime.Export(network);
            string what = $"network {i}, input {network.InputShape}:\n{network}";
            AssertClose(network.Score(new FloatFeatures(samples, network.InputShape)), OnnxRuntime.Run(model, 3, samples), what);

            File.WriteAllBytes(folder["model.onnx"], model);
            Network imported = Import(folder["model.onnx"], what);
            AssertClose(network.Score(new FloatFeatures(samples, network.InputShape)), imported.Score(new FloatFeatures(samples, imported.InputShape)), what);
            Assert.True(model.AsSpan().SequenceEqual(OnnxRuntime.Export(imported)), $"exported again, other bytes: {what}\nimported:\n{imported}");
        }
    }

    /// <summary>Layers that do nothing at inference have no node; who reads what they hand on reads the same, in the same order.</summary>
    [Theory]
    [InlineData("dropout")]
    [InlineData("identity")]
    [InlineData("cropping")]
    [InlineData("rescaling")]
    public void A_layer_that_hands_an_image_on_at_the_end_changes_no_order(string last)
    {
        LayerSpec nothing = last switch { "dropout" => Layer.Dropout(), "identity" => new ActivationSpec { Function = Activation.Identity }, "cropping" => Layer.Cropping2D(), _ => Layer.Rescaling(1) };
        Network network = Network.Create([5, 4], Layer.Convolution2D(3, 2, 2), nothing);
        RandomNetworks networks = new(seed: 8);
        networks.Fill(network);
        network.Loss = new SoftmaxCrossEntropyLoss();
        float[] samples = networks.Samples(3, 20);
        byte[] model = OnnxRuntime.Export(network, new OnnxExportOptions { Probabilities = true });
        AssertClose(network.Score(new FloatFeatures(samples, [5, 4])), OnnxRuntime.Run(model, 3, samples), last);
    }

    private static Network Import(string path, string what)
    {
        try
        {
            return Network.ImportOnnx(path);
        }
        catch (MalformedFileException exception)
        {
            Assert.Fail($"{exception.Message}\n{what}");
            throw;
        }
    }

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        // As many digits as floats have, of the greatest number: sums cancel.
        float scale = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5f * scale, $"number {i}: {expected[i]} and {actual[i]}, {what}");
        }
    }
}
