namespace Nabla.Tests.Layers;

/// <summary>Noise by counter: of the deviation that is asked for, each value and each sample by itself, and none at inference.</summary>
public sealed class GaussianNoiseTests
{
    private const int Width = 320;

    [Theory]
    [InlineData(0.1)]
    [InlineData(2)]
    public void It_has_the_deviation_that_it_is_to_and_values_do_not_depend_on_each_other(double deviation)
    {
        const int Rows = 400;
        double[] noise = [.. Noise(Rows, deviation, new SampleRandom(1)).Select(value => (double)value)];
        Assert.Equal(0, noise.Average(), 5 * deviation / Math.Sqrt(noise.Length));
        Assert.Equal(1, noise.Average(value => value * value) / (deviation * deviation), 5 * Math.Sqrt(2.0 / noise.Length));
        Assert.Equal(3, noise.Average(value => Math.Pow(value / deviation, 4)), 5 * Math.Sqrt(96.0 / noise.Length));
        foreach (int distance in new[] { 1, 2, 4, Width })
        {
            double together = noise.Zip(noise.Skip(distance), (a, b) => a * b).Average() / (deviation * deviation);
            Assert.Equal(0, together, 5 / Math.Sqrt(noise.Length));
        }
    }

    [Fact]
    public void A_sample_gets_what_follows_from_its_place_and_another_epoch_or_seed_gives_others()
    {
        float[] three = Noise(3, 1, new SampleRandom(7, 2, 50));
        Assert.Equal(three[Width..(2 * Width)], Noise(1, 1, new SampleRandom(7, 2, 51)));
        Assert.All(new[] { Noise(3, 1, new SampleRandom(8, 2, 50)), Noise(3, 1, new SampleRandom(7, 3, 50)), Noise(3, 1, new SampleRandom(7, 2, 53)) }, other =>
            Assert.Equal(0, other.Zip(three).Count(pair => pair.First == pair.Second)));
    }

    [Fact]
    public void At_inference_values_go_through_as_they_are()
    {
        Network network = Network.Create([3], Layer.GaussianNoise(5));
        network.Initialize(new NumPyRandom(1));
        float[] values = [1, -2, 3], scores = new float[3];
        network.Score(values, scores);
        Assert.Equal(values, scores);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    public void A_deviation_that_cannot_be_meant_is_refused(double deviation) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(GaussianNoiseSpec.Deviation), () => Layer.GaussianNoise(deviation));

    private static float[] Noise(int rows, double deviation, SampleRandom random)
    {
        Network network = Network.Create([Width], Layer.GaussianNoise(deviation));
        Workspace workspace = new(network, rows, training: true);
        workspace.Input.Clear();
        network.Forward(workspace, rows, random);
        return workspace.Output.ToArray();
    }
}
