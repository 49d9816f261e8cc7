namespace Nabla.Tests;

public sealed class InspectionTests
{
    [Fact]
    public void What_layers_put_out_is_what_the_network_answers_with()
    {
        Network network = Trained();
        Inspection inspection = new(network);
        byte[] image = Image(seed: 5);
        inspection.Look(image);
        float[] scaled = [.. image.Select(level => level / 255f)];
        Assert.Equal(scaled, inspection.Input.ToArray());
        float[] scores = new float[3];
        network.Score(image, scores);
        Assert.Equal(scores, inspection.OutputOf(network.Layers.Count - 1).ToArray());
        // Each layer's own answer, by the network that ends there.
        for (int count = 1; count < network.Layers.Count; count++)
        {
            Network beginning = Beginning(network, count);
            float[] output = new float[beginning.OutputShape.Size];
            beginning.Score(image, output);
            Assert.Equal(output, inspection.OutputOf(count - 1).ToArray());
        }
        // Floats of the same values.
        inspection.Look(scaled);
        Assert.Equal(scores, inspection.OutputOf(network.Layers.Count - 1).ToArray());
    }

    [Fact]
    public void The_gradient_is_that_of_the_network_at_inference()
    {
        Network network = Trained();
        Inspection inspection = new(network);
        float[] sample = [.. Image(seed: 6).Select(level => level / 255f)];
        for (int output = 0; output < 3; output++)
        {
            inspection.Look(sample);
            float[] gradient = inspection.InputGradient(output);
            double greatest = gradient.Max(Math.Abs);
            Assert.True(greatest > 1e-3);
            for (int i = 0; i < sample.Length; i++)
            {
                const float Step = 1 / 64f;
                float value = sample[i];
                double Output(float with)
                {
                    sample[i] = with;
                    inspection.Look(sample);
                    return inspection.OutputOf(network.Layers.Count - 1)[output];
                }
                double slope = (Output(value + Step) - Output(value - Step)) / (2 * Step);
                sample[i] = value;
                Assert.InRange(gradient[i], slope - 0.01 * greatest, slope + 0.01 * greatest);
            }
        }
    }

    [Fact]
    public void Contributions_to_a_linear_network_add_up_to_what_differs_from_a_blank_image()
    {
        Network network = Network.Create([4, 5], Layer.Dense(3));
        network.Initialize(new NumPyRandom(3));
        network.Preprocessing = new Preprocessing { Standardization = Standardization.Fit(new ByteFeatures(Image(seed: 1, count: 9), [4, 5]), 255, StandardizationScope.Value) };
        Inspection inspection = new(network);
        float blank = inspection.OutputOf(0)[1];
        byte[] image = Image(seed: 2);
        image[7] = 0;
        inspection.Look(image);
        float[] contributions = inspection.InputContributions(1);
        Assert.Equal(0, contributions[7]);
        Assert.Equal(inspection.OutputOf(0)[1] - blank, contributions.Sum(), 1e-4f);
    }

