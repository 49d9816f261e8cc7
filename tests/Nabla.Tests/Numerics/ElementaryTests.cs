using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Our exp, sigmoid, tanh and log against double precision, over a sweep of all bit patterns.</summary>
public sealed class ElementaryTests
{
    // About every thousandth float; a prime, so that the low bits take all values.
    private const uint Stride = 997;

    // Bounds in units in the last place are the greatest errors of the sweep, rounded up to a tenth: the test fails where
    // they could be lower, too.
    [Fact]
    public void Exp_is_within_its_bound() => AssertError(Scalar.Exp, Math.Exp, x => true, 1.1);

    [Fact]
    public void Sigmoid_is_within_its_bound() =>
        AssertError(Scalar.Sigmoid, x => 1 / (1 + Math.Exp(-x)), x => x > -88.7f, 2.2);

    [Fact]
    public void Tanh_is_within_its_bound() => AssertError(Scalar.Tanh, Math.Tanh, x => true, 2.3);

    [Fact]
    public void Log_is_within_its_bound() => AssertError(Elementary.Log, Math.Log, x => x > 0, 0.9);

    [Fact]
    public void The_normal_distribution_is_within_its_bound() => AssertError(Scalar.NormalBelow, NormalDistribution.Below, x => x > -12.9f, 6.8);

    [Fact]
    public void Its_density_is_within_its_bound() => AssertError(Scalar.NormalDensity, NormalDistribution.Density, x => Math.Abs(x) < 13, 2.7);

    [Fact]
    public void Log_of_one_and_a_bit_is_within_its_bound() => AssertError(Scalar.LogOnePlus, LogOnePlus, x => x is >= 0 and <= 1, 1.9);

    [Fact]
    public void GELU_is_within_its_bound() =>
        AssertError(x => Scalar.Forward(default(InputFunctions.GELU), x), x => x * NormalDistribution.Below(x), x => x > -12.9f, 6.5);

    [Fact]
    public void SiLU_is_within_its_bound() =>
        AssertError(x => Scalar.Forward(default(InputFunctions.SiLU), x), x => x / (1 + Math.Exp(-x)), x => x > -87.3f, 2.7);

