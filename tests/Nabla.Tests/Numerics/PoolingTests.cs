using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

[Collection(Alone.Name)]
public sealed class PoolingTests
{
    /// <summary>Two and more images of channels around every vector's width; windows that tile, overlap, stick out, leave gaps and a remainder.</summary>
    public static TheoryData<int, int> Channels()
    {
        TheoryData<int, int> data = [];
        foreach (int channels in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65])
        {
            data.Add(channels, 2);
        }
        data.Add(400, 9); // enough that 7 threads get some of it
        return data;
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public void Greatest_average_and_gradients_are_those_of_scalar_code_on_1_2_3_and_7_threads(int channels, int images)
    {
        PoolingGeometry[] all =
        [
            new(6, 8, channels, 2, 2, 2, 2, 0), new(5, 7, channels, 2, 2, 2, 2, 0), new(5, 6, channels, 3, 2, 1, 1, 1),
            new(7, 5, channels, 3, 3, 2, 2, 1), new(6, 9, channels, 2, 1, 3, 3, 0), new(3, 4, channels, 3, 4, 3, 4, 0), new(1, 1, channels, 1, 1, 1, 1, 0),
        ];
        foreach (PoolingGeometry geometry in all)
        {
            NumPyRandom random = new(5);
            // Whole numbers, of which many are equal; zero of either sign.
            float[] input = [.. Numbers.Normal(random, images * geometry.InputSize).Select(value => MathF.Round(value))];
            float[] dOutput = Numbers.Normal(random, images * geometry.OutputSize);
            ScalarResults expected = new(input, dOutput, images, geometry);
            foreach (int threads in new[] { 1, 2, 3, 7 })
            {
                string what = $"{geometry}, {threads} threads";
                GuardedBuffer output = Filled(images * geometry.OutputSize), dInput = Filled(images * geometry.InputSize);
                Pooling.Max(input, output.Contents, images, geometry, threads);
                Numbers.AssertBits(expected.Max, output.Contents, $"greatest, {what}");
                Pooling.MaxGradient(input, output.Contents, dOutput, dInput.Contents, images, geometry, threads);
                Numbers.AssertBits(expected.MaxGradient, dInput.Contents, $"gradient of the greatest, {what}");
                Pooling.Average(input, output.Contents, images, geometry, threads);
                Numbers.AssertBits(expected.Average, output.Contents, $"average, {what}");
                Pooling.AverageGradient(dOutput, dInput.Contents, images, geometry, threads);
                Numbers.AssertBits(expected.AverageGradient, dInput.Contents, $"gradient of the average, {what}");
                Assert.True(output.IsIntact && dInput.IsIntact, what);
            }
        }
    }

    [Theory]
    [InlineData(new[] { 3f, 3f, 3f, 3f }, 0)]
    [InlineData(new[] { 1f, 3f, 3f, 3f }, 1)]
    [InlineData(new[] { 1f, 2f, 3f, 3f }, 2)]
    [InlineData(new[] { 1f, 2f, 2f, 3f }, 3)]
    [InlineData(new[] { -0f, 0f, 0f, -0f }, 0)]
    [InlineData(new[] { 0f, float.Epsilon, 0f, 0f }, 1)]
    [InlineData(new[] { float.MinValue, float.MinValue, float.MaxValue, 0f }, 2)]
    [InlineData(new[] { float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity }, 0)]
    [InlineData(new[] { 1f, float.PositiveInfinity, float.PositiveInfinity, 1f }, 1)]
    public void The_first_of_the_greatest_gets_all_of_the_gradient(float[] window, int taker)
    {
        foreach (int channels in new[] { 1, 4, 8, 16 })
        {
            PoolingGeometry geometry = new(2, 2, channels, 2, 2, 2, 2, 0);
            float[] input = [.. window.SelectMany(value => Enumerable.Repeat(value, channels))];
            float[] output = new float[channels], dInput = new float[4 * channels];
            Pooling.Max(input, output, 1, geometry, threads: 1);
            Pooling.MaxGradient(input, output, [.. Enumerable.Repeat(5f, channels)], dInput, 1, geometry, threads: 1);
            Assert.Equal(Enumerable.Range(0, 4 * channels).Select(i => i / channels == taker ? 5f : 0f), dInput);
        }
    }

