using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

[Collection(Alone.Name)]
public sealed class ActivationKernelsTests
{
    public static TheoryData<Activation> Activations() => [.. Enum.GetValues<Activation>()];

    [Theory]
    [MemberData(nameof(Activations))]
    public void Applies_the_function(Activation activation)
    {
        float[] x = Numbers.Normal(new NumPyRandom(3), 101, deviation: 3);
        GuardedBuffer y = new(x);
        ActivationKernels.Apply(activation, y.Contents, threads: 1);
        Assert.True(y.IsIntact);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(Function(activation, x[i]), y.Contents[i], 3e-7 * Math.Max(1, Math.Abs(x[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Multiplies_by_the_derivative(Activation activation)
    {
        NumPyRandom random = new(4);
        float[] x = Numbers.Normal(random, 101, deviation: 2);
        float[] dy = Numbers.Normal(random, 101);
        float[] y = [.. x];
        ActivationKernels.Apply(activation, y, threads: 1);
        GuardedBuffer dx = new(dy);
        ActivationKernels.MultiplyByDerivative(activation, y, dx.Contents, threads: 1);
        Assert.True(dx.IsIntact);
        const double H = 1e-6;
        for (int i = 0; i < x.Length; i++)
        {
            double slope = (Function(activation, x[i] + H) - Function(activation, x[i] - H)) / (2 * H);
            Assert.Equal(dy[i] * slope, dx.Contents[i], 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Gives_the_same_bits_on_any_number_of_threads(Activation activation)
    {
        NumPyRandom random = new(5);
        float[] x = Numbers.Normal(random, 120_007, deviation: 4);
        float[] dy = Numbers.Normal(random, x.Length);
        (float[] y, float[] dx) = Run(1);
        foreach (int threads in new[] { 2, 3, 7 })
        {
            (float[] otherY, float[] otherDx) = Run(threads);
            Numbers.AssertBits(y, otherY, $"{threads} threads");
            Numbers.AssertBits(dx, otherDx, $"{threads} threads, derivative");
        }

        (float[] Y, float[] Dx) Run(int threads)
        {
            float[] values = [.. x], gradient = [.. dy];
            ActivationKernels.Apply(activation, values, threads);
            ActivationKernels.MultiplyByDerivative(activation, values, gradient, threads);
            return (values, gradient);
        }
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void Does_not_hide_a_NaN(Activation activation)
    {
        float[] values = [.. Enumerable.Repeat(float.NaN, 23)];
        ActivationKernels.Apply(activation, values, threads: 1);
        Assert.All(values, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void ReLU_has_no_slope_at_zero()
    {
        float[] gradient = [1, 1, 1];
        ActivationKernels.MultiplyByDerivative(Activation.ReLU, [0, -0f, 1e-30f], gradient, threads: 1);
        Assert.Equal([0, 0, 1], gradient);
    }

    [Fact]
    public void Refuses_lengths_that_differ() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ActivationKernels.MultiplyByDerivative(Activation.Tanh, new float[3], new float[4], 1));

    [Fact]
    public void Refuses_a_function_there_is_none_of()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ActivationKernels.Apply((Activation)77, new float[3], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActivationKernels.MultiplyByDerivative((Activation)77, new float[3], new float[3], 1));
    }

    private static double Function(Activation activation, double x) => activation switch
    {
        Activation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Activation.Tanh => Math.Tanh(x),
        Activation.ReLU => Math.Max(0, x),
        _ => x,
    };
}
