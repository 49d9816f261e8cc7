using System.Runtime.CompilerServices;
using Nabla.Numerics;

namespace Nabla.Tests.Numerics;

/// <summary>Every width computes the same bits. (Widths that the processor lacks run as the runtime emulates them.)</summary>
public sealed class LanesTests
{
    private static readonly float[] Specials =
    [
        0, -0f, 1, -1, 0.5f, 1.5f, 2.5f, -2.5f, 3, 1e-39f, -1e-39f, float.Epsilon, -float.Epsilon, 1.1754944e-38f,
        float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 88.72284f, -103.97f, 8388609.5f,
    ];

    private interface IOperation
    {
        static abstract T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T>;
    }

    [Fact]
    public void Addition() => AssertSame<Add>();

    [Fact]
    public void Subtraction() => AssertSame<Subtract>();

    [Fact]
    public void Multiplication() => AssertSame<Multiply>();

    [Fact]
    public void Division() => AssertSame<Divide>();

    [Fact]
    public void Fused_multiply_add() => AssertSame<FusedMultiplyAdd>();

    [Fact]
    public void Square_root() => AssertSame<Sqrt>();

    [Fact]
    public void Absolute_value() => AssertSame<Abs>();

    [Fact]
    public void Minimum() => AssertSame<Min>();

    [Fact]
    public void Maximum() => AssertSame<Max>();

    [Fact]
    public void Rounding() => AssertSame<Round>();

    [Fact]
    public void Copying_of_the_sign() => AssertSame<CopySign>();

    [Fact]
    public void Choice() => AssertSame<WherePositive>();

    [Fact]
    public void Exponential() => AssertSame<Exp>();

    [Fact]
    public void Sigmoid() => AssertSame<Sigmoids>();

    [Fact]
    public void Hyperbolic_tangent() => AssertSame<Tanh>();

    [Fact]
    public void Products_that_are_added() => AssertSame<AddProducts>();

    [Fact]
    public void Normal_distribution() => AssertSame<NormalBelow>();

    [Fact]
    public void Functions_of_the_input_and_their_derivatives()
    {
        AssertSame<Functions<InputFunctions.GELU>>();
        AssertSame<Functions<InputFunctions.SiLU>>();
        AssertSame<Functions<InputFunctions.Softplus>>();
        AssertSame<Functions<InputFunctions.LeakyReLU>>();
        AssertSame<Functions<InputFunctions.Clip>>();
    }

    [Fact]
    public void Powers_of_two()
    {
        float[] exponents = [.. Enumerable.Range(-126, 254).Select(e => (float)e), -126, -126];
        float[] scalar = Run<PowerOfTwo, Lanes1>(exponents, exponents, exponents);
        Assert.Equal(exponents.Select(e => (float)Math.ScaleB(1, (int)e)), scalar);
        AssertSame<PowerOfTwo>(exponents, exponents, exponents);
    }

    [Fact]
    public void One_lane_is_what_its_name_says()
    {
        Assert.Equal([5, -1, 6, 2 / 3f], [One<Add>(2, 3), One<Subtract>(2, 3), One<Multiply>(2, 3), One<Divide>(2, 3)]);
        Assert.Equal(10, One<AddProducts>(2, 3, 4));
        Assert.Equal([10, 3, 2, 2, 3], [One<FusedMultiplyAdd>(2, 3, 4), One<Sqrt>(9), One<Abs>(-2), One<Min>(2, 3), One<Max>(2, 3)]);
        Assert.Equal([2, 4, -2, -2], [One<Round>(2.5f), One<Round>(3.5f), One<CopySign>(2, -3), One<Round>(-1.6f)]);
        Assert.Equal([7, 8, 8, 8], [One<WherePositive>(1, 7, 8), One<WherePositive>(0, 7, 8), One<WherePositive>(-1, 7, 8), One<WherePositive>(float.NaN, 7, 8)]);
        Assert.True(float.IsNaN(One<Min>(float.NaN, 1)) && float.IsNaN(One<Min>(1, float.NaN)));
        Assert.True(float.IsNaN(One<Max>(float.NaN, 1)) && float.IsNaN(One<Max>(1, float.NaN)));
    }

    private static float One<TOperation>(float a, float b = 0, float c = 0)
        where TOperation : struct, IOperation => Run<TOperation, Lanes1>([a], [b], [c])[0];