    [Fact]
    public void A_number_that_is_none_is_not_hidden()
    {
        float[] output = new float[17];
        for (int position = 0; position < 4; position++)
        {
            float[] input = new float[4 * 17];
            input.AsSpan(position * 17, 17).Fill(float.NaN);
            Pooling.Max(input, output, 1, new PoolingGeometry(2, 2, 17, 2, 2, 2, 2, 0), threads: 1);
            Assert.All(output, value => Assert.True(float.IsNaN(value)));
        }
    }

    private static GuardedBuffer Filled(int length) => new([.. Enumerable.Repeat(99f, length)]);

    /// <summary>Both poolings and their gradients from the definition.</summary>
    private sealed class ScalarResults
    {
        public ScalarResults(float[] input, float[] dOutput, int images, PoolingGeometry geometry)
        {
            Max = new float[dOutput.Length];
            Average = new float[dOutput.Length];
            MaxGradient = new float[input.Length];
            AverageGradient = new float[input.Length];
            for (int i = 0; i < dOutput.Length; i++)
            {
                int channel = i % geometry.Channels;
                int x = i / geometry.Channels % geometry.OutputWidth;
                int y = i / geometry.Channels / geometry.OutputWidth % geometry.OutputHeight;
                int image = i / geometry.OutputSize;
                int[] window = [.. from row in Enumerable.Range(y * geometry.StrideDown - geometry.Padding, geometry.KernelHeight)
                                   from column in Enumerable.Range(x * geometry.StrideAcross - geometry.Padding, geometry.KernelWidth)
                                   where row >= 0 && row < geometry.Height && column >= 0 && column < geometry.Width
                                   select ((image * geometry.Height + row) * geometry.Width + column) * geometry.Channels + channel];
                int first = window.MaxBy(at => input[at]);
                Max[i] = window.Select(at => input[at]).Aggregate(float.NegativeInfinity, MathF.Max);
                MaxGradient[first] += dOutput[i];
                float sum = 0;
                foreach (int at in window)
                {
                    sum += input[at];
                }
                float share = 1f / window.Length;
                Average[i] = sum * share;
                foreach (int at in window)
                {
                    AverageGradient[at] += dOutput[i] * share;
                }
            }
        }

        public float[] Max { get; }

        public float[] MaxGradient { get; }

        public float[] Average { get; }

        public float[] AverageGradient { get; }
    }

    [Theory]
    [InlineData(Activation.Identity)]
    [InlineData(Activation.Sigmoid)]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.ReLU)]
    public void The_gradient_takes_the_derivative_of_the_activation_before(Activation activation)
    {
        const int Images = 3;
        NumPyRandom random = new(8);
        foreach (int channels in new[] { 1, 3, 16, 33 })
        {
            foreach (PoolingGeometry geometry in new PoolingGeometry[]
            {
                new(4, 6, channels, 2, 2, 2, 2, 0), new(5, 7, channels, 2, 2, 2, 2, 0), new(6, 5, channels, 3, 3, 2, 2, 1), new(5, 5, channels, 2, 2, 1, 1, 0),
            })
            {
                float[] input = Numbers.Normal(random, Images * geometry.InputSize);
                ActivationKernels.Apply(activation, input, threads: 1);
                float[] output = new float[Images * geometry.OutputSize], dOutput = Numbers.Normal(random, output.Length);
                Pooling.Max(input, output, Images, geometry, threads: 1);

                float[] expected = new float[input.Length];
                Pooling.MaxGradient(input, output, dOutput, expected, Images, geometry, threads: 1);
                ActivationKernels.MultiplyByDerivative(activation, input, expected, threads: 1);
                foreach (int threads in new[] { 1, 2, 3 })
                {
                    GuardedBuffer actual = new(Numbers.Normal(random, input.Length));
                    Pooling.MaxGradient(input, output, dOutput, actual.Contents, Images, geometry, threads, activation);
                    Assert.True(actual.IsIntact);
                    for (int i = 0; i < expected.Length; i++)
                    {
                        Assert.True(expected[i] == actual.Contents[i], $"{geometry}, {i}: {actual.Contents[i]}, expected {expected[i]}");
                    }
                }
            }
        }
    }
}
