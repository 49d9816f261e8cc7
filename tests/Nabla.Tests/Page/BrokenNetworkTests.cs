using Nabla.Page;

namespace Nabla.Tests.Page;

/// <summary>What the page's panel “Break it” does to weights.</summary>
public sealed class BrokenNetworkTests
{
    private const int Whole = 32;

    /// <summary>Each by hand: with 4 bits, levels of 0.7 / 7 = 0.1; with 2, −0.7, 0 and 0.7; with 1, the mean magnitude, (0.7 + 0.36 + 0.34 + 0.1 + 0) / 5.</summary>
    [Theory]
    [InlineData(32, new[] { 0.7f, -0.36f, -0.34f, 0.1f, 0 })]
    [InlineData(4, new[] { 0.7f, -0.4f, -0.3f, 0.1f, 0 })]
    [InlineData(2, new[] { 0.7f, -0.7f, 0, 0, 0 })]
    [InlineData(1, new[] { 0.3f, -0.3f, -0.3f, 0.3f, 0.3f })]
    public void Weights_go_to_the_nearest_level(int bits, float[] expected)
    {
        float[] weights = [0.7f, -0.36f, -0.34f, 0.1f, 0];
        BrokenNetwork.Quantize(weights, bits);
        Assert.All(weights.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
    }

    [Fact]
    public void Eight_bits_have_255_levels_sixteen_are_half_floats_and_others_are_refused()
    {
        float[] weights = [.. Enumerable.Range(-5000, 10_001).Select(i => i / 5000f)];
        float[] halves = [.. weights], whole = [.. weights];
        BrokenNetwork.Quantize(weights, 8);
        Assert.Equal(255, weights.Distinct().Count());
        Assert.Equal((-1, 0, 1), (weights[0], weights[5000], weights[^1]));
        Assert.All(weights.Zip(whole), pair => Assert.InRange(MathF.Abs(pair.First - pair.Second), 0, 0.5001f / 127));
        BrokenNetwork.Quantize(halves, 16);
        Assert.Equal(whole.Select(value => (float)(Half)value), halves);
        Assert.Throws<ArgumentOutOfRangeException>(() => BrokenNetwork.Quantize(whole, 3));

        // Nothing but zeros has no scale.
        foreach (int bits in new[] { 8, 4, 2, 1 })
        {
            float[] zeros = new float[3];
            BrokenNetwork.Quantize(zeros, bits);
            Assert.Equal(new float[3], zeros);
        }
    }

    [Fact]
    public void Noise_has_the_share_of_the_deviation_that_was_asked_for_repeats_and_leaves_biases()
    {
        Network network = Small();
        BrokenNetwork broken = new(network);
        broken.Damage(Whole, 0.5, 0, []);
        float[] first = broken.Network.Parameters.ToArray();
        foreach (Parameter parameter in network.Layers.SelectMany(layer => layer.Parameters))
        {
            float[] before = parameter.Of(network.Parameters).ToArray(), noise = [.. parameter.Of(first.AsSpan()).ToArray().Zip(before, (after, whole) => after - whole)];
            if (parameter.Role == ParameterRole.Bias)
            {
                Assert.All(noise, value => Assert.Equal(0, value));
            }
            else
            {
                // Of n numbers it is known to one in √(2n).
                double tolerance = 1.5 / Math.Sqrt(before.Length);
                Assert.InRange(Deviation(noise) / Deviation(before), 0.5 - tolerance, 0.5 + tolerance);
            }
        }
        broken.Damage(1, 3, 0, [1]);
        broken.Damage(Whole, 0.5, 0, []);
        Assert.Equal(first, broken.Network.Parameters.ToArray());

        // With none it is whole again, and the network itself was never touched.
        broken.Damage(Whole, 0, 0, []);
        Assert.Equal(network.Parameters.ToArray(), broken.Network.Parameters.ToArray());
        Assert.Equal(Small().Parameters.ToArray(), network.Parameters.ToArray());
    }

    [Fact]
    public void A_unit_that_is_off_puts_out_nothing_and_others_what_they_did()
    {
        Network network = Small();
        BrokenNetwork broken = new(network);
        byte[] image = [.. Enumerable.Range(0, 64).Select(i => (byte)(4 * i))];
        foreach ((BreakableLayer layer, int units) in broken.Layers.Zip([4, 6, 3]))
        {
            Assert.Equal(Enumerable.Range(0, units), layer.Order.Order());
            broken.Damage(Whole, 0, layer.Index, layer.Order.AsSpan(0, 2));
            Inspection before = new(network), after = new(broken.Network);
            before.Look(image);
            after.Look(image);
            float[] whole = before.OutputOf(layer.Index).ToArray(), damaged = after.OutputOf(layer.Index).ToArray();
            for (int i = 0; i < whole.Length; i++)
            {
                Assert.Equal(layer.Order.AsSpan(0, 2).Contains(i % units) ? 0 : whole[i], damaged[i]);
            }
        }
        Assert.Equal(["convolution2d1", "dense1", "dense2"], broken.Layers.Select(layer => layer.Layer.Name));
    }

    private static Network Small()
    {
        Network network = Network.Create([8, 8], Layer.Convolution2D(4, 3, 3, Activation.ReLU, biases: Initializer.Uniform(0, 1)), Layer.MaxPooling2D(2, 2), Layer.Dense(6, Activation.Tanh, biases: Initializer.Uniform(-1, 1)), Layer.Dense(3));
        network.Initialize(new NumPyRandom(1));
        return network;
    }

    private static double Deviation(float[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
