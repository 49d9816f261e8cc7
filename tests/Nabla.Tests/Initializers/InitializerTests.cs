namespace Nabla.Tests.Initializers;

public sealed class InitializerTests
{
    public static TheoryData<Initializer, bool, double> Scaled() => new()
    {
        // Variance of a layer of 300 inputs and 200 outputs.
        { Initializer.HeNormal, true, 2.0 / 300 },
        { Initializer.HeUniform, false, 2.0 / 300 },
        { Initializer.GlorotNormal, true, 2.0 / 500 },
        { Initializer.GlorotUniform, false, 2.0 / 500 },
        { Initializer.LeCunNormal, true, 1.0 / 300 },
        { Initializer.LeCunUniform, false, 1.0 / 300 },
    };

    [Fact]
    public void Zeros_draws_nothing()
    {
        NumPyRandom random = new(1);
        Assert.Equal([0, 0, 0], Fill(Initializer.Zeros, 3, random));
        Assert.Equal(new NumPyRandom(1).NextDouble(), random.NextDouble());
    }

    [Fact]
    public void Normal_is_the_stream_in_order_rounded_to_float()
    {
        NumPyRandom stream = new(5);
        float[] expected = [.. Enumerable.Range(0, 101).Select(_ => (float)(0.3 * stream.NextNormal()))];
        Assert.Equal(expected, Fill(Initializer.Normal(0.3), 101, new NumPyRandom(5)));
    }

    [Fact]
    public void Uniform_is_the_stream_in_order_rounded_to_float()
    {
        NumPyRandom stream = new(5);
        float[] expected = [.. Enumerable.Range(0, 101).Select(_ => (float)(-0.5 + 2 * stream.NextDouble()))];
        Assert.Equal(expected, Fill(Initializer.Uniform(-0.5, 1.5), 101, new NumPyRandom(5)));
    }

    [Theory]
    [MemberData(nameof(Scaled))]
    public void Scaled_ones_have_the_promised_mean_variance_and_distribution(Initializer initializer, bool normal, double variance)
    {
        float[] values = new float[300 * 200];
        initializer.Fill(values, 300, 200, new NumPyRandom(9));
        double deviation = Math.Sqrt(variance);
        double mean = values.Average(value => (double)value);
        // Five standard errors of the mean and of the variance of 60,000 numbers.
        Assert.InRange(mean, -5 * deviation / Math.Sqrt(60_000), 5 * deviation / Math.Sqrt(60_000));
        double measured = values.Average(value => (value - mean) * (value - mean));
        Assert.InRange(measured / variance, 1 - 5 * Math.Sqrt(2.0 / 60_000), 1 + 5 * Math.Sqrt(2.0 / 60_000));
        double greatest = values.Max(Math.Abs) / deviation;
        // A uniform distribution ends at the square root of 3, a normal one goes on: beyond 3.5 in 60,000 draws.
        Assert.True(normal ? greatest > 3.5 : greatest is > 1.73 and <= 1.7320509, $"{greatest}");
    }

    [Fact]
    public void Scaled_normal_is_the_normal_stream_times_the_deviation()
    {
        NumPyRandom stream = new(5);
        float[] values = new float[20];
        Initializer.HeNormal.Fill(values, 50, 3, new NumPyRandom(5));
        Assert.Equal(Enumerable.Range(0, 20).Select(_ => (float)(Math.Sqrt(2.0 / 50) * stream.NextNormal())), values);
    }

    [Fact]
    public void A_network_draws_weights_before_biases_layer_by_layer()
    {
        Network network = Network.Create(
            [3],
            Layer.Dense(4, weights: Initializer.Normal(1), biases: Initializer.Normal(2)),
            Layer.Dense(2, bias: false, weights: Initializer.Uniform(0, 1), biases: Initializer.Normal(2)),
            Layer.Dense(1, weights: Initializer.Normal(3), biases: Initializer.Uniform(-1, 1)));
        network.Initialize(new NumPyRandom(6));

        NumPyRandom stream = new(6);
        List<float> expected = [];
        Draw(12, () => stream.NextNormal());
        Draw(4, () => 2 * stream.NextNormal());
        Draw(8, () => stream.NextDouble());
        Draw(2, () => 3 * stream.NextNormal());
        Draw(1, () => -1 + 2 * stream.NextDouble());
        Assert.Equal(expected, network.Parameters.ToArray());

        void Draw(int count, Func<double> next)
        {
            for (; count > 0; count--)
            {
                expected.Add((float)next());
            }
        }
    }

    [Fact]
    public void By_default_ReLU_begins_with_He_and_all_others_with_Glorot_and_biases_with_zero()
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            Network network = Network.Create([6], Layer.Dense(5, activation));
            network.Initialize(new NumPyRandom(3));
            float[] expected = new float[35];
            (activation == Activation.ReLU ? Initializer.HeNormal : Initializer.GlorotUniform).Fill(expected.AsSpan(0, 30), 6, 5, new NumPyRandom(3));
            Assert.Equal(expected, network.Parameters.ToArray());
        }
    }

    [Fact]
    public void Refuses_what_is_out_of_range_by_name()
    {
        AssertNames("Deviation", () => Initializer.Normal(-1));
        AssertNames("Deviation", () => Initializer.Normal(double.NaN));
        AssertNames("High", () => Initializer.Uniform(1, 0));
        AssertNames("High", () => Initializer.Uniform(0, double.PositiveInfinity));
        AssertNames("High", () => Initializer.Uniform(double.NaN, 0));
        AssertNames("Scale", () => new VarianceScalingInitializer(0, Fan.In, Spread.Normal));
        AssertNames("Fan", () => new VarianceScalingInitializer(1, (Fan)9, Spread.Normal));
        AssertNames("Spread", () => new VarianceScalingInitializer(1, Fan.In, (Spread)9));
    }

    private static float[] Fill(Initializer initializer, int count, NumPyRandom random)
    {
        float[] values = [.. Enumerable.Repeat(77f, count)];
        initializer.Fill(values, 1, 1, random);
        return values;
    }

    private static void AssertNames(string property, Func<object> make) =>
        Assert.Equal(property, Assert.Throws<ArgumentOutOfRangeException>(make).ParamName);
}
