using System.Runtime.Intrinsics;
using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Multiply-adds as a browser makes them, beside those of the processor.</summary>
public sealed class EmulatedMultiplyAddTests
{
    [Fact]
    public void A_sum_halfway_between_two_floats_is_rounded_once()
    {
        int inexact = 0;
        foreach ((float a, float b, float c) in HalfwayCases())
        {
            double product = (double)a * b, sum = product + c;
            // What a second rounding would make of it.
            inexact += (float)sum == float.FusedMultiplyAdd(a, b, c) ? 0 : 1;
            AssertSame(a, b, c);
            AssertSame(-a, b, c);
            AssertSame(a, b, -c);
            AssertSame(-a, b, -c);
        }
        Assert.True(inexact > 1000, $"{inexact} cases are rounded otherwise at once than twice");
    }

    [Fact]
    public void Numbers_of_a_few_bits_are_halfway_often()
    {
        NumPyRandom random = new(3);
        for (int i = 0; i < 200_000; i++)
        {
            float a = Few(random), b = Few(random), c = Few(random);
            AssertSame(a, b, c);
        }

        static float Few(NumPyRandom random) => MathF.ScaleB(random.NextInt32(1 << random.NextInt32(25)), random.NextInt32(40) - 20) * (random.NextInt32(2) == 0 ? 1 : -1);
    }

    [Fact]
    public void Any_numbers()
    {
        NumPyRandom random = new(4);
        for (int i = 0; i < 1_000_000; i++)
        {
            AssertSame((float)random.NextNormal(), (float)random.NextNormal(), (float)random.NextNormal());
        }
    }

    /// <summary>Products just below or above a half of the last place of a float, by less than a double of their sum keeps.</summary>
    private static IEnumerable<(float A, float B, float C)> HalfwayCases()
    {
        NumPyRandom random = new(2);
        for (int i = 0; i < 2000; i++)
        {
            // 1 ≤ |c| < 2, so that the last place is 2⁻²³.
            float c = 1 + random.NextInt32(1 << 23) * MathF.ScaleB(1, -23);
            int exponent = random.NextInt32(60) - 30;
            for (int bits = 15; bits <= 23; bits++)
            {
                // (1 + 2⁻ᵐ)(1 − 2⁻ᵐ) = 1 − 2⁻²ᵐ
                yield return (Scale(1 + MathF.ScaleB(1, -bits), exponent - 24), 1 - MathF.ScaleB(1, -bits), Scale(c, exponent));
            }
            for (int bits = 10; bits <= 11; bits++)
            {
                // (1 + 2⁻ᵐ)(1 − 2⁻ᵐ + 2⁻²ᵐ) = 1 + 2⁻³ᵐ
                float tiny = MathF.ScaleB(1, -bits);
                yield return (Scale(1 + tiny, exponent - 24), 1 - tiny + tiny * tiny, Scale(c, exponent));
            }
        }

        static float Scale(float value, int exponent) => MathF.ScaleB(value, exponent);
    }

    private static void AssertSame(float a, float b, float c)
    {
        float expected = float.FusedMultiplyAdd(a, b, c);
        Vector128<float> actual = EmulatedMultiplyAdd.Compute(Vector128.Create(a), Vector128.Create(b), Vector128.Create(c));
        Assert.True(actual == Vector128.Create(expected), $"{a:R} · {b:R} + {c:R} is {actual}, expected {expected:R}");
        for (int lane = 0; lane < Vector128<float>.Count; lane++)
        {
            Vector128<float> one = EmulatedMultiplyAdd.Compute(Vector128<float>.Zero.WithElement(lane, a), Vector128.Create(b), Vector128<float>.Zero.WithElement(lane, c));
            Assert.Equal(Vector128<float>.Zero.WithElement(lane, expected), one);
        }
    }
}