    [Fact]
    public void Products_of_a_receptive_field_and_the_bias_are_what_a_unit_puts_out()
    {
        Network network = Network.Create(
            [9, 8, 2],
            Layer.Convolution2D(3, 3, 3, stride: 2, padding: 1),
            Layer.DepthwiseConvolution2D(3, 3, padding: 1),
            Layer.MaxPooling2D(2, 2),
            Layer.Flatten(),
            Layer.Dense(4));
        network.Initialize(new NumPyRandom(4));
        Inspection inspection = new(network);
        foreach (uint seed in (uint[])[1, 2, 3])
        {
            NumPyRandom random = new(seed);
            inspection.Look(Enumerable.Range(0, 9 * 8 * 2).Select(_ => (byte)random.NextInt32(256)).ToArray());
            foreach (int layer in (int[])[0, 1, 4])
            {
                float[] output = inspection.OutputOf(layer).ToArray();
                int units = network.Layers[layer].OutputShape[^1];
                Parameter bias = network.Layers[layer].Parameters.Single(parameter => parameter.Role == ParameterRole.Bias);
                for (int unit = 0; unit < units; unit++)
                {
                    ReceptiveField field = inspection.ReceptiveFieldOf(layer, unit)!;
                    Assert.Equal(layer == 4 ? (2, 2, 3) : (3, 3, layer == 0 ? 2 : 1), (field.Height, field.Width, field.Channels));
                    float sum = field.Weights.Zip(field.Values, (weight, value) => weight * value).Sum() + bias.Of((ReadOnlySpan<float>)network.Parameters)[unit];
                    Assert.Equal(output.Where((_, i) => i % units == unit).Max(), sum, 1e-4f);
                }
            }
            Assert.Null(inspection.ReceptiveFieldOf(2, 0));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => inspection.ReceptiveFieldOf(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => inspection.ReceptiveFieldOf(5, 0));
    }

    [Fact]
    public void A_pixel_that_decides_is_missed_wherever_it_is_covered()
    {
        // The second output is twice the pixel in row 2, column 3; the first is nothing.
        Network network = Network.Create([4, 5], Layer.Dense(2));
        network.Parameters.Clear();
        network.Parameters[(2 * 5 + 3) * 2 + 1] = 2;
        network.MarkInitialized();
        Inspection inspection = new(network);
        byte[] image = new byte[20];
        image.AsSpan().Fill(255);
        inspection.Look(image);
        Assert.All(inspection.Occlusion(0, side: 2, stride: 1), lower => Assert.Equal(0, lower));
        // Of the squares of two by two that cover a pixel, the share that covers the one that decides, times two.
        float[] expected =
        [
            0, 0, 0, 0, 0,
            0, 0, 0.5f, 1, 1,
            0, 0, 1, 2, 2,
            0, 0, 1, 2, 2,
        ];
        Assert.Equal(expected, inspection.Occlusion(1, side: 2, stride: 1));
    }

    [Fact]
    public void Squares_cover_the_whole_image_whatever_the_stride()
    {
        Network network = Network.Create([7, 9, 2], Layer.Dense(1, bias: false));
        network.Parameters.Fill(1);
        network.MarkInitialized();
        Inspection inspection = new(network);
        byte[] image = new byte[7 * 9 * 2];
        image.AsSpan().Fill(255);
        inspection.Look(image);
        // All squares are alike: three by three pixels of two channels.
        Assert.All(inspection.Occlusion(0, side: 3, stride: 3), lower => Assert.Equal(18, lower, 1e-4f));
        Assert.All(inspection.Occlusion(0, side: 3, stride: 2), lower => Assert.Equal(18, lower, 1e-4f));
    }

    [Fact]
    public void What_cannot_be_looked_at_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new Inspection(Network.Create([4], Layer.Dense(2))));
        Network network = Network.Create([4], Layer.Dense(2));
        network.Initialize(new NumPyRandom(1));
        Inspection inspection = new(network);
        Assert.Throws<ArgumentException>(() => inspection.Look(new byte[5]));
        Assert.Throws<ArgumentException>(() => inspection.Look(new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => inspection.OutputOf(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => inspection.InputGradient(2));
        Assert.Throws<InvalidOperationException>(() => inspection.Occlusion(0, side: 1, stride: 1));
    }

    /// <summary>A network with layers that behave otherwise in training, after some steps of it, without kinks.</summary>
    private static Network Trained()
    {
        Network network = Network.Create(
            [4, 5], Layer.Convolution2D(3, 3, 3, padding: 1), Layer.BatchNormalization(Activation.Tanh), Layer.Dropout(), Layer.AveragePooling2D(2, 2),
            Layer.Residual(Layer.Convolution2D(3, 1, 1, Activation.Tanh), Layer.Dropout(0.3)), Layer.Dense(6), Layer.BatchNormalization(Activation.Sigmoid), Layer.Dense(3));
        DataSet data = DataSet.FromImages(Image(seed: 1, count: 60), [4, 5], [.. Enumerable.Range(0, 60).Select(i => i % 3)], 3);
        new Trainer(network, Loss.Quadratic, new Adam()).Fit(data, new TrainingOptions { Epochs = 3, BatchSize = 20, Seed = 2 });
        return network;
    }

    /// <summary>The first layers of a network, as it describes them, with their weights.</summary>
    private static Network Beginning(Network network, int count)
    {
        LayerSpec[] specs = [.. LayersOf(network).Take(count)];
        Network beginning = Network.Create(network.InputShape, specs);
        network.Parameters[..beginning.Parameters.Length].CopyTo(beginning.Parameters);
        network.Buffers[..beginning.Buffers.Length].CopyTo(beginning.Buffers);
        beginning.Preprocessing = network.Preprocessing;
        beginning.MarkInitialized();
        return beginning;
    }

    /// <summary>The layers of <see cref="Trained"/> one by one, with the residual block as the layers that it is.</summary>
    private static LayerSpec[] LayersOf(Network network)
    {
        LayerSpec[] layers =
        [
            Layer.Convolution2D(3, 3, 3, padding: 1), Layer.BatchNormalization(Activation.Tanh), Layer.Dropout(), Layer.AveragePooling2D(2, 2) with { Name = "before" },
            Layer.Convolution2D(3, 1, 1, Activation.Tanh), Layer.Dropout(0.3) with { Name = "body" }, Layer.Add("before", "body"), Layer.Dense(6), Layer.BatchNormalization(Activation.Sigmoid), Layer.Dense(3),
        ];
        Assert.Equal(network.Layers.Count, layers.Length);
        return layers;
    }

    private static byte[] Image(uint seed, int count = 1)
    {
        NumPyRandom random = new(seed);
        return [.. Enumerable.Range(0, 20 * count).Select(_ => (byte)random.NextInt32(256))];
    }
}
