using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Wasm;

namespace Nabla.Numerics;

/// <summary>Fused multiply-adds of floats without an instruction for it: WebAssembly has none.</summary>
/// <remarks>
/// The product of two floats is exact as a double. Its sum with a float is rounded to a double and then to a float. Two roundings differ from one only
/// where the first is inexact and ends halfway between two floats. So halfway cases are looked for, and their sums rounded to odd instead, after which
/// the second rounding is right (S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008).
/// Below 2⁻¹²⁶, where floats have fewer bits, halfway is elsewhere and is not looked for: there a result may be rounded twice.
/// </remarks>
internal static unsafe class EmulatedMultiplyAdd
{
    // Halfway between two floats a double's last 29 bits are 1 and then zeros. These are in its lower word.
    private const int WordBitsBefore = 3;

    /// <summary><c>a · b + c</c> with one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Compute(Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        Vector128<double> low = Lower(a) * Lower(b) + Lower(c), high = Upper(a) * Upper(b) + Upper(c);
        return AreNotHalfway(LastBits(low, high)) ? Narrow(low, high) : ComputeToOdd(a, b, c);
    }

    /// <summary>Two floats as doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(float* from) => Lower(Vector128.CreateScalarUnsafe(*(double*)from).AsSingle());

    /// <summary>Stores two doubles that are floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> floats, float* to) => *(double*)to = ToSingle(floats).AsDouble().ToScalar();

    /// <summary>Two doubles rounded to floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Round(Vector128<double> values) => Lower(ToSingle(values));

    /// <summary>Of each word the last 29 bits, in front; of four doubles the lesser, where halfway is the least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LastBits(Vector128<double> first, Vector128<double> second) =>
        Vector128.Min(first.AsInt32() << WordBitsBefore, second.AsInt32() << WordBitsBefore);

    /// <summary>Whether none of the doubles is halfway between two floats, from their <see cref="LastBits"/>; false also for a few that are not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreNotHalfway(Vector128<int> lastBits) =>
        // Of all numbers the least alone has no absolute value, and stays negative.
        Vector128.ExtractMostSignificantBits(Vector128.Abs(lastBits)) == 0;

    /// <summary>The sum of two doubles, of which <paramref name="sum"/> is the nearest double, rounded to odd: if it is inexact, to that neighbour whose last bit is 1.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector128<double> ToOdd(Vector128<double> a, Vector128<double> b, Vector128<double> sum)
    {
        // What is missing in the sum, exactly (O. Møller, 1965, and D. E. Knuth).
        Vector128<double> bInSum = sum - a, missing = (a - (sum - bInSum)) + (b - bInSum);
        // Of an infinite sum nothing: there it is not a number.
        Vector128<long> isInexact = Vector128.GreaterThan(Vector128.Abs(missing), Vector128<double>.Zero).AsInt64();
        Vector128<long> isEven = Vector128.Equals(sum.AsInt64() & Vector128<long>.One, Vector128<long>.Zero);
        // One further from zero where the sum and what is missing have the same sign, else one nearer.
        Vector128<long> step = ((sum.AsInt64() ^ missing.AsInt64()) >> 63) | Vector128<long>.One;
        return (sum.AsInt64() + (step & isInexact & isEven)).AsDouble();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> ComputeToOdd(Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        Vector128<double> low = Lower(a) * Lower(b), high = Upper(a) * Upper(b);
        return Narrow(ToOdd(low, Lower(c), low + Lower(c)), ToOdd(high, Upper(c), high + Upper(c)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Lower(Vector128<float> values) =>
        PackedSimd.IsSupported ? PackedSimd.ConvertToDoubleLower(values) : Vector128.WidenLower(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Upper(Vector128<float> values) => PackedSimd.IsSupported
        ? PackedSimd.ConvertToDoubleLower(PackedSimd.Swizzle(values.AsByte(), Vector128.Create((byte)8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255)).AsSingle())
        : Vector128.WidenUpper(values);

    /// <summary>Two doubles rounded to floats; what the upper half is does not matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ToSingle(Vector128<double> values) =>
        PackedSimd.IsSupported ? PackedSimd.ConvertToSingle(values) : Vector128.Narrow(values, values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Narrow(Vector128<double> low, Vector128<double> high) => PackedSimd.IsSupported
        ? (PackedSimd.ConvertToSingle(low).AsByte()
            | PackedSimd.Swizzle(PackedSimd.ConvertToSingle(high).AsByte(), Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7))).AsSingle()
        : Vector128.Narrow(low, high);
}