    [Fact]
    public void Softplus_is_within_its_bound() =>
        AssertError(x => Scalar.Forward(default(InputFunctions.Softplus), x), x => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x))), x => x > -87.3f, 2.5);

    /// <summary>Absolute: a derivative near 0 multiplies a gradient, and nothing is divided by it.</summary>
    [Fact]
    public void Their_derivatives_are_within_a_few_roundings_of_one()
    {
        const double Bound = 4e-7;
        double gelu = 0, silu = 0, softplus = 0;
        foreach (float x in Sweep().Where(float.IsFinite))
        {
            double sigmoid = 1 / (1 + Math.Exp(-(double)x)), bounded = Math.Clamp(x, -800.0, 800);
            gelu = Math.Max(gelu, Math.Abs(Scalar.Derivative(default(InputFunctions.GELU), x) - (NormalDistribution.Below(x) + bounded * NormalDistribution.Density(x))));
            silu = Math.Max(silu, Math.Abs(Scalar.Derivative(default(InputFunctions.SiLU), x) - sigmoid * (1 + bounded * (1 - sigmoid))));
            softplus = Math.Max(softplus, Math.Abs(Scalar.Derivative(default(InputFunctions.Softplus), x) - sigmoid));
        }
        Assert.True(gelu < Bound && silu < Bound && softplus < Bound, $"GELU {gelu:G3}, SiLU {silu:G3}, Softplus {softplus:G3}");
    }

    [Theory]
    [InlineData(float.NegativeInfinity, -0f, -0f, 0f)]
    [InlineData(float.MinValue, -0f, -0f, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.MaxValue, float.MaxValue, float.MaxValue, float.MaxValue)]
    [InlineData(0f, 0f, 0f, 0.6931472f)]
    [InlineData(float.NaN, float.NaN, float.NaN, float.NaN)]
    public void GELU_SiLU_and_Softplus_of_special_values(float x, float gelu, float silu, float softplus)
    {
        AssertBits(gelu, Scalar.Forward(default(InputFunctions.GELU), x));
        AssertBits(silu, Scalar.Forward(default(InputFunctions.SiLU), x));
        AssertBits(softplus, Scalar.Forward(default(InputFunctions.Softplus), x));
        bool isNumber = !float.IsNaN(x);
        Assert.Equal(isNumber, float.IsFinite(Scalar.Derivative(default(InputFunctions.GELU), x)));
        Assert.Equal(isNumber, float.IsFinite(Scalar.Derivative(default(InputFunctions.SiLU), x)));
        Assert.Equal(isNumber, float.IsFinite(Scalar.Derivative(default(InputFunctions.Softplus), x)));
    }

    /// <summary>ln(1 + x) without the rounding of 1 + x, which it undoes. W. Kahan's way.</summary>
    private static double LogOnePlus(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * (x / ((1 + x) - 1));

    // Half a minute; run it with --explicit only. Below 2⁻¹³ the functions hardly bend, and the sweep has every 997th float.
    [Fact(Explicit = true)]
    public void Every_float_from_a_few_thousandths_to_a_hundred_has_the_errors_that_are_stated()
    {
        const float Least = 1f / 8192, Greatest = 104;
        int first = BitConverter.SingleToInt32Bits(Least), count = BitConverter.SingleToInt32Bits(Greatest) - first;
        double exp = 0, sigmoid = 0, tanh = 0;
        Lock worst = new();
        Parallel.For(0, 1024, part =>
        {
            double worstExp = 0, worstSigmoid = 0, worstTanh = 0;
            for (int i = (int)((long)count * part / 1024); i < (int)((long)count * (part + 1) / 1024); i++)
            {
                float x = BitConverter.Int32BitsToSingle(first + i);
                double power = Math.Exp(x), inverse = Math.Exp(-x);
                worstExp = Math.Max(worstExp, Math.Max(Ulp.Error(Scalar.Exp(x), power), Ulp.Error(Scalar.Exp(-x), inverse)));
                worstSigmoid = Math.Max(worstSigmoid, Ulp.Error(Scalar.Sigmoid(x), 1 / (1 + inverse)));
                worstSigmoid = x < 88.7f ? Math.Max(worstSigmoid, Ulp.Error(Scalar.Sigmoid(-x), 1 / (1 + power))) : worstSigmoid;
                worstTanh = x < 11 ? Math.Max(worstTanh, Ulp.Error(Scalar.Tanh(x), Math.Tanh(x))) : worstTanh;
            }
            lock (worst)
            {
                (exp, sigmoid, tanh) = (Math.Max(exp, worstExp), Math.Max(sigmoid, worstSigmoid), Math.Max(tanh, worstTanh));
            }
        });
        Assert.Equal((1.06, 2.49, 2.42), (RoundUp(exp), RoundUp(sigmoid), RoundUp(tanh)));

        static double RoundUp(double error) => Math.Ceiling(error * 100) / 100;
    }

    [Fact]
    public void Every_float_around_the_steps_of_the_argument_reduction_is_within_the_bound()
    {
        for (int n = -150; n <= 128; n++)
        {
            float step = (float)((n + 0.5) * Math.Log(2));
            for (int i = -40; i <= 40; i++)
            {
                float x = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(step) + i);
                Assert.True(Ulp.Error(Scalar.Exp(x), Math.Exp(x)) <= 1.1, $"exp({x:R})");
                Assert.True(Ulp.Error(Scalar.Tanh(x), Math.Tanh(x)) <= 2.3, $"tanh({x:R})");
            }
        }
    }

    [Fact]
    public void Sigmoid_of_what_a_float_can_hardly_hold_is_next_to_nothing()
    {
        for (float x = -88.7f; x > -110; x -= 0.01f)
        {
            Assert.InRange(Scalar.Sigmoid(x), 0, 3.1e-39f);
        }
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.Epsilon, 1f)]
    [InlineData(-float.Epsilon, 1f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.MinValue, 0f)]
    [InlineData(88.72284f, float.PositiveInfinity)]
    [InlineData(-103.98f, 0f)]
    [InlineData(-103.9f, float.Epsilon)]
    [InlineData(float.NaN, float.NaN)]
    public void Exp_of_special_values(float x, float expected) => AssertBits(expected, Scalar.Exp(x));

    [Fact]
    public void Exp_is_finite_up_to_the_last_float_whose_exponential_is() =>
        Assert.True(float.IsFinite(Scalar.Exp(float.BitDecrement(88.72284f))));

    [Theory]
    [InlineData(0f, 0.5f)]
    [InlineData(float.Epsilon, 0.5f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.MaxValue, 1f)]
    [InlineData(float.MinValue, 0f)]
    [InlineData(17.5f, 1f)]
    [InlineData(float.NaN, float.NaN)]
    public void Sigmoid_of_special_values(float x, float expected) => AssertBits(expected, Scalar.Sigmoid(x));

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(float.Epsilon, float.Epsilon)]
    [InlineData(-float.Epsilon, -float.Epsilon)]
    [InlineData(1e-39f, 1e-39f)]
    [InlineData(-1e-39f, -1e-39f)]
    [InlineData(10f, 1f)]
    [InlineData(-10f, -1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NegativeInfinity, -1f)]
    [InlineData(float.MaxValue, 1f)]
    [InlineData(float.NaN, float.NaN)]
    public void Tanh_of_special_values(float x, float expected) => AssertBits(expected, Scalar.Tanh(x));

    [Theory]
    [InlineData(1f, 0f)]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(-1f, float.NaN)]
    [InlineData(-float.Epsilon, float.NaN)]
    [InlineData(float.NaN, float.NaN)]
    public void Log_of_special_values(float x, float expected) => AssertBits(expected, Elementary.Log(x));

    [Fact]
    public void Minus_zero_is_zero_to_all_but_tanh_which_keeps_its_sign()
    {
        AssertBits(1, Scalar.Exp(-0f));
        AssertBits(0.5f, Scalar.Sigmoid(-0f));
        AssertBits(-0f, Scalar.Tanh(-0f));
        AssertBits(float.NegativeInfinity, Elementary.Log(-0f));
        AssertBits(0.5f, Scalar.NormalBelow(-0f));
    }

    [Fact]
    public void Sigmoid_and_tanh_stay_in_their_ranges()
    {
        foreach (float x in Sweep())
        {
            if (!float.IsNaN(x))
            {
                Assert.True(Scalar.Sigmoid(x) is >= 0 and <= 1, $"sigmoid({x:R})");
                Assert.True(Scalar.Tanh(x) is >= -1 and <= 1, $"tanh({x:R})");
            }
        }
    }

    /// <summary>A rounding may go the wrong way, so rises are looked for a hundred floats on; where 1 is near, within two.</summary>
    [Fact]
    public void All_are_rising()
    {
        const float TwoRoundings = 1.2e-7f;
        for (float x = -20; x < 20; x += 0.0013f)
        {
            float next = x + 100 * MathF.Max(MathF.BitIncrement(MathF.Abs(x)) - MathF.Abs(x), 1e-7f);
            Assert.True(Scalar.Exp(next) > Scalar.Exp(x), $"exp({x:R})");
            Assert.True(Scalar.Sigmoid(next) >= Scalar.Sigmoid(x) - TwoRoundings, $"sigmoid({x:R})");
            Assert.True(Scalar.Tanh(next) >= Scalar.Tanh(x) - TwoRoundings, $"tanh({x:R})");
            Assert.True(x <= 0 || Elementary.Log(next) > Elementary.Log(x), $"log({x:R})");
        }
    }

    [Fact]
    public void Tanh_is_odd()
    {
        foreach (float x in Sweep())
        {
            AssertBits(-Scalar.Tanh(x), Scalar.Tanh(-x));
        }
    }

    private static void AssertError(Func<float, float> function, Func<double, double> exact, Func<float, bool> counts, double bound)
    {
        double worst = 0;
        float at = 0;
        foreach (float x in Sweep())
        {
            if (float.IsNaN(x))
            {
                Assert.True(float.IsNaN(function(x)));
            }
            else if (counts(x))
            {
                double error = Ulp.Error(function(x), exact(x));
                if (!(error <= worst))
                {
                    (worst, at) = (error, x);
                }
            }
        }
        Assert.True(worst <= bound, $"{worst:F3} ulp at {at:R}, expected at most {bound}");
        Assert.True(worst > bound - 0.1, $"only {worst:F3} ulp at {at:R}: the bound of {bound} can be lower");
    }

    private static IEnumerable<float> Sweep()
    {
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Stride)
        {
            yield return BitConverter.UInt32BitsToSingle((uint)bits);
        }
    }

    private static void AssertBits(float expected, float actual)
    {
        if (float.IsNaN(expected))
        {
            Assert.True(float.IsNaN(actual), $"{actual:R}");
            return;
        }
        if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(actual))
        {
            Assert.Fail($"expected {expected:R}, found {actual:R}");
        }
    }

    [Fact]
    public void Cosine_of_pi_is_within_2_units_of_the_last_place_of_1()
    {
        for (int i = 0; i <= 4096; i++)
        {
            Assert.Equal(Math.Cos(Math.PI * i / 4096), Elementary.CosineOfPi(i / 4096.0), 4.5e-16);
        }
        Assert.Equal((1, 0, -1), (Elementary.CosineOfPi(0), Elementary.CosineOfPi(0.5), Elementary.CosineOfPi(1)));
    }
}