    private static void AssertSame<TOperation>()
        where TOperation : struct, IOperation
    {
        List<float> a = [], b = [], c = [];
        foreach (float x in Specials)
        {
            foreach (float y in Specials)
            {
                foreach (float z in Specials)
                {
                    a.Add(x);
                    b.Add(y);
                    c.Add(z);
                }
            }
        }
        NumPyRandom random = new(5);
        for (int i = 0; i < 60_000 || a.Count % 16 != 0; i++)
        {
            // Any bit pattern, and numbers of everyday size.
            bool bits = i % 2 == 0;
            a.Add(bits ? AnyBits(random) : (float)random.NextNormal(0, 20));
            b.Add(bits ? AnyBits(random) : (float)random.NextNormal(0, 20));
            c.Add(bits ? AnyBits(random) : (float)random.NextNormal(0, 20));
        }
        AssertSame<TOperation>([.. a], [.. b], [.. c]);
    }

    private static void AssertSame<TOperation>(float[] a, float[] b, float[] c)
        where TOperation : struct, IOperation
    {
        float[] scalar = Run<TOperation, Lanes1>(a, b, c);
        AssertSame(scalar, Run<TOperation, Lanes4>(a, b, c), "4 lanes", a, b, c);
        AssertSame(scalar, Run<TOperation, WasmLanes>(a, b, c), "4 lanes of WebAssembly", a, b, c);
        AssertSame(scalar, Run<TOperation, Lanes8>(a, b, c), "8 lanes", a, b, c);
        AssertSame(scalar, Run<TOperation, Lanes16>(a, b, c), "16 lanes", a, b, c);
    }

    private static void AssertSame(float[] expected, float[] actual, string width, float[] a, float[] b, float[] c)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]) && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))
            {
                Assert.Fail($"{width} make {actual[i]:R} of {a[i]:R}, {b[i]:R}, {c[i]:R}, one makes {expected[i]:R}");
            }
        }
    }

    private static float[] Run<TOperation, T>(float[] a, float[] b, float[] c)
        where TOperation : struct, IOperation
        where T : struct, ILanes<T>
    {
        float[] result = new float[a.Length];
        Assert.Equal(0, a.Length % T.Count);
        for (int i = 0; i < a.Length; i += T.Count)
        {
            TOperation.Of(T.Load(ref a[0], i), T.Load(ref b[0], i), T.Load(ref c[0], i)).Store(ref result[0], i);
        }
        return result;
    }

    private static float AnyBits(NumPyRandom random)
    {
        uint bits = ((uint)random.NextInt32(1 << 16) << 16) | (uint)random.NextInt32(1 << 16);
        return Unsafe.BitCast<uint, float>(bits);
    }

    private readonly struct Add : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => a + b;
    }

    private readonly struct Subtract : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => a - b;
    }

    private readonly struct Multiply : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => a * b;
    }

    private readonly struct Divide : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => a / b;
    }

    private readonly struct FusedMultiplyAdd : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.FusedMultiplyAdd(a, b, c);
    }

    private readonly struct Sqrt : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.Sqrt(a);
    }

    private readonly struct Abs : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.Abs(a);
    }

    private readonly struct Min : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.Min(a, b);
    }

    private readonly struct Max : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.Max(a, b);
    }

    private readonly struct Round : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.Round(a);
    }

    private readonly struct PowerOfTwo : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.PowerOfTwo(a);
    }

    private readonly struct CopySign : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.CopySign(a, b);
    }

    private readonly struct WherePositive : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => T.WherePositive(a, b, c);
    }

    private readonly struct Exp : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => Elementary.Exp(a);
    }

    private readonly struct Sigmoids : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => Elementary.Sigmoid(a);
    }

    private readonly struct Tanh : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => Elementary.Tanh(a);
    }

    private readonly struct AddProducts : IOperation
    {
        public static unsafe T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T>
        {
            float* others = stackalloc float[16];
            b.Store(ref *others, 0);
            T.AddProducts(ref c, a, others);
            return c;
        }
    }

    private readonly struct NormalBelow : IOperation
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => Elementary.Normal(a).Below;
    }

    private readonly struct Functions<TFunction> : IOperation
        where TFunction : struct, IInputFunction
    {
        public static T Of<T>(T a, T b, T c)
            where T : struct, ILanes<T> => default(TFunction).Forward(a) + default(TFunction).Backward(b, c);
    }
}
