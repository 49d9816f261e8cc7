using System.Runtime.CompilerServices;

namespace Nabla.Numerics;

/// <summary>
/// The exponential and its relatives as fused-multiply-add polynomials, the same bits in every lane and on every
/// processor. (The C library's and <c>TensorPrimitives</c>' versions differ between platforms, widths and remainders.)
/// </summary>
internal static class Elementary
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, the first with few enough bits that its product with a small whole number is exact (Cody and Waite).
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>eˣ: 0 below about −103.97, infinity above about 88.72. At most 1.06 units in the last place off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : struct, ILanes<T>
    {
        x = T.Min(T.Max(x, T.Broadcast(-104)), T.Broadcast(89));
        T n = T.Round(x * T.Broadcast(Log2E));
        T power = ExpMinusOneOfRemainder(x, n) + T.Broadcast(1);

        // 2ⁿ as a product of two factors: n itself reaches from −150 to 128, beyond a float's exponents.
        T half = T.Round(n * T.Broadcast(0.5f));
        return power * T.PowerOfTwo(half) * T.PowerOfTwo(n - half);
    }

    /// <summary>1 / (1 + e⁻ˣ). At most 2.49 units in the last place off, down to −88.7, where the result leaves the normal floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x)
        where T : struct, ILanes<T> =>
        T.Broadcast(1) / (T.Broadcast(1) + Exp(T.Broadcast(0) - x));

    /// <summary>
    /// tanh x = t / (t + 2) with t = e²ˣ − 1, which keeps its relative precision near zero. Exactly ±1 from |x| = 10 on. At most 2.42 units in the last place off.
    /// </summary>
    public static T Tanh<T>(T x)
        where T : struct, ILanes<T>
    {
        T twice = T.Min(T.Abs(x), T.Broadcast(10)) * T.Broadcast(2);
        T n = T.Round(twice * T.Broadcast(Log2E));
        T scale = T.PowerOfTwo(n);
        T t = T.FusedMultiplyAdd(scale, ExpMinusOneOfRemainder(twice, n), scale - T.Broadcast(1));
        return T.CopySign(t / (t + T.Broadcast(2)), x);
    }

    /// <summary>
    /// Φ(x), the share of a normal distribution below x, and its density φ(x) = e^(−x²/2) / √(2π). At most 6.8 and 2.7 units in the last place off,
    /// down to −12.9, where the first leaves the normal floats.
    /// </summary>
    /// <remarks>
    /// With u = |x| and Φ(−u) = e^(−u²/2) · Q(u) a tail keeps its relative precision, which ½ (1 + erf(x/√2)) loses. Q = ½ erfcx(u/√2) falls slowly,
    /// as 1 / (u √(2π)): over s = 4 / (4 + u) it is s times a polynomial of degree 9, found by interpolation at Chebyshev's nodes for u up to 14;
    /// that is within 1.3·10⁻⁸ of Q.
    /// </remarks>
    public static (T Below, T Density) Normal<T>(T x)
        where T : struct, ILanes<T>
    {
        T u = T.Min(T.Abs(x), T.Broadcast(20));

        // u² in two parts: the rounding of a single one would be multiplied by e's slope.
        T square = u * u;
        T rest = T.FusedMultiplyAdd(u, u, T.Broadcast(0) - square);
        T power = Exp(square * T.Broadcast(-0.5f));
        power = T.FusedMultiplyAdd(power, rest * T.Broadcast(-0.5f), power);

        T s = T.Broadcast(4) / (T.Broadcast(4) + u);
        T v = s - T.Broadcast(0.5f);
        T series = T.FusedMultiplyAdd(v, T.Broadcast(0.01538360334f), T.Broadcast(0.01288075074f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(-0.05031417214f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(-0.05641893921f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(0.06023400562f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(0.2416267549f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(0.3730453698f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(0.3871366841f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(0.3039483091f));
        series = T.FusedMultiplyAdd(v, series, T.Broadcast(0.1888212846f));
        T tail = power * (s * series);
        return (T.WherePositive(x, T.Broadcast(1) - tail, tail), power * T.Broadcast(0.398942280f));
    }

    /// <summary>
    /// ln(1 + z) of a z from 0 to 1: with s = z / (2 + z), 2 · (s + s³/3 + s⁵/5 + …) to s¹⁵. What is left out is below 2·10⁻⁹ of it. At most 1.9 units in the last place off.
    /// </summary>
    public static T LogOnePlus<T>(T z)
        where T : struct, ILanes<T>
    {
        T s = z / (T.Broadcast(2) + z);
        T square = s * s;
        T series = T.FusedMultiplyAdd(square, T.Broadcast(1f / 15), T.Broadcast(1f / 13));
        series = T.FusedMultiplyAdd(square, series, T.Broadcast(1f / 11));
        series = T.FusedMultiplyAdd(square, series, T.Broadcast(1f / 9));
        series = T.FusedMultiplyAdd(square, series, T.Broadcast(1f / 7));
        series = T.FusedMultiplyAdd(square, series, T.Broadcast(1f / 5));
        series = T.FusedMultiplyAdd(square, series, T.Broadcast(1f / 3));
        T twice = s + s;
        return T.FusedMultiplyAdd(twice * square, series, twice);
    }

    /// <summary>
    /// Natural logarithm of one number: −∞ of 0, NaN below 0. With m the mantissa in [√½, √2) and s = (m − 1) / (m + 1),
    /// ln m = 2 · (s + s³/3 + s⁵/5 + …).
    /// </summary>
    public static float Log(float x)
    {
        if (!(x > 0) || float.IsPositiveInfinity(x))
        {
            return x == 0 ? float.NegativeInfinity : x > 0 ? x : float.NaN;
        }
        int exponent = 0;
        if (!float.IsNormal(x))
        {
            x *= 16777216; // 2²⁴
            exponent = -24;
        }
        const int BitsOfSqrtHalf = 0x3f3504f3;
        int aboveSqrtHalf = BitConverter.SingleToInt32Bits(x) - BitsOfSqrtHalf;
        exponent += aboveSqrtHalf >> 23;
        float m = BitConverter.Int32BitsToSingle((aboveSqrtHalf & 0x007fffff) + BitsOfSqrtHalf);

        float f = m - 1;
        float s = f / (m + 1);
        float square = s * s;
        float series = float.FusedMultiplyAdd(square, 1f / 9, 1f / 7);
        series = float.FusedMultiplyAdd(square, series, 1f / 5);
        series = float.FusedMultiplyAdd(square, series, 1f / 3);

        // 2s = f − s·f, whose leading term f is exact.
        float small = float.FusedMultiplyAdd(2 * s * square, series, -s * f);
        return float.FusedMultiplyAdd(exponent, Ln2High, float.FusedMultiplyAdd(exponent, Ln2Low, small) + f);
    }

    /// <summary>1 / (1 + e⁻ˣ) of one number.</summary>
    public static float Sigmoid(float x)
    {
        float result = 0;
        Sigmoid(Lanes1.Broadcast(x)).Store(ref result, 0);
        return result;
    }

    /// <summary>eˣ of one number.</summary>
    public static float Exp(float x)
    {
        float result = 0;
        Exp(Lanes1.Broadcast(x)).Store(ref result, 0);
        return result;
    }

    /// <summary>
    /// Sine and cosine of an angle in turns: exact at each quarter of a turn. Taylor series up to an eighth of a turn; what is left out is below a tenth of a float's last bit of 1.
    /// </summary>
    /// <param name="turns">The angle over 2π, at most 2²⁰ in size.</param>
    public static (float Sine, float Cosine) SineAndCosine(float turns)
    {
        float quarters = float.Round(4 * turns);
        // Exact: multiples of the last bit of the angle.
        float r = float.FusedMultiplyAdd(turns, 4, -quarters) * (MathF.PI / 2);
        float square = r * r;
        float sine = float.FusedMultiplyAdd(square, 1f / 362880, -1f / 5040);
        sine = float.FusedMultiplyAdd(square, sine, 1f / 120);
        sine = float.FusedMultiplyAdd(square, sine, -1f / 6);
        sine = float.FusedMultiplyAdd(square * r, sine, r);
        float cosine = float.FusedMultiplyAdd(square, 1f / 40320, -1f / 720);
        cosine = float.FusedMultiplyAdd(square, cosine, 1f / 24);
        cosine = float.FusedMultiplyAdd(square, cosine, -1f / 2);
        cosine = float.FusedMultiplyAdd(square, cosine, 1);
        return ((int)quarters & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }

    /// <summary>
    /// cos(π · <paramref name="x"/>) for x from 0 to 1, in double precision: for learning rates, once a step. By the Taylor series of cosine or sine, of an
    /// angle of at most π/4, to its 17th power; what is left out is below 10⁻¹⁷. At most 2 units in the last place of 1 off; exact at 0, ½ and 1.
    /// </summary>
    public static double CosineOfPi(double x)
    {
        if (x > 0.5)
        {
            return -CosineOfPi(1 - x);
        }
        bool isSine = x > 0.25;
        double angle = Math.PI * (isSine ? 0.5 - x : x);
        double square = angle * angle;
        // From the last term inwards: 1 − a²/(1·2) · (1 − a²/(3·4) · …), and for the sine 1 − a²/(2·3) · (1 − a²/(4·5) · …).
        double series = 1;
        for (int i = isSine ? 17 : 16; i >= 2; i -= 2)
        {
            series = 1 - square / (i * (i - 1)) * series;
        }
        return isSine ? angle * series : series;
    }

    /// <summary>
    /// eʳ − 1 with r = x − n·ln 2, |r| ≤ ½ ln 2, by its Taylor series to r⁷; what is left out is below 6·10⁻⁹ of eʳ,
    /// a tenth of a float's last bit.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpMinusOneOfRemainder<T>(T x, T n)
        where T : struct, ILanes<T>
    {
        T r = T.FusedMultiplyAdd(n, T.Broadcast(-Ln2High), x);
        r = T.FusedMultiplyAdd(n, T.Broadcast(-Ln2Low), r);
        T series = T.FusedMultiplyAdd(r, T.Broadcast(1f / 5040), T.Broadcast(1f / 720));
        series = T.FusedMultiplyAdd(r, series, T.Broadcast(1f / 120));
        series = T.FusedMultiplyAdd(r, series, T.Broadcast(1f / 24));
        series = T.FusedMultiplyAdd(r, series, T.Broadcast(1f / 6));
        series = T.FusedMultiplyAdd(r, series, T.Broadcast(1f / 2));
        return T.FusedMultiplyAdd(r * r, series, r);
    }
}
